/// Stored names, as a set: what a fold asks the log for.
public struct FactForms: Hashable, Sendable {
  // A bit a form, by its number; there are fewer than 64 (`FactForm.all` traps otherwise).
  private var bits: UInt64

  private init(bits: UInt64) { self.bits = bits }

  public static let none = FactForms(bits: 0)
  public static let all = FactForms(bits: .max)

  /// The forms of whole families.
  public init(_ families: EventFamilies) {
    bits = FactForm.all.reduce(0) { families.contains($1.family) ? $0 | $1.bit : $0 }
  }

  /// The forms of these facts, `FactForms(PaymentEvent.Finished.self, …)`.
  public init(_ facts: any Fact.Type...) {
    bits = facts.reduce(0) { bits, fact in
      guard let form = FactForm.named(fact.name) else {
        preconditionFailure("\(fact) is no fact of the ledger")
      }
      return bits | form.bit
    }
  }

  public var isEmpty: Bool { bits == 0 }

  public func contains(_ form: FactForm) -> Bool { bits & form.bit != 0 }

  public func union(_ other: FactForms) -> FactForms { FactForms(bits: bits | other.bits) }
}
