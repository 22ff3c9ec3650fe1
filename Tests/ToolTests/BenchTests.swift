import JSON
import Kernel
import Log
import Support
import Testing

@testable import Bench

@Suite(.serialized) struct BenchTests {
  private func run(
    _ bench: Benchmark, data: String? = nil, onServer isOnServer: Bool = false
  ) throws -> JSONValue {
    var options = BenchOptions()
    options.events = 400
    options.callers = 3
    options.repetitions = 1
    options.data = data
    if isOnServer || bench == .postgres {
      options.store = try PostgresServer.shared.get().url("postgres")
    }
    return try JSONValue.parse(try bench.run(options).json.written(.asIs))
  }

  private func number(_ value: JSONValue?) -> Double { Double(value?.number ?? "") ?? -1 }

  @Test(
    "does: each bench in little, with its figure, its limit and their ratio",
    arguments: Benchmark.allCases)
  func tells(_ bench: Benchmark) throws {
    let report = try run(bench)
    #expect(report["bench"]?.text == bench.rawValue)
    let parts = try #require(report["parts"]?.items)
    for measure in [report] + parts {
      #expect(number(measure["figure"]) > 0)
      #expect(number(measure["limit"]) > 0)
      #expect(number(measure["ratio"]) >= 0)
      #expect(number(measure["events"]) > 0)
      #expect(number(measure["seconds"]) >= 0)
      #expect(measure["unit"]?.text?.isEmpty == false)
      #expect(measure["limitName"]?.text?.isEmpty == false)
    }
  }

  @Test(
    "does: the same of a log in PostgreSQL, beside what its server takes by plain INSERTs",
    arguments: [Benchmark.replay, .rebuild, .ingest])
  func onServer(_ bench: Benchmark) throws {
    let report = try run(bench, onServer: true)
    for measure in [report] + (try #require(report["parts"]?.items)) {
      #expect(number(measure["figure"]) > 0)
      #expect(number(measure["limit"]) > 0)
      #expect(number(measure["events"]) > 0)
    }
    let inserts = report["parts"]?.items?.last { $0["name"]?.text == "as events" }
    #expect(number(report["insertedEventsPerSecond"] ?? inserts?["limit"]) > 0)
  }

  @Test("does: makes a log once where it may keep it, and finds the same tables in it again")
  func keeps() throws {
    let folder = ScratchFolder()
    let first = try run(.rebuild, data: folder.path)
    let second = try run(.rebuild, data: folder.path)
    #expect(first["events"] == second["events"])
    #expect(first["tables"] == second["tables"])
    #expect(first["tables"]?.items?.isEmpty == false)
  }

  @Test("does: the limit's hash is the log's own, also where closed segments are sealed by then")
  func envelopes() throws {
    let folder = ScratchFolder()
    var options = FileStore.Options()
    options.segmentBytes = 1 << 16
    options.stepBytes = 1 << 14
    options.sealing = .byHand
    let store = try FileStore.open(
      folder: folder.file("log"), environment: .sandbox, options: options)
    let prepared = try PreparedGroups(events: 400, commands: 20, Clientele(count: 4))
    for group in prepared.groups { _ = try store.append(group) }
    try store.sealAll()
    #expect(store.head.position == prepared.events)
    #expect(try LogEnvelopes(store).hash().hash == store.head.hash)
    try store.close()
  }

  @Test("refuses: to measure PostgreSQL without a server")
  func refusesNoServer() {
    #expect {
      _ = try Benchmark.postgres.run(BenchOptions())
    } throws: { "\($0)".contains("--store") }
  }

  @Test("refuses: a folder that can't be made")
  func refusesFolder() {
    #expect(throws: BenchFailure.self) { try run(.replay, data: "/proc/none/there") }
  }
}
