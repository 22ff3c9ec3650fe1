import Dispatch
import Glibc
import Kernel
import Log
import PostgresLog
import Synchronization

/// A database of a bench's own, gone with the last that holds it.
final class BenchDatabase {
  let url: PostgresURL
  private let server: PostgresURL
  private let name = "weir_bench_\(getpid())_\(UInt32.random(in: 0 ... .max))"

  init(on server: PostgresURL) throws(BenchFailure) {
    self.server = server
    url = server.database(name)
    let name = name
    try posted { () throws(PostgresFailure) in
      _ = try server.connect().run("CREATE DATABASE \(name) TEMPLATE template0")
    }
  }

  deinit { _ = try? server.connect().run("DROP DATABASE \(name) WITH (FORCE)") }
}

/// Events as rows of a plain table, with all that weir.event keeps of them: what a server does for
/// whoever wants nothing else of it.
///
/// Parameters are encoded before anybody looks at a clock.
struct PlainInserts {
  private static let columns =
    "partition, position, stream, version, name, at, actor, command, caused_by, tags, body, hash"
  private let url: PostgresURL

  init(_ url: PostgresURL) throws(BenchFailure) {
    self.url = url
    try posted { () throws(PostgresFailure) in
      _ = try url.connect().run(
        """
        CREATE TABLE plain (
          partition integer NOT NULL, position bigint NOT NULL, stream text NOT NULL,
          version bigint NOT NULL, name text NOT NULL, at timestamptz NOT NULL,
          actor text NOT NULL, command text NOT NULL, caused_by bigint, tags text NOT NULL,
          body text NOT NULL, hash bytea NOT NULL, PRIMARY KEY (partition, position))
        """)
    }
  }

  /// Seconds that groups take one after another, each one statement and one commit.
  func groups(_ groups: [ArraySlice<StoredEvent>]) throws(BenchFailure) -> Double {
    let parameters = groups.map { Self.rows($0).map(\.encoded) }
    return try posted { () throws(PostgresFailure) in
      let session = try url.connect()
      let start = Stopwatch.wall()
      for values in parameters {
        _ = try session.run(
          "INSERT INTO plain (\(Self.columns)) SELECT 1, * FROM "
            + "unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", values, often: true)
      }
      return Stopwatch.wall() - start
    }
  }

  /// Seconds that events take, each one statement and one commit, over so many connections.
  func singles(_ events: [StoredEvent], connections: Int) throws(BenchFailure) -> Double {
    let shares = (0..<connections).map { number in
      stride(from: number, to: events.count, by: connections).map {
        Self.row(events[$0]).map(\.encoded)
      }
    }
    let sessions = try posted { () throws(PostgresFailure) in
      var sessions: [Session] = []
      for _ in shares { sessions.append(try url.connect()) }
      return sessions
    }
    let failure = Mutex<PostgresFailure?>(nil)
    let done = DispatchGroup()
    let start = Stopwatch.wall()
    for (share, session) in zip(shares, sessions) {
      // A thread each: they do nothing but wait.
      DispatchQueue(label: "weir.bench.insert").async(group: done) {
        do throws(PostgresFailure) {
          for values in share {
            _ = try session.run(
              "INSERT INTO plain (\(Self.columns)) "
                + "VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", values, often: true)
          }
        } catch {
          failure.withLock { $0 = error }
        }
      }
    }
    done.wait()
    let seconds = Stopwatch.wall() - start
    if let failure = failure.withLock({ $0 }) { throw .failed(failure.words) }
    return seconds
  }

  private static func rows(_ events: ArraySlice<StoredEvent>) -> [SQLValue] {
    [
      .integers(events.map { Int($0.position) }), .texts(events.map(\.stream)),
      .integers(events.map { Int($0.version) }), .texts(events.map(\.name)),
      .instants(events.map(\.at)), .texts(events.map(\.actor)),
      .texts(events.map(\.command.text)),
      .integers(events.map { event in event.causedBy.map { Int($0) } }),
      .spellings(events.map { SQLValue.literal(of: $0.tags) }), .spellings(events.map(\.body)),
      .bytesList(events.map(\.hash)),
    ]
  }

  private static func row(_ event: StoredEvent) -> [SQLValue] {
    [
      .integer(Int(event.position)), .text(event.stream), .integer(Int(event.version)),
      .text(event.name), .instant(event.at), .text(event.actor), .text(event.command.text),
      event.causedBy.map { .integer(Int($0)) } ?? .null,
      .text(String(decoding: SQLValue.literal(of: event.tags), as: UTF8.self)),
      .text(String(decoding: event.body, as: UTF8.self)), .bytes(event.hash),
    ]
  }
}

/// What a server refuses is why a bench has no figure.
private func posted<T>(_ work: () throws(PostgresFailure) -> T) throws(BenchFailure) -> T {
  do throws(PostgresFailure) { return try work() } catch { throw .failed(error.words) }
}
