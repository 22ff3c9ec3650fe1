import JSON
import Simulator
import Testing

@testable import Kernel
@testable import Log

@Suite struct EventCodecTests {
  @Test("lists: every fact's keys in the order of RFC 8785")
  func keyOrder() {
    for (name, event) in LedgerEvent.blanks {
      var keys = KeyOrder()
      var event = event
      event.list(&keys)
      #expect(keys.isAscending, "\(name): \(keys.names)")
    }
  }

  @Test("reads: exactly what it wrote, for every fact")
  func roundTrip() throws {
    for event in samples {
      let body = EventCodec.body(of: event)
      let read = try EventCodec.event(named: event.name, body: body)
      #expect(read == event)
      #expect(EventCodec.body(of: read) == body)
    }
  }

  @Test("writes: what any JSON reader reads, in canonical form")
  func canonical() throws {
    for event in samples {
      let body = EventCodec.body(of: event)
      #expect(try JSONValue.parse(body).written(.sorted) == body)
    }
  }

  @Test("refuses: a key that is dropped, doubled, moved, renamed or added, in every fact")
  func keys() throws {
    var dropped = 0
    for event in samples {
      let members = topLevelMembers(EventCodec.body(of: event))
      for index in members.indices {
        var without = members
        without.remove(at: index)
        dropped += isRefused(event.name, without) ? 1 : 0
        var doubled = members
        doubled.insert(members[index], at: index)
        #expect(isRefused(event.name, doubled), "\(event.name) with \(members[index]) twice")
        var renamed = members
        renamed[index] = "\"Q" + renamed[index].dropFirst(2)
        #expect(isRefused(event.name, renamed), "\(event.name) with \(renamed[index])")
        var added = members
        added.insert("\"zzz\":1", at: index + 1)
        #expect(isRefused(event.name, added), "\(event.name) with another key")
        guard index > 0 else { continue }
        var moved = members
        moved.swapAt(index, index - 1)
        #expect(isRefused(event.name, moved), "\(event.name) with \(moved[index]) too late")
      }
    }
    #expect(dropped > samples.count * 2)
  }

  @Test("refuses: a body cut, lengthened or spaced anywhere")
  func bytes() {
    for event in samples {
      let body = EventCodec.body(of: event)
      for length in body.indices {
        #expect(isRefused(event.name, Array(body[..<length])))
      }
      for extra in [" ", "\n", "}", "0", ","] {
        #expect(isRefused(event.name, body + Array(extra.utf8)))
        #expect(isRefused(event.name, Array(extra.utf8) + body))
      }
    }
  }

  @Test("reads: changed bytes as a refusal, or as the one form of what they say")
  func changed() throws {
    var dice = Dice(seed: 11)
    for event in samples {
      let body = EventCodec.body(of: event)
      for _ in 1...60 {
        var other = body
        let index = dice.below(other.count)
        other[index] = UInt8(truncatingIfNeeded: dice.next())
        if dice.below(3) == 0 { other.remove(at: dice.below(other.count)) }
        guard let read = try? EventCodec.event(named: event.name, body: other) else { continue }
        #expect(EventCodec.body(of: read) == other)
      }
    }
  }

  @Test(
    "refuses: another spelling of the same value",
    arguments: [
      ("24.25", "24.250"), ("24.25", "024.25"), ("24.25", "2425e-2"), ("24.25", "+24.25"),
      ("24.25", "24.25 "), ("24.25", "-0.00"), ("24.25", "24,25"), ("USDT-ETH", "usdt-eth"),
      ("USDT-ETH", ""), ("1.0005", "1.00050"), ("1.0005", "0.00"), ("1.0005", "-1.0005"),
      ("\"p0:", "\"p1:"), ("\"p0:", "\""), ("\\t", "\\u0009"), ("\\t", "\t"), ("ß", "\\u00df"),
      ("Points\":1", "Points\":10001"), ("Points\":1", "Points\":-1"),
      ("Points\":1", "Points\":1.0"), ("Points\":1", "Points\":01"),
      ("Points\":1", "Points\":1e0"), ("Points\":1", "Points\":\"1\""),
      ("Points\":1", "Points\":-0"), ("Points\":1", "Points\":9007199254740992"),
      ("Points\":1", "Points\":99999999999999999999"), ("\"1000000001\"", "1000000001"),
      ("\"1000000001\"", "\"\""), ("\"1000000001\"", "null"), ("\"1000000001\"", "\"1\\/2\""),
    ])
  func spellings(_ right: String, _ wrong: String) {
    let event = LedgerEvent.blanks.first { $0.name == "payment.finished.v1" }
    guard let blank = event?.event else {
      Issue.record("no such fact")
      return
    }
    let body = String(
      decoding: EventCodec.body(of: Filler.fill(blank, full: true)), as: UTF8.self)
    #expect(body.contains(right))
    #expect(isRefused("payment.finished.v1", Array(body.replacing(right, with: wrong).utf8)))
  }

