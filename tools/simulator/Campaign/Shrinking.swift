/// The least of a failing seed that still fails: which faults it takes, and how many days.
package struct Shrunk: Sendable {
  package let seed: UInt64
  package let days: Int
  /// Faults that are left out.
  package let without: Set<Fault>
  /// Faults that are needed.
  package let faults: [Fault]
  package let violation: String
}

extension Campaign {
  /// Leaves faults out one after the other, then halves the days, as long as the seed still breaks
  /// the same invariant; lives it some thirty times.
  package func shrink(_ failed: Outcome, told: (String) -> Void = { _ in }) -> Shrunk? {
    guard let violation = failed.violation else { return nil }
    let invariant = violation.prefix { $0 != ":" }
    var best = failed
    var out = without
    func fails(_ days: Int, _ without: Set<Fault>) -> Bool {
      let outcome = run(failed.seed, days: days, without: without)
      guard let again = outcome.violation, again.prefix(while: { $0 != ":" }) == invariant else {
        return false
      }
      best = outcome
      return true
    }
    let faults = Plan(seed: failed.seed, days: failed.days, without: without).faults
    for fault in faults where !often.contains(fault) {
      told("seed \(failed.seed) without \(fault.rawValue)")
      if fails(best.days, out.union([fault])) { out.insert(fault) }
    }
    // What fails after so many days need not fail after more: the shortest is looked for upward.
    var (low, high) = (1, best.days)
    while low < high {
      let middle = (low + high) / 2
      told("seed \(failed.seed) in \(middle) days")
      if fails(middle, out) { high = middle } else { low = middle + 1 }
    }
    let plan = Plan(seed: failed.seed, days: high, without: out)
    return Shrunk(
      seed: failed.seed, days: high, without: out, faults: plan.faults,
      violation: best.violation ?? violation)
  }
}
