import Engine
import JSON
import Kernel
import Log
import PostgresLog

/// The log in PostgreSQL as it is written: in groups, and by few and many callers that wait.
///
/// What limits a group is a plain INSERT of the very same events by the same server, as many rows a
/// statement and commit, into a table that has nothing but its primary key. Callers that wait stand
/// beside as many connections, each with one prepared INSERT of one such event a commit: what a
/// program does that keeps its facts in a table. Every repetition has a database of its own, and
/// figure and limit follow on each other in it.
struct PostgresBench: LogBench {
  /// One run beside the same events by plain INSERTs.
  private struct Run: Sendable {
    var events = 0
    var commands = 0
    var commits = 0
    var asked = Asked()
    var limitEvents = 0
    var limitSeconds = 0.0
    /// What one INSERT and its commit take, asked for alone.
    var commitSeconds = 0.0

    var rate: Double { Double(events) / asked.seconds }
    var limit: Double { Double(limitEvents) / limitSeconds }
  }

  private static let group = 1_000
  let setting: BenchSetting
  private let clientele = Clientele(count: 256)

  init(setting: BenchSetting) { self.setting = setting }

  func run() throws(BenchFailure) -> BenchReport {
    let server = try PostgresURL(benched: setting)
    progress.tell("postgres: deciding what is appended")
    let prepared: PreparedGroups
    do throws(StoreError) {
      prepared = try PreparedGroups(events: events, commands: Self.group, clientele)
    } catch {
      throw .store(error)
    }
    var measures = [
      try repeated("groups of 1,000", "by multi-row INSERT", server) {
        (database) throws(BenchFailure) in
        try grouped(prepared, database)
      }
    ]
    for (callers, share) in [(32, 10), (8, 20), (1, 50)] {
      let name = callers == 1 ? "1 caller" : "\(callers) callers"
      measures.append(
        try repeated(name, "by an INSERT a commit, as many connections", server, callers) {
          (database) throws(BenchFailure) in
          try waiting(callers, commands: max(callers, events / share), database)
        })
    }
    return BenchReport(bench: .postgres, measures: measures)
  }

  private func repeated(
    _ name: String, _ limitName: String, _ server: PostgresURL, _ callers: Int? = nil,
    _ run: (PostgresURL) throws(BenchFailure) -> Run
  ) throws(BenchFailure) -> Measure {
    var runs: [Run] = []
    for repetition in 0..<repetitions {
      progress.tell("postgres: \(name), \(repetition + 1) of \(repetitions)")
      let database = try BenchDatabase(on: server)
      runs.append(try run(database.url))
    }
    let run = median(runs) { $0.rate }
    let limit = median(runs) { $0.limit }
    return Measure(
      name: name, figure: run.rate, unit: "events/s", limit: limit.limit, limitName: limitName,
      events: run.events, seconds: run.asked.seconds,
      details: [
        JSONMember("commits", .integer(run.commits)),
        JSONMember("commandsPerSecond", Measure.number(Double(run.commands) / run.asked.seconds)),
        JSONMember(
          "processMicroseconds", Measure.number(run.asked.processor / Double(run.events) * 1e6)),
        JSONMember("p50Microseconds", Measure.number(run.asked.latencies.microseconds(0.5))),
        JSONMember("p99Microseconds", Measure.number(run.asked.latencies.microseconds(0.99))),
      ] + (callers.map { Self.arithmetic(run, $0) } ?? []))
  }

  /// What a lane gives whose every commit takes what a lone INSERT's takes, with a command of each
  /// caller in it, where nothing else takes any time.
  private static func arithmetic(_ run: Run, _ callers: Int) -> [JSONMember] {
    let commands = Double(callers) / run.commitSeconds
    let each = Double(run.events) / Double(run.commands)
    let round = run.asked.seconds / Double(run.commits)
    return [
      JSONMember("commitMicroseconds", Measure.number(run.commitSeconds * 1e6)),
      JSONMember("roundMicroseconds", Measure.number(round * 1e6)),
      JSONMember("commandsByArithmetic", Measure.number(commands)),
      JSONMember("eventsByArithmetic", Measure.number(commands * each)),
      JSONMember("commandsToInserts", Measure.number(run.rate / each / run.limit)),
    ]
  }

  private func open(_ database: PostgresURL) throws(StoreError) -> PostgresStore {
    try PostgresStore.open(
      database, environment: .sandbox, options: PostgresStore.Options(holder: "weir bench"))
  }

  /// Prepared groups, as the loop has them written.
  private func grouped(
    _ prepared: PreparedGroups, _ database: PostgresURL
  ) throws(BenchFailure) -> Run {
    var run = Run()
    var rest: ArraySlice<StoredEvent>
    do throws(StoreError) {
      let store = try open(database)
      let processor = Stopwatch.process()
      run.asked.seconds = try store.append(staging: prepared.groups).seconds
      run.asked.processor = Stopwatch.process() - processor
      run.events = Int(store.head.position)
      run.commands = prepared.groups.reduce(0) { $0 + $1.count }
      run.commits = prepared.groups.count
      rest = try store.read(after: 0, limit: run.events)[...]
      try store.close()
    } catch {
      throw .store(error)
    }
    run.limitEvents = rest.count
    let groups = prepared.groups.map { group in
      let count = group.reduce(0) { $0 + $1.events.count }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
    run.limitSeconds = try PlainInserts(database).groups(groups)
    return run
  }

  /// Callers that ask again as soon as they are answered, through the loop's queue.
  private func waiting(
    _ callers: Int, commands: Int, _ database: PostgresURL
  ) throws(BenchFailure) -> Run {
    var run = Run()
    let store: PostgresStore
    do throws(StoreError) { store = try open(database) } catch { throw .store(error) }
    let loop = RunningLoop(store)
    for submission in clientele.opening(log: store.logID) { Line.check(loop.submit(submission)) }
    let before = store.head.position
    let opened = loop.groups
    run.asked = loop.ask(callers, commands, clientele)
    run.events = Int(store.head.position - before)
    run.commands = commands / callers * callers
    run.commits = loop.groups - opened
    try loop.stop()
    let events: [StoredEvent]
    do throws(StoreError) {
      events = try store.read(after: before, limit: min(run.events, 200 * callers))
      try store.close()
    } catch {
      throw .store(error)
    }
    let alone = max(1, min(100, events.count / 4))
    let inserts = try PlainInserts(database)
    run.commitSeconds =
      try inserts.singles(Array(events.prefix(alone)), connections: 1) / Double(alone)
    run.limitEvents = events.count - alone
    run.limitSeconds = try inserts.singles(
      Array(events.dropFirst(alone)), connections: callers)
    return run
  }
}
