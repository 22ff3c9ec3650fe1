/// Stored names, as a set: what a fold asks the log for.
public struct FactForms: Hashable, Sendable, ExpressibleByArrayLiteral {
  // A bit a form, by its number; there are fewer than 128 (`FactForm.all` traps otherwise).
  private var bits: UInt128

  private init(bits: UInt128) { self.bits = bits }

  public static let none = FactForms(bits: 0)
  public static let all = FactForms(bits: .max)

  /// The forms of whole families, and of these facts besides.
  public init(_ families: EventFamilies, _ facts: any Fact.Type...) {
    bits = FactForm.all.reduce(Self.bits(of: facts)) {
      families.contains($1.family) ? $0 | $1.bit : $0
    }
  }

  /// The forms of these facts, `FactForms(PaymentEvent.Finished.self, …)`.
  public init(_ facts: any Fact.Type...) { bits = Self.bits(of: facts) }

  private static func bits(of facts: [any Fact.Type]) -> UInt128 {
    facts.reduce(0) { bits, fact in
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

  public var isEmpty: Bool { bits == 0 }

  public func contains(_ form: FactForm) -> Bool { bits & form.bit != 0 }

  public func union(_ other: FactForms) -> FactForms { FactForms(bits: bits | other.bits) }
}
