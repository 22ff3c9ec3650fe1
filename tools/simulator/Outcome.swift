/// What came of one seed.
package struct Outcome: Sendable {
  package let seed: UInt64
  package let days: Int
  package let faults: [Fault]
  /// What must not be and was, with its invariant; nil where all is well.
  package internal(set) var violation: String?
  /// Facts in the log at the end.
  package internal(set) var events: UInt64 = 0
  /// Transfers that were confirmed.
  package internal(set) var payouts = 0
  /// Lives of the process.
  package internal(set) var lives = 0
  /// Calls to providers.
  package internal(set) var calls = 0
  /// What living it took of one core.
  package internal(set) var cpuMicroseconds = 0
  package internal(set) var marks = Marks()
  /// Of the whole course: equal for equal seeds, wherever it runs.
  package internal(set) var digest = ""

  init(seed: UInt64, days: Int, faults: [Fault] = [], violation: String? = nil) {
    self.seed = seed
    self.days = days
    self.faults = faults
    self.violation = violation
  }
}
