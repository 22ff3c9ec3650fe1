import Foundation
import Synchronization

/// A PostgreSQL server of `tools/postgres`, run as a process; it ends with this one.
public final class PostgresServer: Sendable {
  public struct NotStarted: Error, CustomStringConvertible {
    public let description: String
  }

  /// One for the whole test process, started by whoever asks first.
  public static let shared = Result { try PostgresServer() }

  public let port: Int
  // Held so that the server's input stays open; never touched again.
  private let process: ChildProcess
  private let made = Atomic<Int>(0)

  public init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    port = FreePort.next()
    process = try ChildProcess(
      root.appending(path: "tools/postgres/start").path,
      ["--port", String(port), "--exit-with-stdin"], input: .pipe, output: .pipe)
    guard process.output?.some().hasPrefix("READY ") ?? false else {
      throw NotStarted(description: "tools/postgres/start ended without READY")
    }
  }

  /// The address of a database by name, for its owner or another role.
  public func url(_ database: String, role: String = "weir") -> String {
    "postgres://\(role)@127.0.0.1:\(port)/\(database)"
  }

  /// A name for a database that nobody had before; `create` is to make it.
  public func freshName() -> String {
    "test_\(made.wrappingAdd(1, ordering: .relaxed).newValue)"
  }

  /// Runs SQL by psql, and gives what it prints, a row a line, `|` between columns.
  @discardableResult
  public func psql(
    _ database: String, _ sql: String, role: String = "weir", _ options: [String] = []
  ) throws -> ChildProcess.Outcome {
    try ChildProcess.run(
      "psql",
      [url(database, role: role), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"] + options
        + ["-c", sql])
  }

  /// An empty database of its own.
  public func database() throws -> String {
    let name = freshName()
    let made = try psql("postgres", "CREATE DATABASE \(name) TEMPLATE template0")
    guard made.code == 0 else { throw NotStarted(description: "\(made)") }
    return name
  }
}
