import Glibc
import JSON
import Log
import Simulator

extension Command {
  static let simulate = Command(
    "simulate", "Lives days of the service in simulated worlds of trouble",
    options: [
      Option("seed", "N", "one seed, told of at length (1)"),
      Option("seeds", "A-B", "many, in processes of their own"),
      Option("days", "D", "days of trouble, before two of healing (30)"),
      Option("jobs", "J", "processes at a time (2)"),
      Option("without", "FAULTS", "faults that are left out, with commas between"),
      Option("often", "FAULTS", "faults that come several times a day, or with every tenth call"),
      Option("keep", "FOLDER", "of one seed: where its log is put, for `weir log` and `timeline`"),
      Option("shrink", nil, "looks for the least that still fails"),
      Option("regressions", nil, "the seeds that failed once"),
      Option("weakness", "RULE", "a rule that is left out, to see that it is missed"),
      Option("worker", "SEEDS", "used by --seeds"),
      jsonOption,
    ],
    notes: [
      "The same seed and program give the same digest. Where an invariant is broken, seed and",
      "invariant are named, and the exit code is 1.",
      "", "faults: " + Fault.allCases.map(\.rawValue).joined(separator: " "),
      "rules: " + Weakness.allCases.map(\.rawValue).joined(separator: " "),
    ]
  ) { (arguments) throws(Failure) in
    let terms = try SimulateTerms(arguments)
    if let list = arguments["worker"] { return try terms.work(list, arguments.terminal) }
    if arguments.has("regressions") { return try terms.regressions(arguments.terminal) }
    if let range = arguments["seeds"] { return try terms.campaign(range, arguments) }
    return try terms.one(try arguments.number("seed", standard: 1), arguments)
  }
}

/// What all ways to simulate have in common.
private struct SimulateTerms {
  let days: Int
  let jobs: Int
  let without: Set<Fault>
  let often: Set<Fault>
  let weakness: Weakness?

  init(_ arguments: Arguments) throws(Failure) {
    let days = try arguments.number("days", standard: 30)
    let jobs = try arguments.number("jobs", standard: 2)
    guard (1...3_650).contains(days) else {
      throw Failure(.usage, "--days must be 1 to 3650")
    }
    guard (1...256).contains(jobs) else { throw Failure(.usage, "--jobs must be 1 to 256") }
    var weakness: Weakness?
    if let name = arguments["weakness"] {
      weakness = Weakness(rawValue: name)
      guard weakness != nil else { throw Failure(.usage, "there is no rule \(name.prefix(40))") }
    }
    self.days = Int(days)
    self.jobs = Int(jobs)
    without = try Self.faults(arguments["without"])
    often = try Self.faults(arguments["often"])
    self.weakness = weakness
  }

  private static func faults(_ list: String?) throws(Failure) -> Set<Fault> {
    var faults: Set<Fault> = []
    for word in (list ?? "").split(separator: ",") {
      guard let fault = Fault(rawValue: String(word)) else {
        throw Failure(.usage, "there is no fault \(word.prefix(40)); see weir simulate --help")
      }
      faults.insert(fault)
    }
    return faults
  }

  private func simulation(_ seed: UInt64) -> Simulation {
    Simulation(Plan(seed: seed, days: days, without: without, often: often), weakness: weakness)
  }

  private func live(_ seed: UInt64) -> Outcome { simulation(seed).run() }

  private var campaign: Campaign {
    Campaign(
      program: "/proc/self/exe", days: days, without: without, often: often, weakness: weakness)
  }

  // MARK: One

  func one(_ seed: UInt64, _ arguments: Arguments) throws(Failure) -> ExitCode {
    let simulation = simulation(seed)
    let outcome = simulation.run()
    if let folder = arguments["keep"] { try keep(simulation, in: folder) }
    if arguments.has("json") {
      arguments.terminal.put(outcome.json.written(.asIs))
    } else {
      tell(outcome, arguments.terminal)
    }
    guard let violation = outcome.violation else { return .success }
    throw Failure(.failure, "seed \(seed), \(days) days: \(violation)")
  }

