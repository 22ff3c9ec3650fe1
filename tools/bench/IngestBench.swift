import Gateways
import Glibc
import JSON
import Kernel
import Log
import PostgresLog

/// Signed notices over real HTTP into a running service, each answered after its sync.
///
/// Payments are in USDT and far below every threshold, so nothing outside is ever asked. With a
/// server the log is there, and the same is done once more over two nodes: half the connections go
/// to one that stands by, and the time ends when everything it kept is in the log as well.
struct IngestBench: LogBench {
  /// One repetition: the server that does nothing, and the service, with the same requests.
  private struct Run: Sendable {
    var bare = Load()
    var weir = Load()
    /// Over both nodes; nil where there is one.
    var both: Load?
  }

  private struct Load: Sendable {
    var outcome = LoadClient.Outcome()
    /// Until all was in the log.
    var seconds = 0.0
    /// Processor time of everything but the client.
    var processorSeconds = 0.0
  }

  private static let statuses = ["waiting", "confirming", "finished"]

  let setting: BenchSetting
  private let clientele = Clientele(count: 128, threshold: "900000000")

  private var connections: Int { callers }
  /// Whole payments on every connection.
  private var notices: Int {
    let share = max(1, (setting.options.events ?? 10_000) / connections / Self.statuses.count)
    return share * Self.statuses.count * connections
  }
  /// A finished payment has five events more than it had notices.
  private var made: Int { notices + notices / Self.statuses.count * 5 }
  private var opening: Int { 1 + clientele.channels.count }

  func run() throws(BenchFailure) -> BenchReport {
    let folder = work.fresh("ingest")
    _ = work.fresh("ingest-standby")
    var database: BenchDatabase?
    if setting.options.store != nil {
      database = try BenchDatabase(on: PostgresURL(benched: setting))
    }
    let nodes = try IngestNodes(folder, database?.url, clientele)
    var runs: [Run] = []
    do throws(BenchFailure) {
      for repetition in 0..<repetitions {
        progress.tell("ingest: \(repetition + 1) of \(repetitions)")
        runs.append(try run(repetition, nodes, database?.url))
      }
    } catch {
      nodes.stop()
      throw error
    }
    nodes.stop()
    let log = try log(folder, database?.url)
    try check(log, loads: repetitions * (database == nil ? 1 : 2))
    var report = report(
      median(runs) { $0.weir.outcome.rate }.weir, median(runs) { $0.bare.outcome.rate }.bare,
      both: median(runs) { $0.both?.seconds ?? 0 }.both)
    if let database { report.measures.append(try inserts(log, database.url, report)) }
    return report
  }

  /// The events that notices become beside plain INSERTs of such events, each one a commit, over as
  /// many connections.
  private func inserts(
    _ log: any WholeLog, _ url: PostgresURL, _ report: BenchReport
  ) throws(BenchFailure) -> Measure {
    let events: [StoredEvent]
    do throws(StoreError) {
      events = try log.read(after: UInt64(opening), limit: min(notices, 200 * connections))
    } catch {
      throw .store(error)
    }
    let seconds = try PlainInserts(url).singles(events, connections: connections)
    let taken = report.measures.first?.seconds ?? 0
    return Measure(
      name: "as events", figure: Double(made) / taken, unit: "events/s",
      limit: Double(events.count) / seconds,
      limitName: "by an INSERT a commit, as many connections",
      events: made, seconds: taken)
  }

  private func report(_ run: Load, _ limit: Load, both: Load?) -> BenchReport {
    let limitName = "a server that answers at once"
    func rate(_ name: String, _ load: Load) -> Measure {
      Measure(
        name: name, figure: Double(notices) / load.seconds, unit: "notices/s",
        limit: limit.outcome.rate, limitName: limitName, events: notices, seconds: load.seconds,
        details: [
          JSONMember("answeredPerSecond", Measure.number(load.outcome.rate)),
          JSONMember(
            "processorMicrosecondsPerNotice",
            Measure.number(load.processorSeconds / Double(notices) * 1e6)),
          JSONMember(
            "limitProcessorMicrosecondsPerNotice",
            Measure.number(limit.processorSeconds / Double(notices) * 1e6)),
        ])
    }
    var measures = [rate("\(connections) connections", run)]
    measures += latencies(run, limit, limitName, on: "")
    if let both {
      measures.append(rate("over two nodes", both))
      measures += latencies(both, limit, limitName, on: " over two nodes")
    }
    return BenchReport(
      bench: .ingest, measures: measures,
      details: [JSONMember("connections", .integer(connections))])
  }

