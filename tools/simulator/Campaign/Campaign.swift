import JSON

/// Many seeds, lived in worker processes, and what came of all of them.
package struct Campaign {
  /// Seeds a worker lives before the next one takes over.
  private static let portion = 4

  let program: String
  let days: Int
  let without: Set<Fault>
  let often: Set<Fault>
  let weakness: Weakness?

  /// - Parameter program: The path of a program that understands `simulate`, this one's own.
  package init(
    program: String, days: Int = 30, without: Set<Fault> = [], often: Set<Fault> = [],
    weakness: Weakness? = nil
  ) {
    self.program = program
    self.days = days
    self.without = without
    self.often = often
    self.weakness = weakness
  }

  /// The words with which a worker lives some seeds; each prints what came of it as a line.
  private func words(
    _ seeds: [UInt64], days: Int? = nil, without others: Set<Fault>? = nil
  ) -> [String] {
    let list = seeds.map(String.init).joined(separator: ",")
    var words = ["simulate", "--worker", list, "--days", String(days ?? self.days)]
    let faults = (others ?? without).map(\.rawValue).sorted()
    if !faults.isEmpty { words += ["--without", faults.joined(separator: ",")] }
    let most = often.map(\.rawValue).sorted()
    if !most.isEmpty { words += ["--often", most.joined(separator: ",")] }
    if let weakness { words += ["--weakness", weakness.rawValue] }
    return words
  }

  /// Lives every seed once, so many at a time; `told` hears of each as it ends.
  ///
  /// Stops early where `mayStop` says so of what has come so far.
  package func run(
    _ seeds: [UInt64], jobs: Int, mayStop: (Report) -> Bool = { _ in false },
    told: (Outcome, Report) -> Void = { _, _ in }
  ) -> Report {
    var report = Report()
    var waiting = seeds[...]
    var workers: [Worker] = []
    while !waiting.isEmpty || !workers.isEmpty {
      while workers.count < jobs, !waiting.isEmpty, !mayStop(report) {
        let portion = Array(waiting.prefix(Self.portion))
        guard let worker = Worker(program, words(portion), seeds: portion) else {
          report.note(failure: "no process could be started")
          return report
        }
        waiting = waiting.dropFirst(portion.count)
        workers.append(worker)
      }
      if workers.isEmpty { return report }
      for place in Worker.ready(workers).reversed() {
        guard let lines = workers[place].lines() else {
          let worker = workers.remove(at: place)
          let left = worker.seeds.filter { !report.seeds.contains($0) }
          guard let how = worker.end(), let first = left.first else { continue }
          // The seed that was being lived; those behind it live on elsewhere.
          let outcome = Outcome(seed: first, days: days, violation: how)
          report.add(outcome)
          told(outcome, report)
          waiting = left.dropFirst() + waiting
          continue
        }
        for line in lines {
          guard let json = try? JSONValue.parse(line), let outcome = Outcome(json) else { continue }
          report.add(outcome)
          told(outcome, report)
        }
      }
    }
    return report
  }

  /// One seed, under other terms, in a process of its own.
  func run(_ seed: UInt64, days: Int, without: Set<Fault>) -> Outcome {
    guard let worker = Worker(program, words([seed], days: days, without: without), seeds: [seed])
    else { return Outcome(seed: seed, days: days, violation: "no process could be started") }
    var found: Outcome?
    while let lines = worker.lines() {
      for line in lines {
        if let json = try? JSONValue.parse(line) { found = Outcome(json) ?? found }
      }
    }
    let how = worker.end()
    return found ?? Outcome(seed: seed, days: days, violation: how ?? "the process said nothing")
  }
}
