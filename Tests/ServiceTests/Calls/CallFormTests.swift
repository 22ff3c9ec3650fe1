import Engine
import Foundation
import Gateways
import HTTP
import JSON
import Log
import Sagas
import Support
import Testing

@testable import Kernel
@testable import Service

/// Calls and answers on their way between nodes.
@Suite struct CallFormTests {
  private static let log = String(repeating: "0a", count: 16)
  private static let policy = PaymentPolicy(
    fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true)

  private static func configuration(
    _ changes: [String: String] = [:], key: String = "4c"
  ) throws -> Configuration {
    let scratch = ScratchFolder()
    let file = scratch.file("key")
    _ = FileManager.default.createFile(
      atPath: file, contents: Data(String(repeating: key, count: 32).utf8),
      attributes: [.posixPermissions: 0o600])
    let standard = [
      "WEIR_HOST_WALLET_KEY_FILE": file, "WEIR_TELEGRAM_BOT_TOKEN": "12:a-token-of-the-tests-0123",
    ]
    return try Configuration.load(
      .sandbox, data: scratch.path, listen: HTTPAddress(host: "127.0.0.1", port: 0), file: nil,
      variables: standard.merging(changes) { $1 })
  }

  private static func form() throws -> CallForm { CallForm(try configuration(), log: log) }

  /// The example of a fact as its schema has it.
  private static func fact(_ name: String) throws -> LedgerEvent {
    let parts = #filePath.split(separator: "/").dropLast(4)
    let path = "/" + parts.joined(separator: "/") + "/schemas/events/\(name).json"
    let schema = try JSONValue.parse(
      Array(try Data(contentsOf: URL(filePath: path))),
      limits: JSONLimits(bytes: 1 << 20, depth: 32))
    let body = try #require(schema["examples"]?.items?.first).written(.sorted)
    let form = try #require(FactForm.named(name))
    return try body.withUnsafeBytes { try form.read($0) }
  }

  /// One of each call that is handed out.
  private static func effects() throws -> [Effect] {
    var all: [Effect] = [
      .watchSwap(SplitID(text: "p1-s1")!, SwapID(text: "swap-1")!),
      .pollPayment(PaymentID(text: "5077125051")!),
    ]
    if case .order(.placed(let e)) = try fact("order.placed.v1") { all.append(.createInvoice(e)) }
    if case .payment(.valuationRequested(let e)) = try fact("payment.valuation_requested.v1") {
      all.append(.findRate(e))
    }
    if case .invite(.requested(let e)) = try fact("invite.requested.v1"),
      case .invite(.created(let created)) = try fact("invite.created.v1")
    {
      all += [.createInvite(e), .deliverInvite(e, created)]
    }
    if case .membership(.expired(let e)) = try fact("membership.expired.v1") {
      all.append(.removeMember(e))
    }
    if case .chat(.heard(let e)) = try fact("chat.heard.v1"),
      case .order(.invoiced(let page)) = try fact("order.invoiced.v1")
    {
      all += [.answerChat(e), .showPage(e, nil), .showPage(e, page)]
    }
    if case .chat(.noticeRequested(let e)) = try fact("chat.notice_requested.v1") {
      all.append(.deliverNotice(e))
    }
    if case .chat(.postRequested(let e)) = try fact("chat.post_requested.v1") {
      all.append(.post(e))
    }
    return all
  }

  private func call(_ effect: Effect) -> HandedCall {
    HandedCall(epoch: 3, number: 7, key: effect.key.text, intent: 12, attempt: 2, effect: effect)
  }

  @Test("does: opens every call that may be handed out as it was, and no lane is without one")
  func calls() throws {
    let form = try Self.form()
    let effects = try Self.effects()
    #expect(effects.count == 12)
    #expect(Set(effects.map(\.lane)) == Set(Effect.sharedLanes))
    #expect(Effect.sharedLanes == Effect.sharedLanes.sorted())
    for effect in effects {
      let sealed = try #require(form.seal(call(effect)), "\(effect.key)")
      #expect(form.call(sealed) == call(effect))
      // Nothing of it can be read.
      #expect(!String(decoding: sealed, as: UTF8.self).contains(effect.key.text))
    }
  }