  private func keep(_ simulation: Simulation, in folder: String) throws(Failure) {
    let disk = RealDisk()
    do {
      for (name, bytes) in simulation.files {
        let path = "\(folder)/log/\(name)"
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        for place in [folder, folder + "/log", parent] { try disk.makeFolder(place) }
        let file = try disk.open(path, .create)
        try bytes.withUnsafeBytes { try file.write($0, at: 0) }
      }
    } catch { throw Failure(.failure, "the log can't be kept: \(error)") }
  }

  private func tell(_ outcome: Outcome, _ terminal: Terminal) {
    terminal.put(
      "seed \(outcome.seed)  \(outcome.digest)  \(days) days  \(outcome.events) events  "
        + "\(outcome.payouts) payouts  \(outcome.lives) starts  \(outcome.calls) calls")
    terminal.put("faults: \(outcome.faults.map(\.rawValue).joined(separator: " "))")
    table(outcome.marks.counts, "SEEN").forEach(terminal.put)
  }

  private func table(_ counts: [String: Int], _ head: String) -> [String] {
    var table = TextTable(["TIMES", head], right: [0])
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
      table.add([String(count), name])
    }
    return table.lines
  }

  /// Lives seeds for another process; a line each, as soon as there is one.
  func work(_ list: String, _ terminal: Terminal) throws(Failure) -> ExitCode {
    for word in list.split(separator: ",") {
      guard let seed = UInt64(word) else { throw Failure(.usage, "--worker takes numbers") }
      terminal.put(live(seed).json.written(.asIs))
      terminal.flush()
    }
    return .success
  }

  // MARK: Many

  func campaign(_ range: String, _ arguments: Arguments) throws(Failure) -> ExitCode {
    let bounds = range.split(separator: "-").compactMap { UInt64($0) }
    guard bounds.count == 2, bounds[0] <= bounds[1], bounds[1] - bounds[0] < 1_000_000 else {
      throw Failure(.usage, "--seeds takes two numbers, as in 1-300")
    }
    let terminal = arguments.terminal
    let seeds = Array(bounds[0]...bounds[1])
    let report = campaign.run(
      seeds, jobs: jobs,
      told: { outcome, report in
        if let violation = outcome.violation {
          terminal.endProgress()
          terminal.say("seed \(outcome.seed), \(days) days: \(violation)")
        }
        terminal.progress(
          "\(report.seeds.count) of \(seeds.count) seeds  \(report.failed.count) failed  "
            + "\(report.events) events")
      })
    terminal.endProgress()
    if arguments.has("json") {
      terminal.put(report.json.written(.asIs))
    } else {
      report.lines.forEach(terminal.put)
      table(report.marks.counts, "SEEN").forEach(terminal.put)
      report.unseen.forEach { terminal.put("    0  \($0)") }
    }
    if let failure = report.failure { throw Failure(.failure, failure) }
    if arguments.has("shrink"), let first = report.failed.first { shrink(first, terminal) }
    guard !report.failed.isEmpty else { return .success }
    let failed = report.failed.map { String($0.seed) }.sorted().joined(separator: ", ")
    throw Failure(.failure, "broken invariants with seeds \(failed)")
  }

  private func shrink(_ outcome: Outcome, _ terminal: Terminal) {
    let shrunk = campaign.shrink(outcome) { terminal.progress($0) }
    terminal.endProgress()
    guard let shrunk else { return }
    var words = "weir simulate --seed \(shrunk.seed) --days \(shrunk.days)"
    let out = shrunk.without.map(\.rawValue).sorted().joined(separator: ",")
    if !out.isEmpty { words += " --without \(out)" }
    terminal.put("the least that fails: \(words)")
    terminal.put("  needs \(shrunk.faults.map(\.rawValue).joined(separator: " "))")
    terminal.put("  \(shrunk.violation)")
  }

  func regressions(_ terminal: Terminal) throws(Failure) -> ExitCode {
    for known in Regression.all {
      let plan = Plan(seed: known.seed, days: known.days, without: known.without)
      if let violation = Simulation(plan).run().violation {
        throw Failure(
          .failure, "seed \(known.seed), \(known.days) days: \(violation); before: \(known.was)")
      }
      terminal.put("seed \(known.seed), \(known.days) days: ok; before: \(known.was)")
    }
    return .success
  }
}
