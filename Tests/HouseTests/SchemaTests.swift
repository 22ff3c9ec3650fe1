import JSON
import Kernel
import Log
import Projections
import Service
import Testing

/// Contract, documentation and test data are one file: `schemas/events/<name>.json`.
@Suite struct SchemaTests {
  private static func schema(_ path: String) -> JSONValue? {
    guard let text = Tree.text(path) else { return nil }
    return try? JSONValue.parse(Array(text.utf8))
  }

  private static func listing(of event: LedgerEvent) -> FieldRecorder {
    var recorder = FieldRecorder()
    var event = event
    event.list(&recorder)
    return recorder
  }

  @Test("does: every fact has a schema, and every schema a fact")
  func files() {
    let names = LedgerEvent.blanks.map(\.name)
    let files = Tree.paths.filter { $0.hasPrefix("schemas/events/") }
    #expect(Set(names).count == names.count)
    #expect(Set(files) == Set(names.map { "schemas/events/\($0).json" }))
    #expect(names.count == 146)
  }

  @Test("does: a schema's fields are its fact's, in the order of their keys, which is canonical")
  func fields() {
    var groups: [String: [ListedField]] = [:]
    for (name, event) in LedgerEvent.blanks {
      let listing = Self.listing(of: event)
      let keys = listing.listed.map(\.key)
      #expect(keys == keys.sorted { Array($0.utf16).lexicographicallyPrecedes(Array($1.utf16)) })
      guard let schema = Self.schema("schemas/events/\(name).json") else { continue }
      let problems = House.schemaProblems(schema, listing.listed, up: "../")
      #expect(schema["$id"]?.text == name)
      #expect(problems.isEmpty, "\(name): \(problems.joined(separator: "; "))")
      groups.merge(listing.groups) { first, _ in first }
    }
    for (name, listed) in groups {
      let schema = Self.schema("schemas/\(name).json") ?? .null
      let problems = House.schemaProblems(schema, listed, up: "")
      #expect(problems.isEmpty, "\(name): \(problems.joined(separator: "; "))")
    }
    #expect(groups.count == 12)
  }

  @Test("does: an example is read and comes back byte for byte")
  func examples() throws {
    for (name, _) in LedgerEvent.blanks {
      let schema = try #require(Self.schema("schemas/events/\(name).json"))
      let examples = schema["examples"]?.items ?? []
      #expect(!examples.isEmpty, "\(name) has no example")
      for example in examples {
        let body = example.written(.sorted)
        let event = try EventCodec.event(named: name, body: body)
        #expect(EventCodec.body(of: event) == body, "\(name)")
        #expect(event.name == name)
      }
    }
  }

  @Test("does: a fact lies in its family's stream, and is tagged with every id it names")
  func places() throws {
    let kinds = [
      "channel": "channel", "order": "order", "payment": "payment", "batch": "batch",
      "swap": "swap", "transfer": "transfer", "transaction": "tx", "hash": "tx",
      "account": "account",
    ]
    // An order's text at the provider is a person's; an account's hashes are no transactions'.
    let others = [
      "payment.observed.v1 order", "account.mail_token_issued.v1 hash",
      "account.email_confirmed.v1 hash", "account.recovery_code_used.v1 hash",
      "account.key_issued.v1 hash",
    ]
    for (name, _) in LedgerEvent.blanks {
      let schema = try #require(Self.schema("schemas/events/\(name).json"))
      let example = try #require(schema["examples"]?.items?.first)
      let event = try EventCodec.event(named: name, body: example.written(.sorted))
      let (stream, tags) = event.place
      #expect(stream.text.hasPrefix(name.prefix { $0 != "." } + "-"), "\(name)")
      for (key, kind) in kinds where !others.contains("\(name) \(key)") {
        // A person's words for what sent money back may be no label.
        guard let id = example[key]?.text, let tag = Tag(text: "\(kind):\(id)") else { continue }
        #expect(tags.contains(tag), "\(name) lacks \(tag)")
      }
    }
  }