  @Test("refuses: to hand out what leads to a signature, and an owner's form")
  func kept() throws {
    let form = try Self.form()
    var open = OpenEffects()
    var seen: Set<String> = []
    for recorded in Story.standard().log + Story.troubled().log {
      for effect in open.take(recorded.event).opened where effect.leadsToSignature {
        #expect(!effect.isShared && form.seal(call(effect)) == nil)
        seen.insert(effect.lane)
      }
    }
    #expect(seen.count == 4 && seen.isDisjoint(with: Effect.sharedLanes))
    guard case .chat(.heard(var heard)) = try Self.fact("chat.heard.v1") else { return }
    for kind in ChatScreen.Kind.allCases {
      heard.screen.kind = kind
      let isForm = kind == .formOpening || kind == .formSaving
      #expect((form.seal(call(.answerChat(heard))) == nil) == isForm, "\(kind)")
    }
  }

  private static let order = OrderID(text: "weir-sandbox-1")!
  private static let open = OpenChannelID(text: "-1001000000001")!
  private static let split = SplitID(text: "p1-s1")!
  private static let swap = SwapID(text: "swap-1")!
  private static let at = Instant(text: "2026-11-25T12:00:00.000001Z")!

  private static func report() -> PaymentReport {
    var report = PaymentReport(
      payment: PaymentID(text: "5077125051")!, status: "finished", source: .poll, raw: "{\"ü\":1}")
    report.parent = PaymentID(text: "5077125050")
    report.order = "PGP-1|-1001"
    report.outcomeAmount = "0.08"
    report.outcomeCurrency = "eth"
    return report
  }

  private static let commands: [LedgerCommand] = [
    .order(.noteInvoice(order, invoice: InvoiceID(text: "9")!, url: "https://x.example/9")),
    .payment(
      .noteRate(
        PaymentID(text: "5")!, Rate("0.000000000000000001", from: .usdt, to: .usdt)!,
        source: "estimate", policy)),
    .payment(.note(report(), policy)),
    .split(.noteStatus(split, swap, status: "sending")),
    .split(.noteFinished(split, delivered: "1.50", payoutHash: nil)),
    .split(.noteFinished(split, delivered: "1.50", payoutHash: "0xa", isUnseen: true)),
    .split(.noteRefunded(split, swap, amount: "2", transaction: "0xb")),
    .split(.hold(split, reason: "odd")),
    .invite(.noteCreated(order, attempt: 2, link: "https://t.me/+a", validUntil: at)),
    .invite(.noteDelivered(order, attempt: 2, message: 44)), .invite(.renew(order, attempt: 2)),
    .membership(.noteRemoved(order)), .membership(.failRemoval(order, reason: "owner")),
    .chat(.noteAnswered(8, message: nil)), .chat(.noteAnswered(8, message: 9)),
    .chat(.notePage(order, update: 8, message: 9)), .chat(.fail(8, reason: "gone")),
    .chat(.failPage(order, update: 8, reason: "gone")), .chat(.noteNotice("n1", message: 3)),
    .chat(.failNotice("n1", reason: "blocked")),
    .chat(.notePosted(open, .closed, number: 2, message: 5)),
    .chat(.failPost(open, .open, number: 2, reason: "no right")),
  ]

  private static let outcomes: [JobOutcome?] = [
    nil, .report(commands), .again([commands[3]], afterSeconds: 15),
    .again([], afterSeconds: 600, because: "why"), .transient("later", retryAfterSeconds: nil),
    .transient("later", retryAfterSeconds: 30), .permanent("never"),
  ]

  private static let notes = [
    BotNote(method: "sendMessage", chat: "-100", failure: nil),
    BotNote(method: "getMe", chat: nil, failure: .permanent("no", code: .credentials)),
    BotNote(method: "a", chat: "1", failure: .transient("x", retryAfterSeconds: 4)),
    BotNote(method: "a", chat: "1", failure: .transient("x", retryAfterSeconds: nil)),
    BotNote(method: "a", chat: "1", failure: .unknown("y")),
  ]

