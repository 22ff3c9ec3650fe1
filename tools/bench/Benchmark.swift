public import Log
public import Tables

/// The benches there are.
public enum Benchmark: String, CaseIterable, Sendable {
  /// Signed notices over HTTP, each answered after its sync.
  case ingest
  /// Commands through the loop into the log on files.
  case append
  /// Commands through the loop into the log in PostgreSQL.
  case postgres
  /// Every event decoded and folded.
  case replay
  /// The engine's state from the log, and from a snapshot.
  case start
  /// Closed segments sealed.
  case seal
  /// Every table made anew.
  case rebuild
  /// A client's thousand events.
  case timeline
  /// Balances, batches and timelines over HTTP, of a log that is long.
  case reads

  public var meaning: String {
    switch self {
    case .ingest: "signed notices over HTTP, against a server that does nothing"
    case .append: "commands into the log, against bare writes and syncs"
    case .postgres: "commands into the log in PostgreSQL, against plain INSERTs of the same events"
    case .replay: "the log decoded and folded, against a scan of its bytes"
    case .start: "the engine's state from the log and from a snapshot, against a scan of its bytes"
    case .seal: "closed segments compressed and indexed, against LZ4 and SHA-256 of their bytes"
    case .rebuild: "every table from the log, against decoding alone"
    case .timeline: "a client's thousand events, against reading their bytes"
    case .reads: "balances, batches and timelines over HTTP, against a server that does nothing"
    }
  }

  /// Runs it; takes seconds, or minutes with many events.
  ///
  /// Logs are made and kept in `options.data`, or in a folder under `/var/tmp` that is removed
  /// at the end.
  public func run(
    _ options: BenchOptions, progress: BenchProgress = .silent
  ) throws(BenchFailure) -> BenchReport {
    let setting = BenchSetting(
      options: options, work: try WorkFolder(options.data), progress: progress)
    return switch self {
    case .ingest: try IngestBench(setting: setting).run()
    case .append: try AppendBench(setting: setting).run()
    case .postgres: try PostgresBench(setting: setting).run()
    case .replay: try ReplayBench(setting: setting).run()
    case .start: try StartBench(setting: setting).run()
    case .seal: try SealBench(setting: setting).run()
    case .rebuild: try RebuildBench(setting: setting).run()
    case .timeline: try TimelineBench(setting: setting).run()
    case .reads: try ReadsBench(setting: setting).run()
    }
  }
}

/// How large a bench is; what is nil has the bench's own size.
public struct BenchOptions: Hashable, Sendable {
  /// Events of the log, events to append, or notices to send; at least 100.
  public var events: Int?
  /// Callers, or connections, that wait at the same time; 32 where nil.
  public var callers: Int?
  /// Where logs are kept; nil for a folder that is removed at the end.
  public var data: String?
  /// A PostgreSQL server on which databases may be made, and are removed again: for `postgres`, and
  /// for replay, rebuild and ingest of a log that is there and not in files.
  public var store: String?
  /// Times everything is done; the median counts.
  public var repetitions = 3

  public init() {}
}

/// Why a bench has no figure.
public enum BenchFailure: Error, Sendable, CustomStringConvertible {
  case store(StoreError)
  case tables(TableError)
  /// A system call failed, or what was measured didn't do what it must.
  case failed(String)

  public var description: String {
    switch self {
    case .store(let error): "\(error)"
    case .tables(let error): "\(error)"
    case .failed(let why): why
    }
  }
}

/// Where a bench says how far it is.
public struct BenchProgress: Sendable {
  let tell: @Sendable (String) -> Void

  /// `tell` gets one short line at a time, about ten a second at most.
  public init(_ tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

  public static let silent = BenchProgress { _ in }
}
