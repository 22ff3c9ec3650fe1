/// Stored names, as a set: what a fold asks the log for.
public struct FactForms: Hashable, Sendable, ExpressibleByArrayLiteral {
  /// A bit a form, by its number; `FactForm.all` traps on more forms than there are bits.
  typealias Bits = SIMD4<UInt64>

  private var bits: Bits

  private init(bits: Bits) { self.bits = bits }

  public static let none = FactForms(bits: .zero)
  public static let all = FactForms(bits: Bits(repeating: .max))

  /// How many forms can be told apart.
  static let most = Bits.scalarCount * UInt64.bitWidth

  /// The one bit of a form.
  static func bit(_ number: Int) -> Bits {
    var bits = Bits.zero
    bits[number / UInt64.bitWidth] = 1 << UInt64(number % UInt64.bitWidth)
    return bits
  }

  /// The forms of whole families, and of these facts besides.
  public init(_ families: EventFamilies, _ facts: any Fact.Type...) {
    bits = FactForm.all.reduce(Self.bits(of: facts)) {
      families.contains($1.family) ? $0 | $1.bit : $0
    }
  }

  /// The forms of these facts, `FactForms(PaymentEvent.Finished.self, …)`.
  public init(_ facts: any Fact.Type...) { bits = Self.bits(of: facts) }

  private static func bits(of facts: [any Fact.Type]) -> Bits {
    facts.reduce(.zero) { bits, fact in
      guard let form = FactForm.named(fact.name) else {
        preconditionFailure("\(fact) is no fact of the ledger")
      }
      return bits | form.bit
    }
  }

  /// The forms of whole families, `[.batch, .split]`.
  public init(arrayLiteral families: EventFamilies...) {
    self.init(families.reduce(into: EventFamilies()) { $0.formUnion($1) })
  }

  public var isEmpty: Bool { bits == .zero }

  public func contains(_ form: FactForm) -> Bool { bits & form.bit != .zero }

  public func union(_ other: FactForms) -> FactForms { FactForms(bits: bits | other.bits) }
}
