/// How the bodies of one stored name are read: straight into the fact's own type.
///
/// An object, so that finding one copies nothing of the blank it holds.
public final class FactForm: Sendable {
  /// The stored name, `family.case.v<n>`.
  public let name: String
  public let family: EventFamilies
  /// One bit of a `FactForms`.
  let bit: FactForms.Bits
  /// An empty fact, for a visitor to fill in.
  let blank: LedgerEvent
  private let make: @Sendable (inout BodyReader) -> LedgerEvent

  init<F: BlankFact>(
    _ type: F.Type, _ event: @escaping @Sendable (consuming F) -> LedgerEvent
  ) {
    let blank = event(F())
    name = F.name
    family = blank.family
    bit = .zero
    self.blank = blank
    make = { reader in
      var fact = F()
      reader.open()
      fact.list(&reader)
      reader.end()
      // Moved into its box: a copy would count a reference for every text.
      return event(consume fact)
    }
  }

  /// The same form with its number among all.
  init(_ form: FactForm, number: Int) {
    precondition(number < FactForms.most, "more facts than a FactForms can name")
    name = form.name
    family = form.family
    bit = FactForms.bit(number)
    blank = form.blank
    make = form.make
  }

  /// Reads a whole body, and nothing but its one canonical form.
  public func read(_ body: UnsafeRawBufferPointer) throws(BodyFailure) -> LedgerEvent {
    var reader = BodyReader(body)
    let event = make(&reader)
    if let failure = reader.failure { throw failure }
    return event
  }

  /// The form of a stored name; nil where this program knows no such fact.
  public static func named(_ name: String) -> FactForm? {
    var name = name
    return name.withUTF8 { named(utf8: UnsafeRawBufferPointer($0)) }
  }

  /// The same by the name's bytes.
  public static func named(utf8 name: UnsafeRawBufferPointer) -> FactForm? {
    places.index(of: name).map { all[$0] }
  }

  private static let places = FactPlaces(all.map(\.name))
}

/// Finds a form by its name's bytes: open addressing, fixed once it is made.
struct FactPlaces: Sendable {
  private static let size = 256
  private static let least = 8
  private let names: [[UInt8]]
  /// One more than the name's index; 0 for none.
  private var slots = [UInt8](repeating: 0, count: size)

  init(_ texts: [String]) {
    names = texts.map { Array($0.utf8) }
    precondition(Set(texts).count == texts.count, "two facts have one name")
    for (index, name) in names.enumerated() {
      precondition(name.count >= Self.least, "a fact's name is too short: \(texts[index])")
      var slot = name.withUnsafeBytes { Self.slot(of: $0) }
      while slots[slot] > 0 { slot = (slot + 1) % Self.size }
      slots[slot] = UInt8(index + 1)
    }
  }

  func index(of name: UnsafeRawBufferPointer) -> Int? {
    guard name.count >= Self.least else { return nil }
    var slot = Self.slot(of: name)
    while slots[slot] > 0 {
      let index = Int(slots[slot]) - 1
      if names[index].withUnsafeBytes({ Self.isSame($0, name) }) { return index }
      slot = (slot + 1) % Self.size
    }
    return nil
  }

  // Names end in a version: what tells them apart stands at both ends before it.
  private static func slot(of name: UnsafeRawBufferPointer) -> Int {
    let first = name.loadUnaligned(as: UInt64.self)
    let last = name.loadUnaligned(fromByteOffset: max(0, name.count - 11), as: UInt64.self)
    let mixed = (first ^ last &* 31 ^ UInt64(name.count)) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 56)
  }

  private static func isSame(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left[index] != right[index] { return false }
    return true
  }
}
