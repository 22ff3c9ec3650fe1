import Dispatch
import Gateways
import HTTP
import JSON
import Kernel
import Log
import PostgresLog
import Service
import Synchronization

/// Signed notices over real HTTP into a running service, each answered after its sync.
///
/// Payments are in USDT and far below every threshold, so nothing outside is ever asked.
struct IngestBench: LogBench {
  /// The service and the server that does nothing, one after the other, with the same requests.
  private struct Run: Sendable {
    let weir: LoadClient.Outcome
    let bare: LoadClient.Outcome
    /// Processor time of everything but the client.
    let weirSeconds: Double
    let bareSeconds: Double
  }

  private static let secret = "bench-" + String(repeating: "0f1e2d3c", count: 4)
  private static let statuses = ["waiting", "confirming", "finished"]

  let setting: BenchSetting
  private let clientele = Clientele(count: 128, threshold: "900000000")

  private var connections: Int { callers }
  /// Whole payments on every connection.
  private var notices: Int {
    let share = max(1, (setting.options.events ?? 10_000) / connections / Self.statuses.count)
    return share * Self.statuses.count * connections
  }

  func run() throws(BenchFailure) -> BenchReport {
    let folder = work.fresh("ingest")
    var database: BenchDatabase?
    if setting.options.store != nil {
      database = try BenchDatabase(on: PostgresURL(benched: setting))
    }
    let weir = try start(folder, database?.url)
    let bare = try Self.bareServer()
    defer { bare.drainAndStop(deadlineSeconds: 1) }
    var runs: [Run] = []
    do throws(BenchFailure) {
      for repetition in 0..<repetitions {
        progress.tell("ingest: \(repetition + 1) of \(repetitions)")
        runs.append(try run(repetition, weir, bare))
      }
    } catch {
      weir.stop()
      throw error
    }
    weir.stop()
    let log = try check(folder, database?.url)
    var report = report(median(runs) { $0.weir.rate }, median(runs) { $0.bare.rate })
    if let database { report.measures.append(try inserts(log, database.url, report)) }
    return report
  }

  /// The events that notices become beside plain INSERTs of such events, each one a commit, over as
  /// many connections.
  private func inserts(
    _ log: any WholeLog, _ url: PostgresURL, _ report: BenchReport
  ) throws(BenchFailure) -> Measure {
    let events: [StoredEvent]
    let opening = 1 + clientele.channels.count
    do throws(StoreError) {
      events = try log.read(after: UInt64(opening), limit: min(notices, 200 * connections))
    } catch {
      throw .store(error)
    }
    let seconds = try PlainInserts(url).singles(events, connections: connections)
    let made = (Int(log.head.position) - opening) / repetitions
    let taken = report.measures.first?.seconds ?? 0
    return Measure(
      name: "as events", figure: Double(made) / taken, unit: "events/s",
      limit: Double(events.count) / seconds,
      limitName: "by an INSERT a commit, as many connections",
      events: made, seconds: taken)
  }

  private func report(_ run: Run, _ limit: Run) -> BenchReport {
    let limitName = "a server that answers at once"
    return BenchReport(
      bench: .ingest,
      measures: [
        Measure(
          name: "\(connections) connections", figure: run.weir.rate, unit: "notices/s",
          limit: limit.bare.rate, limitName: limitName, events: notices,
          seconds: run.weir.seconds,
          details: [
            JSONMember(
              "processorMicrosecondsPerNotice",
              Measure.number(run.weirSeconds / Double(notices) * 1e6)),
            JSONMember(
              "limitProcessorMicrosecondsPerNotice",
              Measure.number(limit.bareSeconds / Double(notices) * 1e6)),
          ]),
        latency("p99", 0.99, run, limit, limitName), latency("p50", 0.5, run, limit, limitName),
      ],
      details: [JSONMember("connections", .integer(connections))])
  }

  private func latency(
    _ name: String, _ part: Double, _ run: Run, _ limit: Run, _ limitName: String
  ) -> Measure {
    Measure(
      name: name, figure: run.weir.latencies.microseconds(part), unit: "µs",
      limit: limit.bare.latencies.microseconds(part), limitName: limitName, isTime: true,
      events: notices, seconds: run.weir.seconds)
  }