  private func latencies(
    _ run: Load, _ limit: Load, _ limitName: String, on nodes: String
  ) -> [Measure] {
    [("p99", 0.99), ("p50", 0.5)].map { name, part in
      Measure(
        name: name + nodes, figure: run.outcome.latencies.microseconds(part), unit: "µs",
        limit: limit.outcome.latencies.microseconds(part), limitName: limitName, isTime: true,
        events: notices, seconds: run.seconds)
    }
  }

  private func run(
    _ repetition: Int, _ nodes: IngestNodes, _ url: PostgresURL?
  ) throws(BenchFailure) -> Run {
    let before = repetition * (url == nil ? 1 : 2)
    var run = Run()
    run.bare = try load(nodes.nothing, requests(before))
    run.weir = try load(nodes.one, requests(before))
    if let url, let both = nodes.both {
      let end = opening + (before + 2) * made
      run.both = try load(both, requests(before + 1)) {
        () throws(BenchFailure) in try Self.wait(until: end, url)
      }
    }
    return run
  }

  private func load(
    _ ports: [Int], _ requests: [[[UInt8]]],
    end: () throws(BenchFailure) -> Void = {}
  ) throws(BenchFailure) -> Load {
    let (start, processor) = (Stopwatch.wall(), Stopwatch.process())
    var load = Load(outcome: try LoadClient.run(ports: ports, requests))
    guard load.outcome.failures == 0 else {
      throw .failed("\(load.outcome.failures) of \(notices) notices were not answered with 2xx")
    }
    try end()
    load.seconds = Stopwatch.wall() - start
    load.processorSeconds = Stopwatch.process() - processor - load.outcome.clientSeconds
    return load
  }

  /// Until the log has so many events: what was answered for by a node that stands by is taken in.
  private static func wait(until position: Int, _ url: PostgresURL) throws(BenchFailure) {
    do throws(StoreError) {
      let log = try PostgresReader.open(url)
      let late = Stopwatch.wall() + 60
      while log.head.position < position {
        guard Stopwatch.wall() < late else {
          throw .unusable("the log stays at \(log.head.position) of \(position) events")
        }
        usleep(2_000)
        try log.refresh()
      }
    } catch {
      throw .store(error)
    }
  }

  /// Everything that will be sent, signed, one list a connection.
  private func requests(_ run: Int) -> [[[UInt8]]] {
    (0..<connections).map { connection in
      var settings = Traffic.Settings()
      settings.isMixed = false
      settings.statuses = Self.statuses
      settings.run = run + 1
      var traffic = Traffic(clientele, caller: connection, of: connections, settings)
      return (0..<notices / connections).map { _ in Self.request(traffic.nextNotice()) }
    }
  }

  private static func request(_ body: [UInt8]) -> [UInt8] {
    let signature = known(NOWPaymentsNotice.signature(of: body, secret: IngestNodes.secret))
    let head = """
      POST /webhooks/nowpayments HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: weir-bench\r
      Content-Type: application/json\r\nContent-Length: \(body.count)\r
      x-nowpayments-sig: \(signature)\r\n\r\n
      """
    return Array(head.utf8) + body
  }

  private func log(_ folder: String, _ url: PostgresURL?) throws(BenchFailure) -> any WholeLog {
    do throws(StoreError) {
      if let url { return try PostgresReader.open(url) }
      return try FileLogReader.open(folder: folder + "/log")
    } catch {
      throw .store(error)
    }
  }

  /// That everything that was acknowledged is in the log, once.
  private func check(_ log: any WholeLog, loads: Int) throws(BenchFailure) {
    let expected = opening + loads * made
    guard log.head.position == expected else {
      throw .failed("the log has \(log.head.position) events, and \(expected) were answered for")
    }
  }
}
