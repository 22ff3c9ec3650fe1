@testable import Kernel

/// A visitor that fills a blank fact with values, so that every fact has samples for nothing.
struct Filler: Fields {
  /// Whether optional fields get a value, and lists get items.
  var isFull: Bool
  /// Makes samples differ.
  var number = 1

  static func fill(_ blank: LedgerEvent, full isFull: Bool, number: Int = 1) -> LedgerEvent {
    var filler = Filler(isFull: isFull, number: number)
    var event = blank
    event.list(&filler)
    return event
  }

  /// A full sample of one fact.
  static func sample<F: Fact>(_ name: String, _ type: F.Type) -> F {
    guard let blank = LedgerEvent.blanks.first(where: { $0.name == name }),
      let fact = fill(blank.event, full: true).fact as? F
    else { preconditionFailure("no fact is named \(name)") }
    return fact
  }

  private func value<T: TextValue>(_ key: StaticString) -> T {
    if T.self == String.self, let text = T(text: "Zoë's \"\(key)\"\n\\ \u{1f}\u{7f}€😀 \(number)") {
      return text
    }
    let candidates = [
      "2026-11-24T16:47:11.123456Z", "p0:ß\t\(number)", "USDT-ETH", "24.25", "100000000\(number)",
      "-1001234567", "WEIR\(number)", "00000000-0000-4000-8000-\(100_000_000_000 + number)",
      "a\(100_000_000_000_000 + number)", "\(Int128.ten(31) + Int128(number))",
    ]
    for text in candidates {
      if let value = T(text: text) { return value }
    }
    if T.blank.text.isEmpty { preconditionFailure("no sample for \(T.self)") }
    return T.blank
  }

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    value = self.value(key)
    if T.self == MoneyText.self, let amount = T(text: "24.25") { value = amount }
    if key.description == "value", let rate = T(text: "1.0005") { value = rate }
  }
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    value = isFull ? self.value(key) as T : nil
  }
  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) {
    value = isFull ? [self.value(key), self.value(key)] : []
  }
  mutating func integer(_ key: StaticString, _ value: inout Int) { value = number }
  mutating func integer(_ key: StaticString, _ value: inout Int?) {
    value = isFull ? 9_007_199_254_740_991 : nil
  }
  mutating func flag(_ key: StaticString, _ value: inout Bool) { value = isFull }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) { value.list(&self) }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {
    guard isFull else { return value = nil }
    var found = G.blank
    found.list(&self)
    value = found
  }
  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {
    var found = G.blank
    found.list(&self)
    value = isFull ? [found, found] : []
  }
}

/// Every fact there is, once with everything and once with nothing optional.
let samples: [LedgerEvent] = LedgerEvent.blanks.flatMap { _, blank in
  [Filler.fill(blank, full: true), Filler.fill(blank, full: false)]
}
