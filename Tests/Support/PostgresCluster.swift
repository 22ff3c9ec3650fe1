import Foundation
import Synchronization

/// Three PostgreSQL servers that replace one another: `tools/postgres/cluster`, run as a process.
///
/// Its first start on a machine installs Debian packages, so no default test may ask for it.
public final class PostgresCluster: Sendable {
  /// The address that names every server, for the one that takes writes.
  public let url: String
  private let process: ChildProcess
  private let unread: Mutex<String>

  /// Returns when all servers follow one.
  public init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    process = try ChildProcess(
      root.appending(path: "tools/postgres/cluster").path, input: .pipe, output: .pipe)
    var text = ""
    let ready = try Self.line(of: process, &text)
    guard ready.hasPrefix("READY ") else {
      throw PostgresServer.NotStarted(description: "tools/postgres/cluster said \(ready)")
    }
    url = String(ready.dropFirst("READY ".count))
    unread = Mutex(text)
  }

  /// It ends in order, and takes the servers with it, which are nobody's children.
  deinit {
    process.signal(SIGTERM)
    process.wait()
  }

  /// Gives a command (`tools/postgres/cluster --help` lists them) and waits for the answer.
  public func ask(_ command: String) throws -> String {
    try unread.withLock { unread in
      guard process.input?.write(command + "\n") ?? false else {
        throw PostgresServer.NotStarted(description: "tools/postgres/cluster has ended")
      }
      return try Self.line(of: process, &unread)
    }
  }

  private static func line(of process: ChildProcess, _ unread: inout String) throws -> String {
    while true {
      if let end = unread.firstIndex(of: "\n") {
        defer { unread.removeSubrange(...end) }
        return String(unread[..<end])
      }
      let more = process.output?.some() ?? ""
      guard !more.isEmpty else {
        throw PostgresServer.NotStarted(description: "tools/postgres/cluster has ended")
      }
      unread += more
    }
  }
}