  private func answer(_ outcome: JobOutcome?) -> CallAnswer {
    CallAnswer(epoch: 3, number: 7, key: "key", outcome: outcome, notes: Self.notes)
  }

  @Test("does: opens every answer as it was, with the terms of the node that asked")
  func answers() throws {
    let form = try Self.form()
    let other = PaymentPolicy(
      fee: BasisPoints(1)!, tolerance: BasisPoints(2)!, isAccumulating: false)
    for outcome in Self.outcomes {
      let sealed = try #require(form.seal(answer(outcome)))
      let found = try #require(form.answer(sealed, Self.policy))
      #expect("\(String(describing: found.outcome))" == "\(String(describing: outcome))")
      #expect(found.epoch == 3 && found.number == 7 && found.key == "key")
      #expect(found.notes == Self.notes)
      guard case .report(let commands)? = found.outcome else { continue }
      #expect(commands == Self.commands)
      guard case .report(let others)? = form.answer(sealed, other)?.outcome else { continue }
      #expect(others[2] == .payment(.note(Self.report(), other)))
    }
    // What no call that is handed out brings isn't an answer.
    #expect(form.seal(answer(.report([.ledger(.freeze(reason: "x"))]))) == nil)
    let direct = LedgerCommand.split(.completeDirect(Self.split))
    #expect(form.seal(answer(.again([direct], afterSeconds: 1))) == nil)
  }

  @Test("refuses: whatever was altered, is another's, of another log, or of the other kind")
  func garbled() throws {
    let form = try Self.form()
    let call = call(try Self.effects()[0])
    let sealed = try #require(form.seal(call))
    let answer = try #require(form.seal(answer(Self.outcomes[2])))
    #expect(form.call(answer) == nil)
    #expect(form.answer(sealed, Self.policy) == nil)
    for place in sealed.indices {
      var altered = sealed
      altered[place] ^= 1
      #expect(form.call(altered) == nil, "byte \(place)")
    }
    for place in answer.indices {
      var altered = answer
      altered[place] ^= 0x80
      #expect(form.answer(altered, Self.policy) == nil, "byte \(place)")
    }
    for count in [0, 1, 27, 28, 60] where count < sealed.count {
      #expect(form.call(Array(sealed.prefix(count))) == nil)
    }
    let otherLog = CallForm(try Self.configuration(), log: String(repeating: "0b", count: 16))
    #expect(otherLog.call(sealed) == nil && otherLog.answer(answer, Self.policy) == nil)
    let otherKey = CallForm(try Self.configuration(key: "4d"), log: Self.log)
    #expect(otherKey.call(sealed) == nil && otherKey.answer(answer, Self.policy) == nil)
    // A call under another's key.
    var renamed = call
    renamed.key = "watch/other"
    #expect(form.call(try #require(form.seal(renamed))) == nil)
  }

  @Test("does: tells nodes of other settings apart, and nothing of the settings")
  func settings() throws {
    let own = try Self.form().text
    #expect(try Self.form().text == own)
    let changes = [
      ["WEIR_TELEGRAM_BOT_TOKEN": "12:another-token-of-the-tests"],
      ["WEIR_CHANGENOW_API_KEY": "another-key-of-the-tests"],
      ["WEIR_CHANGENOW_URL": "http://127.0.0.1:1/other"],
      ["WEIR_COLLECT_WALLET": "0x52908400098527886E0F7030069857D2E4169EE7"],
      ["WEIR_ETHEREUM_CHAIN_ID": "5"],
    ]
    var all: Set<String> = [own]
    for change in changes {
      all.insert(CallForm(try Self.configuration(change), log: Self.log).text)
    }
    all.insert(CallForm(try Self.configuration(key: "4d"), log: Self.log).text)
    #expect(all.count == changes.count + 2)
    // What a node may have of its own.
    let listens = try Self.configuration(["WEIR_BATCH_INTERVAL_SECONDS": "7"])
    #expect(CallForm(listens, log: Self.log).text == own)
  }
}