  private func run(
    _ repetition: Int, _ weir: Weir, _ bare: HTTPServer
  ) throws(BenchFailure) -> Run {
    let requests = requests(repetition)
    let first = try Self.measured(bare.port, requests)
    let second = try Self.measured(weir.port, requests)
    guard first.0.failures == 0, second.0.failures == 0 else {
      throw .failed("\(second.0.failures) of \(notices) notices were not answered with 2xx")
    }
    return Run(weir: second.0, bare: first.0, weirSeconds: second.1, bareSeconds: first.1)
  }

  private static func measured(
    _ port: Int, _ requests: [[[UInt8]]]
  ) throws(BenchFailure) -> (LoadClient.Outcome, Double) {
    let start = Stopwatch.process()
    let outcome = try LoadClient.run(ports: [port], requests)
    return (outcome, Stopwatch.process() - start - outcome.clientSeconds)
  }

  /// Everything that will be sent, signed, one list a connection.
  private func requests(_ repetition: Int) -> [[[UInt8]]] {
    (0..<connections).map { connection in
      var settings = Traffic.Settings()
      settings.isMixed = false
      settings.statuses = Self.statuses
      settings.run = repetition + 1
      var traffic = Traffic(clientele, caller: connection, of: connections, settings)
      return (0..<notices / connections).map { _ in Self.request(traffic.nextNotice()) }
    }
  }

  private static func request(_ body: [UInt8]) -> [UInt8] {
    let signature = known(NOWPaymentsNotice.signature(of: body, secret: secret))
    let head = """
      POST /webhooks/nowpayments HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: weir-bench\r
      Content-Type: application/json\r\nContent-Length: \(body.count)\r
      x-nowpayments-sig: \(signature)\r\n\r\n
      """
    return Array(head.utf8) + body
  }

  private func start(_ folder: String, _ url: PostgresURL?) throws(BenchFailure) -> Weir {
    do throws(DiskError) {
      try RealDisk().makeFolder(folder)
    } catch {
      throw .failed(error.description)
    }
    // Nobody listens there, and nothing is ever asked.
    let nowhere = "http://127.0.0.1:9"
    do {
      var configuration = try Configuration.load(
        .sandbox, data: folder, listen: HTTPAddress(host: "127.0.0.1", port: 0), file: nil,
        variables: [
          "WEIR_NOWPAYMENTS_IPN_SECRET": Self.secret, "WEIR_NOWPAYMENTS_URL": nowhere,
          "WEIR_CHANGENOW_URL": nowhere, "WEIR_ETHEREUM_RPC_URL": nowhere,
          "WEIR_BATCH_INTERVAL_SECONDS": "86400",
        ])
      configuration.store = url
      let weir = try Weir.start(
        configuration, logger: Logger(secrets: [], clock: Weir.clock, sink: { _ in }))
      for channel in clientele.channels {
        let reply = Reply()
        weir.submit(
          .init(bench: "register/\(channel.key)", .channel(.register(channel.registration)))
        ) { reply.give($0) }
        Line.check(reply.wait())
      }
      return weir
    } catch {
      throw .failed("\(error)")
    }
  }

  private static func bareServer() throws(BenchFailure) -> HTTPServer {
    do throws(HTTPServerError) {
      return try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) { _, responder in
        responder.send(.json(Array(#"{"status":"accepted","position":1234567}"#.utf8)))
      }
    } catch {
      throw .failed("\(error)")
    }
  }

  /// That everything that was acknowledged is in the log: five events more for each payment that
  /// finished than it had notices.
  private func check(_ folder: String, _ url: PostgresURL?) throws(BenchFailure) -> any WholeLog {
    do throws(StoreError) {
      let log: any WholeLog =
        if let url { try PostgresReader.open(url) } else {
          try FileLogReader.open(folder: folder + "/log")
        }
      let payments = notices / Self.statuses.count * repetitions
      let expected = 1 + clientele.channels.count + notices * repetitions + payments * 5
      guard log.head.position == expected else {
        throw .unusable(
          "the log has \(log.head.position) events, and \(expected) were answered for")
      }
      return log
    } catch {
      throw .store(error)
    }
  }
}