  @Test("does: the trial balance takes in every fact that moves money")
  func postingFacts() throws {
    var names: Set<String> = []
    for (name, _) in LedgerEvent.blanks {
      let schema = try #require(Self.schema("schemas/events/\(name).json"))
      let example = try #require(schema["examples"]?.items?.first)
      let event = try EventCodec.event(named: name, body: example.written(.sorted))
      guard !postings(of: event).isEmpty else { continue }
      names.insert(name)
      let form = try #require(FactForm.named(name))
      #expect(TrialBalance.families.contains(event.family), "\(name)")
      #expect(TrialBalance.forms.contains(form), "\(name)")
    }
    #expect(names.isSuperset(of: ["wallet.swept.v1", "wallet.nonce_lost.v1"]))
  }

  @Test("does: a timeline's row is the canonical JSON of what its fact and entry say")
  func timelineRows() throws {
    let channel = try #require(ChannelKey(naming: "-1001234567890"))
    func money(_ money: Money) -> JSONValue {
      .object(["amount": .string(money.amountText), "asset": .string(money.asset.text)])
    }
    var (amounts, remarks) = (0, 0)
    for (name, _) in LedgerEvent.blanks {
      let schema = try #require(Self.schema("schemas/events/\(name).json"))
      let example = try #require(schema["examples"]?.items?.first)
      let fact = Recorded(
        position: 9_007_199_254_740_991, at: Instant(microseconds: 1_795_000_000_000_001),
        event: try EventCodec.event(named: name, body: example.written(.sorted)))
      let history = ClientHistory(of: channel, asOf: nil) { _, after, _ in
        after == 0 ? [fact] : []
      }
      try history.walk { item in
        let remark = fact.event.remark
        amounts += item.entry.amount == nil ? 0 : 1
        remarks += remark == nil ? 0 : 1
        let row = JSONValue.object([
          "position": .number("9007199254740991"), "at": .string(fact.at.text),
          "name": .string(name), "stream": .string(fact.event.place.stream.text),
          "amount": item.entry.amount.map(money) ?? .null,
          "balance": .array(item.entry.balance.map(money)),
          "remark": remark.map { .string($0) } ?? .null,
        ])
        var writer = JSONWriter()
        item.write(to: &writer)
        #expect(writer.bytes == row.written(.asIs), "\(name)")
        return true
      }
    }
    #expect(amounts > 20 && remarks > 50)
  }

  @Test("refuses: an example that lacks what is required or has a stranger; ignores other lacks")
  func lacks() throws {
    for (name, event) in LedgerEvent.blanks {
      let schema = try #require(Self.schema("schemas/events/\(name).json"))
      let example = try #require(schema["examples"]?.items?.first)
      let members = example.members ?? []
      for field in Self.listing(of: event).listed {
        let left = JSONValue.object(members.filter { $0.name != field.key }).written(.sorted)
        let read = try? EventCodec.event(named: name, body: left)
        #expect((read != nil) == field.isOptional, "\(name) without \(field.key)")
      }
      let more = JSONValue.object(members + [JSONMember("zzz", .string(""))]).written(.sorted)
      #expect(throws: CodecError.self) { try EventCodec.event(named: name, body: more) }
    }
  }

  @Test("does: the other shared schemas describe themselves by an example")
  func shared() throws {
    for file in Tree.files where file.folder == "schemas" && file.ends(in: ".json") {
      guard file.name != "openapi.json" else { continue }
      let schema = try JSONValue.parse(Array(file.text.utf8))
      #expect(schema["$id"]?.text.map { $0 + ".json" } == file.name)
      #expect(schema["description"]?.text?.hasSuffix(".") == true, "\(file.path)")
      #expect(schema["examples"]?.items?.isEmpty == false, "\(file.path)")
    }
  }

  @Test("does: what was released is as it was")
  func released() throws {
    let lock = try #require(Tree.text("schemas/released.lock"))
    let problems = House.releaseProblems(lock) { path in
      Tree.text(path).map { Self.hex(SHA256.digest(of: Array($0.utf8))) }
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
