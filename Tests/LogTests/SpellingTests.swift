import Glibc
import Simulator
import Testing

@testable import Kernel
@testable import Log

/// Values that are read by words, at every place a word can begin and end.
@Suite struct SpellingTests {
  @Test("does: ids are their texts, compared, sorted and found as texts are, whatever their length")
  func ids() {
    var dice = Dice(seed: 5)
    let letters = Array("-./:_|+=09azAZ".utf8)
    var found: [OrderID: String] = [:]
    var texts: [String] = []
    for count in Array(1...40) + [159, 160] {
      for _ in 1...6 {
        let bytes = (0..<count).map { _ in letters[dice.below(letters.count)] }
        texts.append(String(decoding: bytes, as: UTF8.self))
        // One that differs in its last byte only.
        texts.append(String(decoding: bytes.dropLast() + [UInt8(ascii: "Q")], as: UTF8.self))
      }
    }
    let ids = texts.compactMap { OrderID(text: $0) }
    #expect(ids.map(\.text) == texts)
    for (id, text) in zip(ids, texts) { found[id] = text }
    #expect(texts.allSatisfy { text in OrderID(text: text).flatMap { found[$0] } == text })
    #expect(found.count == Set(texts).count)
    #expect(ids.sorted().map(\.text) == texts.sorted())
    for (id, text) in zip(ids, texts) {
      var out = CanonicalText()
      id.write(to: &out)
      #expect(out.bytes == Array("\"\(text)\"".utf8))
      #expect(Tag.order(id).text == "order:\(text)")
      #expect(id.letters.count == text.utf8.count)
    }
  }

  @Test("refuses: an id with one byte wrong, wherever it stands")
  func wrongByte() {
    for count in 1...40 {
      for place in 0..<count {
        for wrong: UInt8 in [
          0x00, 0x20, 0x22, 0x2c, 0x3b, 0x40, 0x5b, 0x60, 0x7b, 0x7f, 0x80, 0xe1,
        ] {
          var bytes = [UInt8](repeating: UInt8(ascii: "7"), count: count)
          bytes[place] = wrong
          let order = bytes.withUnsafeBytes { OrderID(utf8: $0) }
          let payment = bytes.withUnsafeBytes { PaymentID(utf8: $0) }
          #expect(order == nil && payment == nil, "\(wrong) at \(place) of \(count)")
        }
      }
    }
  }

  @Test("does: each word is found by its bytes, and nothing near one")
  func words() {
    func check<W: Word>(_ type: W.Type) {
      for word in W.allCases {
        #expect(Array(word.text.utf8).withUnsafeBytes { W(utf8: $0) } == word)
        for wrong in [word.text + "\0", word.text + "s", String(word.text.dropLast()), "\0"] {
          #expect(Array(wrong.utf8).withUnsafeBytes { W(utf8: $0) } == nil, "\(wrong)")
        }
      }
      #expect(UnsafeRawBufferPointer(start: nil, count: 0).isEmpty)
      #expect(W(utf8: UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
    }
    check(HoldReason.self)
    check(SwapFlow.self)
    check(PayoutStrategy.self)
    check(RoutingFallback.self)
    check(Refusal.self)
  }

  @Test("refuses: an instant with a byte changed, unless it is another instant's text")
  func instants() {
    var dice = Dice(seed: 9)
    var read = 0
    for _ in 1...1_500 {
      let instant = Instant(microseconds: Int64(dice.next() % 253_402_300_800_000_000))
      var bytes = Array(instant.text.utf8)
      #expect(bytes.withUnsafeBytes { Instant(utf8: $0) } == instant)
      bytes[dice.below(27)] =
        dice.below(3) > 0 ? UInt8(48 + dice.below(10)) : UInt8(dice.below(256))
      guard let other = bytes.withUnsafeBytes({ Instant(utf8: $0) }) else { continue }
      #expect(Array(other.text.utf8) == bytes)
      read += 1
    }
    #expect(read > 300)
  }

