import Simulator

extension Command {
  static let simulate = Command(
    "simulate", "Lives days of the service in a simulated world of trouble",
    options: [
      Option("seed", "N", "what is drawn: faults, people, chances (1)"),
      Option("days", "D", "days of trouble, before two of healing (30)"),
    ],
    notes: [
      "The same seed gives the same digest. Fails where an invariant is broken, and names it."
    ]
  ) { (arguments) throws(Failure) in
    let seed = try arguments.number("seed", standard: 1)
    let days = try arguments.number("days", standard: 30)
    guard (1...3_650).contains(days) else {
      throw Failure(.usage, "--days must be 1 to 3650")
    }
    let outcome = Simulation(Plan(seed: seed, days: Int(days))).run()
    arguments.terminal.put(
      "seed \(seed)  \(outcome.digest)  \(days) days  \(outcome.events) events  "
        + "\(outcome.payouts) payouts  \(outcome.lives) starts  \(outcome.calls) calls")
    arguments.terminal.put("faults: \(outcome.faults.map(\.rawValue).joined(separator: " "))")
    var table = TextTable(["TIMES", "SEEN"], right: [0])
    for (name, count) in outcome.marks.counts.sorted(by: { $0.key < $1.key }) {
      table.add([String(count), name])
    }
    table.lines.forEach(arguments.terminal.put)
    if let violation = outcome.violation {
      throw Failure(.failure, "seed \(seed), \(days) days: \(violation)")
    }
    return .success
  }
}