  @Test(
    "refuses: text that isn't UTF-8, or isn't escaped as it must be",
    arguments: [
      [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x09], [0x00], [0x5c],
      Array("\\u001F".utf8), Array("\\u0041".utf8), Array("\\u00".utf8), Array("\\x".utf8),
      Array("\\u000a".utf8), Array("\\u2028".utf8), Array("\\ud83d\\ude00".utf8), Array("\\/".utf8),
    ] as [[UInt8]])
  func text(_ bytes: [UInt8]) {
    func body(_ reason: [UInt8]) -> [UInt8] {
      Array("{\"channel\":\"c1\",\"order\":\"o1\",\"reason\":\"".utf8) + reason
        + Array("\"}".utf8)
    }
    #expect(!isRefused("order.invoice_failed.v1", body(Array("a\\u001f\\n\u{2028}\u{7f}".utf8))))
    #expect(isRefused("order.invoice_failed.v1", body(bytes)))
    #expect(isRefused("order.invoice_failed.v1", body([0x61] + bytes + [0x63])))
  }

  @Test("names: what it doesn't know, and where a body goes wrong")
  func errors() throws {
    #expect(throws: CodecError.unknownName("order.placed.v2")) {
      try EventCodec.event(named: "order.placed.v2", body: [])
    }
    let error = #expect(throws: CodecError.self) {
      try EventCodec.event(named: "order.placed.v1", body: Array("{\"channel\":7}".utf8))
    }
    #expect(error?.description == "not the body of order.placed.v1: \" expected at byte 11")
    let stored = StoredEvent(
      position: 5, stream: "order-1", version: 1, name: "order.burnt.v1", at: instant(0),
      command: id("c"), causedBy: nil, actor: "", tags: [], body: [], hash: [])
    #expect(throws: StoreError.unknownName("order.burnt.v1", position: 5)) {
      try stored.event()
    }
  }

  @Test("traps: on a blank or invalid value, which must never reach the log")
  func blanks() async {
    await #expect(processExitsWith: .failure) {
      _ = EventCodec.body(of: .order(.placed(OrderEvent.Placed())))
    }
    await #expect(processExitsWith: .failure) {
      var fact = Filler.sample("payment.routed.v1", PaymentEvent.Routed.self)
      fact.net = .blank
      _ = EventCodec.body(of: .payment(.routed(fact)))
    }
    await #expect(processExitsWith: .failure) {
      var fact = Filler.sample("payment.finished.v1", PaymentEvent.Finished.self)
      fact.rate = .blank
      _ = EventCodec.body(of: .payment(.finished(fact)))
    }
    await #expect(processExitsWith: .failure) {
      var fact = Filler.sample("order.granted.v1", OrderEvent.Granted.self)
      fact.expires = Instant(microseconds: .max)
      _ = EventCodec.body(of: .order(.granted(fact)))
    }
    await #expect(processExitsWith: .failure) {
      var fact = Filler.sample("order.granted.v1", OrderEvent.Granted.self)
      fact.days = 1 << 53
      _ = EventCodec.body(of: .order(.granted(fact)))
    }
  }

  private func isRefused(_ name: String, _ members: [String]) -> Bool {
    isRefused(name, Array("{\(members.joined(separator: ","))}".utf8))
  }

  private func isRefused(_ name: String, _ body: [UInt8]) -> Bool {
    (try? EventCodec.event(named: name, body: body)) == nil
  }

  /// `"key":value` of each member.
  private func topLevelMembers(_ body: [UInt8]) -> [String] {
    var members: [[UInt8]] = [[]]
    var depth = 0
    var isText = false
    var isEscaped = false
    for byte in body.dropFirst().dropLast() {
      if isText {
        isText = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      } else if byte == UInt8(ascii: ","), depth == 0 {
        members.append([])
        continue
      } else {
        isText = byte == UInt8(ascii: "\"")
        if "{[".utf8.contains(byte) { depth += 1 }
        if "}]".utf8.contains(byte) { depth -= 1 }
      }
      members[members.count - 1].append(byte)
    }
    return members.map { String(decoding: $0, as: UTF8.self) }
  }
}