  @Test("does: a kept text is read as the plain reader reads it, whatever is in it")
  func kept() throws {
    var dice = Dice(seed: 21)
    let pieces = [
      "\"", "\\", "\\\"", "\n", "\u{1}", "a", "bcdefgh", ",\"", "ß", "😀", "{}", "\u{7f}",
    ]
    for round in 1...600 {
      var text = ""
      for _ in 0..<dice.below(round < 300 ? 12 : 60) { text += pieces[dice.below(pieces.count)] }
      let kept = KeptPersonal(text)
      #expect(kept.value == text && kept == KeptPersonal(text: "p0:" + text))
      let spelled = spelling(of: text)
      #expect(read(spelled) == kept)
      // A byte changed: refused, or exactly what is spelled so.
      var wrong = spelled
      for _ in 0...dice.below(2) {
        wrong[dice.below(wrong.count)] = Array("\"\\nu0,a\u{1}".utf8)[dice.below(8)]
      }
      guard let other = read(wrong) else { continue }
      #expect(spelling(of: other.value) == wrong)
    }
    #expect(KeptPersonal(text: "p1:x") == nil)
    #expect(KeptPersonal.blank.value.isEmpty)
  }

  @Test("refuses: a kept text that isn't UTF-8, or isn't spelled in the one way")
  func keptSpellings() {
    for before in 0...35 {
      let start = String(repeating: "\\\"", count: before / 2) + (before % 2 == 0 ? "" : "x")
      for wrong in ["\\/", "\\u0022", "\\u000A", "\\x", "\u{9}", "\\"] {
        #expect(read(Array("\"p0:\(start)\(wrong)\"".utf8)) == nil, "\(start)\(wrong)")
      }
      let invalid = Array("\"p0:\(start)".utf8) + [0xc3, 0x28] + Array("\"".utf8)
      #expect(read(invalid) == nil)
      #expect(read(Array("\"p0:\(start)\\\\\"".utf8))?.value.hasSuffix("\\") == true)
    }
  }

  @Test("does: a reader looks at no byte behind the body, and before none of it")
  func bounds() throws {
    let guarded = try Guarded()
    var dice = Dice(seed: 3)
    for event in LogTests.samples {
      let form = try #require(FactForm.named(event.name))
      let body = EventCodec.body(of: event)
      #expect(try guarded.with(body) { try form.read($0) } == event)
      for _ in 1...12 {
        let part = Array(body.prefix(dice.below(body.count)))
        #expect(throws: BodyFailure.self) { try guarded.with(part) { try form.read($0) } }
      }
    }
  }

  private func spelling(of text: String) -> [UInt8] {
    var out = CanonicalText()
    out.put(quoted: "p0:" + text)
    return out.bytes
  }

  /// Reads a string, and nothing behind it, as a kept text.
  private func read(_ string: [UInt8]) -> KeptPersonal? {
    let body = Array("{\"raw\":".utf8) + string + Array("}".utf8)
    var value = KeptPersonal.blank
    let failure = body.withUnsafeBytes { bytes in
      var reader = BodyReader(bytes)
      reader.open()
      reader.kept("raw", &value)
      reader.end()
      return reader.failure
    }
    var plain = KeptPersonal.blank
    let plainFailure = body.withUnsafeBytes { bytes in
      var reader = PlainReader(bytes)
      reader.open()
      reader.kept("raw", &plain)
      reader.end()
      return reader.failure
    }
    #expect((failure == nil) == (plainFailure == nil), "\(String(decoding: body, as: UTF8.self))")
    if failure == nil { #expect(plain == value) }
    return failure == nil ? value : nil
  }
}

/// Bytes between two pages that can't be read, at the very end or the very beginning.
private final class Guarded {
  private static let page = 4096
  private static let room = 16
  private let start: UnsafeMutableRawPointer

  struct NoMemory: Error {}

  init() throws {
    let all = (Self.room + 2) * Self.page
    let found = mmap(nil, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let found, found != MAP_FAILED else { throw NoMemory() }
    start = found
    let isGuarded =
      mprotect(start, Self.page, PROT_NONE) == 0
      && mprotect(start + (Self.room + 1) * Self.page, Self.page, PROT_NONE) == 0
    guard isGuarded else { throw NoMemory() }
  }

  deinit { munmap(start, (Self.room + 2) * Self.page) }

  func with<T: Equatable>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> T
  ) throws -> T {
    let first = UnsafeMutableRawBufferPointer(start: start + Self.page, count: bytes.count)
    first.copyBytes(from: bytes)
    let early = try body(UnsafeRawBufferPointer(first))
    let last = UnsafeMutableRawBufferPointer(
      start: start + (Self.room + 1) * Self.page - bytes.count, count: bytes.count)
    last.copyBytes(from: bytes)
    #expect(try body(UnsafeRawBufferPointer(last)) == early)
    return early
  }
}
