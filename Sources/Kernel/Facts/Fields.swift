/// What walks over a fact's fields: a writer, a reader, a schema checker.
///
/// A fact lists its fields once, in the order of their keys (RFC 8785), and each visitor does its
/// own thing with them. A reader fills the fields in; every other visitor leaves them alone.
public protocol Fields {
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T)
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?)
  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T])
  mutating func integer(_ key: StaticString, _ value: inout Int)
  mutating func integer(_ key: StaticString, _ value: inout Int?)
  mutating func flag(_ key: StaticString, _ value: inout Bool)
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G)
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?)
  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G])
  /// An amount, stored as `{"amount": "24.25", "asset": "USDT-ETH"}`; a group, unless a visitor
  /// knows a shorter way.
  mutating func money(_ key: StaticString, _ value: inout Money)
  mutating func money(_ key: StaticString, _ value: inout Money?)
  /// A long text that is kept as it is spelled; a text, unless a visitor leaves the spelling alone.
  mutating func kept(_ key: StaticString, _ value: inout KeptPersonal)
  /// What was listed under the key is no value, or isn't spelled as values are: a reader fails, a
  /// writer traps.
  mutating func refuse(_ key: StaticString)
}

extension Fields {
  public mutating func refuse(_ key: StaticString) {}
  public mutating func money(_ key: StaticString, _ value: inout Money) { group(key, &value) }
  public mutating func money(_ key: StaticString, _ value: inout Money?) { group(key, &value) }
  public mutating func kept(_ key: StaticString, _ value: inout KeptPersonal) { text(key, &value) }
}

/// A value of several fields, stored as a JSON object.
public protocol FieldGroup: Hashable, Sendable {
  static var blank: Self { get }
  mutating func list<F: Fields>(_ fields: inout F)
}

/// A fact's payload and its stored name, `family.case.v<n>`.
///
/// Facts have no public initialiser: outside Kernel one can be read, never made up.
public protocol Fact: Hashable, Sendable {
  static var name: String { get }
  mutating func list<F: Fields>(_ fields: inout F)
}

/// How a reader gets a fact to fill in.
protocol BlankFact: Fact { init() }

extension Money: FieldGroup {
  public mutating func list<F: Fields>(_ fields: inout F) {
    var amount = MoneyText(text: asset == .none ? "" : amountText) ?? .blank
    var asset = asset
    fields.text("amount", &amount)
    fields.text("asset", &asset)
    guard let money = Money(amount.text, asset), money.amountText == amount.text else {
      fields.refuse("amount")
      return
    }
    self = money
  }
}

/// The text of an amount before its asset is known.
struct MoneyText: TextValue {
  let text: String
  init?(text: String) { self.text = text }
  static var blank: MoneyText { MoneyText(blank: "") }
  private init(blank: String) { text = blank }
}

/// The text of a rate before its assets are known.
struct RateText: TextValue {
  // Two words, as `Money` has them and for its reason.
  private let high: Int64
  private let low: UInt64

  init(_ rate: Rate) { self.init(units: rate.value) }

  private init(units: Int128) {
    high = Int64(truncatingIfNeeded: units >> 64)
    low = UInt64(truncatingIfNeeded: units)
  }

  init?(text: String) {
    var text = text
    guard let found = text.withUTF8({ Self(utf8: UnsafeRawBufferPointer($0)) }) else { return nil }
    self = found
  }

  init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard let units = DecimalText.canonicalUnits(bytes, scale: Rate.scale), units > 0 else {
      return nil
    }
    self.init(units: units)
  }

  var units: Int128 { Int128(high) << 64 | Int128(low) }
  var text: String { DecimalText.text(units, scale: Rate.scale) }
  var isWritable: Bool { units > 0 }
  static var blank: RateText { RateText(units: 0) }
}

extension Rate: FieldGroup {
  public static var blank: Rate { Rate(unset: ()) }

  public mutating func list<F: Fields>(_ fields: inout F) {
    var from = from
    var to = to
    var value = RateText(self)
    fields.text("from", &from)
    fields.text("to", &to)
    fields.text("value", &value)
    guard value.units > 0 else {
      fields.refuse("value")
      return
    }
    self = Rate(value: value.units, from: from, to: to)
  }
}

extension BasisPoints {
  static func listed<F: Fields>(_ key: StaticString, _ value: inout BasisPoints, _ fields: inout F)
  {
    var number = value.value
    fields.integer(key, &number)
    guard let share = BasisPoints(number) else { return fields.refuse(key) }
    value = share
  }
}
