/// A seed that failed once, shrunk, and what was wrong then.
package struct Regression: Sendable {
  package let seed: UInt64
  package let days: Int
  package let without: Set<Fault>
  /// What was broken, in the simulator or in the service.
  package let was: String

  /// All there are; the tests live them.
  package static let all: [Regression] = [
    Regression(
      seed: 4, days: 6, without: [],
      was: "the witness took the check of a swap whose split had ended for a saga that hangs")
  ]
}
