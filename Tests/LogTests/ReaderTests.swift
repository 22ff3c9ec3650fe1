import Simulator
import Testing

@testable import Kernel
@testable import Log

/// The fast reader beside the plain one.
@Suite struct ReaderTests {
  @Test("accepts: what the plain reader accepts, and reads the same facts")
  func samples() throws {
    for event in LogTests.samples {
      let body = EventCodec.body(of: event)
      #expect(try plain(event.name, body) == event)
      #expect(try EventCodec.event(named: event.name, body: body) == event)
    }
  }

  @Test("refuses: what the plain reader refuses, whatever byte of whatever fact is changed")
  func mutations() {
    var dice = Dice(seed: 77)
    var refused = 0
    var accepted = 0
    let telling = Array("\"\\{}[],:.-0189azAZ_|+=/\u{0}\u{1f}\u{7f}\u{80}".utf8) + [0xff, 0xc3]
    for event in LogTests.samples {
      let body = EventCodec.body(of: event)
      for _ in 1...25 {
        var other = body
        for _ in 0...dice.below(2) {
          let index = dice.below(other.count)
          let byte =
            dice.below(2) == 0
            ? telling[dice.below(telling.count)] : UInt8(truncatingIfNeeded: dice.next())
          switch dice.below(4) {
          case 0: other.remove(at: index)
          case 1: other.insert(byte, at: index)
          case 2: other[index] ^= 1 << UInt8(dice.below(8))
          default: other[index] = byte
          }
        }
        let fast = try? EventCodec.event(named: event.name, body: other)
        let slow = try? plain(event.name, other)
        #expect(fast == slow, "\(String(decoding: other, as: UTF8.self))")
        if fast == nil { refused += 1 } else { accepted += 1 }
      }
    }
    #expect(refused > 1_000 && accepted > 50, "\(refused) refused, \(accepted) accepted")
  }

  @Test("accepts: texts with escapes, marks and letters at every place of a word")
  func texts() throws {
    let pieces = ["\"", "\\", "\n", "\u{1}", "\u{1f}", "\u{7f}", "ß", "€", "😀", "e\u{301}"]
    for piece in pieces {
      for before in 0...17 {
        for after in [0, 1, 7, 8, 9] {
          let text =
            String(repeating: "a", count: before) + piece + String(repeating: "b", count: after)
          var fact = Filler.sample("order.invoice_failed.v1", OrderEvent.InvoiceFailed.self)
          fact.reason = text
          let event = LedgerEvent.order(.invoiceFailed(fact))
          let body = EventCodec.body(of: event)
          #expect(try plain(event.name, body) == event)
          let read = try EventCodec.event(named: event.name, body: body)
          #expect(EventCodec.body(of: read) == body)
        }
      }
    }
  }

  @Test("accepts: amounts in their one spelling, and no other")
  func amounts() {
    let words = [
      "", "0", "0.0", "0.00", "00.00", "1", "1.", ".5", "1.5", "1.50", "1.500", "1.05", "-1.50",
      "-0.00", "+1.50", "1.0000001", "0.000001", "0.0000010", "123456789012345678.12",
      "1234567890123456789.12", "12345678901234567890.12", "0.123456789012345678",
      "0.1234567890123456789", "99.123456789012345678", "170141183460469231731.687303715884105727",
      "170141183460469231731.687303715884105728", "340282366920938463463374607431768211456.00",
      "1.2.3", "1e5", " 1.50", "1.50 ", "١.٥٠", "1,50",
    ]
    for asset in [Asset.usd, .usdt, .eth] {
      for word in words {
        let plain = Money(word, asset).flatMap { $0.amountText == word ? $0 : nil }
        let fast = Array(word.utf8).withUnsafeBytes {
          DecimalText.canonicalUnits($0, scale: asset.decimals)
        }
        #expect(fast == plain?.units, "\(word) \(asset)")
      }
    }
    for decimals in 0...18 {
      for units in [0, 1, 9, 10, 12_300, Int128.ten(18), Int128.ten(19) - 1, .max, -5] {
        let text = DecimalText.text(units, scale: decimals)
        let read = Array(text.utf8).withUnsafeBytes {
          DecimalText.canonicalUnits($0, scale: decimals)
        }
        #expect(read == units, "\(text) at \(decimals)")
      }
    }
  }

  @Test("accepts: every asset by its bytes, and nothing near one")
  func assets() {
    for asset in Asset.payable + [.usd] {
      let text = asset.text
      #expect(Array(text.utf8).withUnsafeBytes { Asset(utf8: $0) } == asset)
      for wrong in [text + "X", text.lowercased(), String(text.dropLast()), "\(text)\0", ""] {
        #expect(Asset(text: wrong) == nil || Asset(text: wrong)?.text == wrong)
      }
    }
    for count in 14...18 { #expect(Asset(text: String(repeating: "A", count: count)) == nil) }
  }

  @Test("refuses: every byte in an id but those that ids may have")
  func ids() {
    let marks = Set("-./:_|+=".utf8)
    for byte in UInt8.min...UInt8.max {
      let isLetter = (65...90).contains(byte) || (97...122).contains(byte)
      let isFine = isLetter || (48...57).contains(byte) || marks.contains(byte)
      let bytes: [UInt8] = [97, byte, 98]
      let order = bytes.withUnsafeBytes { OrderID(utf8: $0) }
      #expect((order != nil) == isFine, "\(byte)")
      let payment = [49, byte].withUnsafeBytes { PaymentID(utf8: $0) }
      #expect((payment != nil) == (48...57).contains(byte), "\(byte)")
    }
    #expect(OrderID(text: String(repeating: "a", count: 160)) != nil)
    #expect(OrderID(text: String(repeating: "a", count: 161)) == nil)
    #expect(PaymentID(text: String(repeating: "1", count: 41)) == nil)
  }

  @Test("finds: every fact's form by its name, and none by another")
  func names() {
    for (name, event) in LedgerEvent.blanks {
      #expect(FactForm.named(name)?.name == name)
      #expect(FactForm.named(name)?.family == event.family)
      #expect(event.name == name)
      #expect(type(of: event.fact).name == name)
      for wrong in [name + "0", String(name.dropLast()), "x" + name, name.uppercased()] {
        #expect(FactForm.named(wrong) == nil)
      }
    }
    for wrong in ["", "v1", "order.p", "order.placed.v2"] { #expect(FactForm.named(wrong) == nil) }
  }

  private func plain(_ name: String, _ body: [UInt8]) throws -> LedgerEvent {
    var event = try #require(LedgerEvent.blanks.first { $0.name == name }?.event)
    let failure = body.withUnsafeBytes { bytes in
      var reader = PlainReader(bytes)
      reader.read(&event)
      return reader.failure
    }
    if let failure { throw failure }
    return event
  }
}
