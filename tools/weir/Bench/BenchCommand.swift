import Bench
import JSON

extension Command {
  static let bench = Command(
    "bench", "Measures one thing, beside a limit measured in the same run", operandText: "BENCH",
    operands: 1...1,
    options: [
      Option("events", "N", "events of the log, or notices to send; at least 100"),
      Option("callers", "N", "callers or connections that wait at a time (32)"),
      Option("data", "DIR", "where logs are kept for the next time; else nothing is"),
      Option(
        "store", "URL",
        "a PostgreSQL server to make databases on: for postgres, or replay, rebuild and ingest"),
      Option("json", nil, "one JSON object"),
    ],
    notes: ["benches:"] + benches + [
      "", "The ratio is the part of the limit that is reached; 1 is the limit. Everything is done",
      "three times, and the median counts.",
    ]
  ) { (arguments) throws(Failure) in
    let name = arguments.operands[0]
    guard let bench = Benchmark(rawValue: name) else {
      let names = Benchmark.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(.usage, "there is no bench \(name.prefix(40)); there are \(names)")
    }
    var options = BenchOptions()
    options.events = try count("events", 100...1_000_000_000, arguments)
    options.callers = try count("callers", 1...4_096, arguments)
    options.data = arguments["data"]
    options.store = arguments["store"]
    let progress = Progress()
    do throws(BenchFailure) {
      let report = try bench.run(options, progress: BenchProgress { progress.show($0) })
      progress.end()
      if arguments.has("json") {
        arguments.terminal.put(report.json.written(.asIs))
      } else {
        arguments.terminal.put(report.text)
      }
      return .success
    } catch {
      progress.end()
      throw Failure(.failure, "\(error)")
    }
  }

  private static var benches: [String] {
    let width = Benchmark.allCases.map(\.rawValue.count).max() ?? 0
    return Benchmark.allCases.map { bench in
      let space = String(repeating: " ", count: width - bench.rawValue.count)
      return "  \(bench.rawValue)\(space)  \(bench.meaning)"
    }
  }

  private static func count(
    _ name: String, _ range: ClosedRange<Int>, _ arguments: Arguments
  ) throws(Failure) -> Int? {
    guard let text = arguments[name] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Failure(
        .usage, "--\(name) must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

/// A terminal of its own: a bench may tell from other threads.
private struct Progress: Sendable {
  func show(_ line: String) { Terminal().progress(line) }
  func end() { Terminal().endProgress() }
}
