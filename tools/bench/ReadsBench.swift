import Engine
import HTTP
import JSON
import Kernel
import Log
import Projections
import Service
import Tables

/// What clients read, over real HTTP from the edge of a service whose log is long: a balance,
/// batches, pages of a timeline.
///
/// Nothing is written meanwhile. Each caller has a connection and one request under way, so that
/// `callers` of them wait at any time.
struct ReadsBench: LogBench {
  /// What a read may take, at the 99th of a hundred (issue 6).
  private static let gate = 20_000
  /// Of one kind, from one connection, at a time.
  private static let requests = 100

  /// One kind of read.
  private enum Kind: String, CaseIterable {
    case mixed = "all three in turn"
    case balance
    case batches
    case page = "a timeline, page by page"
    case leap = "a timeline, somewhere"
  }

  let setting: BenchSetting

  func run() throws(BenchFailure) -> BenchReport {
    let log = try GeneratedLog(events: events, in: work, progress)
    let store = try log.open()
    progress.tell("reads: folding the log")
    let edge = try edge(over: store)
    let server = try Self.server(edge.handle)
    defer { server.drainAndStop(deadlineSeconds: 1) }
    let bare = try Self.server { _, responder in
      responder.send(.json(Array(#"{"status":"accepted","position":1234567}"#.utf8)))
    }
    defer { bare.drainAndStop(deadlineSeconds: 1) }
    let pages = try pages(log.clientele, store)
    var measures: [Measure] = []
    for kind in Kind.allCases {
      let requests = requests(kind, pages)
      var runs: [LoadClient.Outcome] = []
      var limits: [LoadClient.Outcome] = []
      var processor: [Double] = []
      for repetition in 0..<repetitions {
        progress.tell("reads, \(kind.rawValue): \(repetition + 1) of \(repetitions)")
        limits.append(try LoadClient.run(ports: [bare.port], requests))
        let start = Stopwatch.process()
        let run = try LoadClient.run(ports: [server.port], requests)
        let spent = Stopwatch.process() - start - run.clientSeconds
        processor.append(spent / Double(run.answers) * 1e6)
        guard run.failures == 0 else {
          throw .failed("\(run.failures) of \(run.answers) reads were not answered with 2xx")
        }
        runs.append(run)
      }
      for (name, part) in [("p99", 0.99), ("p50", 0.5)] {
        let run = median(runs) { $0.latencies.microseconds(part) }
        let limit = median(limits) { $0.latencies.microseconds(part) }
        measures.append(
          Measure(
            name: "\(kind.rawValue) \(name)", figure: run.latencies.microseconds(part),
            unit: "µs", limit: limit.latencies.microseconds(part),
            limitName: "a server that answers at once", isTime: true, events: run.answers,
            seconds: run.seconds,
            details: [
              // The least of all runs: what else the machine does takes none of it.
              JSONMember("processorMicrosecondsPerRead", Measure.number(processor.min() ?? 0))
            ]))
      }
    }
    return BenchReport(
      bench: .reads, measures: measures,
      details: [
        JSONMember("callers", .integer(callers)),
        JSONMember("gateMicroseconds", .integer(Self.gate)),
        JSONMember("logEvents", .integer(Int(store.head.position))),
        JSONMember("channels", .integer(log.clientele.channels.count)),
      ])
  }

  // MARK: Requests

  /// One list a connection.
  private func requests(_ kind: Kind, _ pages: [[String]]) -> [[[UInt8]]] {
    (0..<callers).map { caller in
      (0..<Self.requests).map { number in
        // Every channel has its turn, and each connection is elsewhere.
        let channel = pages[(caller * Self.requests + number) % pages.count]
        let path =
          switch (kind, number % 3) {
          case (.balance, _), (.mixed, 0): channel[0] + "/balance"
          case (.batches, _), (.mixed, 1):
            number.isMultiple(of: 2) ? channel[0] + "/payouts" : "/api/batches?limit=100"
          case (.leap, _): channel[1 + (number * 7 + caller) % (channel.count - 1)]
          case (.page, _), (.mixed, _): page(number, caller, pages)
          }
        return Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
      }
    }
  }

  /// Each connection turns the pages of one channel after the other.
  private func page(_ number: Int, _ caller: Int, _ pages: [[String]]) -> String {
    var (channel, rest) = (caller * 17 % pages.count, number)
    while rest >= pages[channel].count - 1 {
      rest -= pages[channel].count - 1
      channel = (channel + 1) % pages.count
    }
    return pages[channel][1 + rest]
  }

  /// For some channels, the path of each and those of its timeline's pages.
  private func pages(
    _ clientele: Clientele, _ store: FileStore
  ) throws(BenchFailure) -> [[String]] {
    let step = max(1, clientele.channels.count / 200)
    var all: [[String]] = []
    do throws(StoreError) {
      for number in stride(from: 0, to: clientele.channels.count, by: step) {
        let channel = clientele.channels[number]
        let path = "/api/channels/\(channel.open)"
        var paths = [path, "\(path)/timeline?limit=100"]
        var after: UInt64 = 0
        while let last = try store.facts(with: .channel(channel.key), after: after, limit: 100).last
        {
          after = last.position
          paths.append("\(path)/timeline?limit=100&after=\(after)")
        }
        all.append(paths)
      }
    } catch {
      throw .store(error)
    }
    return all
  }

  // MARK: The service's edge

  private func edge(over store: FileStore) throws(BenchFailure) -> Edge {
    do {
      let folder = work.fresh("reads")
      try RealDisk().makeFolder(folder)
      let tables = try TableStore(
        path: folder + "/tables.sqlite", projections: [BatchStatus.self], takesGaps: true)
      var state = LedgerState()
      var place: UInt64 = 0
      while place < store.head.position {
        var facts: [Recorded] = []
        place = try store.replay(after: place, limit: Tables.portion, wanting: .all) { recorded in
          state.evolve(recorded.event)
          if case .batch = recorded.event { facts.append(recorded) }
          if case .split = recorded.event { facts.append(recorded) }
          if case .transfer = recorded.event { facts.append(recorded) }
          if case .hostpay = recorded.event { facts.append(recorded) }
        }
        try tables.take(facts)
      }
      let configuration = try Configuration.load(
        .sandbox, data: folder, listen: HTTPAddress(host: "127.0.0.1", port: 0), file: nil,
        variables: [:])
      let clock = Weir.clock
      return Edge(
        Edge.Parts(
          configuration: configuration, gate: StillGate(state), store: store, tables: tables,
          metrics: Metrics(startedAt: clock(), tablesPlace: { tables.place }),
          logger: Logger(secrets: [], clock: clock, sink: { _ in }), clock: clock))
    } catch {
      throw .failed("\(error)")
    }
  }

  private static func server(
    _ handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
  ) throws(BenchFailure) -> HTTPServer {
    do throws(HTTPServerError) {
      return try HTTPServer(
        listen: HTTPAddress(host: "127.0.0.1", port: 0), standingHeaders: Edge.standingHeaders,
        handler: handler)
    } catch {
      throw .failed("\(error)")
    }
  }
}

/// A ledger that nothing happens to any more.
private struct StillGate: Gate {
  private let state: LedgerState

  init(_ state: LedgerState) { self.state = state }

  func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void) {
    then(.stopping)
  }

  func inspect(_ read: @escaping @Sendable (LedgerState) -> Void) { read(state) }

  var readiness: Readiness { Readiness([]) }
}
