import Support

@testable import Kernel
@testable import Log
@testable import PostgresLog

/// A database of a test's own, on the server that the whole process shares.
struct Database: Sendable {
  let server: PostgresServer
  let name: String

  /// An empty one; the first that asks waits for the server to start.
  static func fresh() async throws -> Database {
    try await offPool {
      let server = try PostgresServer.shared.get()
      return Database(server: server, name: try server.database())
    }
  }

  var text: String { server.url(name) }

  func open(
    _ environment: Environment = .sandbox, as holder: String = "test", through text: String? = nil,
    leaseSeconds: Double = 600
  ) throws -> PostgresStore {
    var options = PostgresStore.Options(holder: holder)
    options.leaseSeconds = leaseSeconds
    return try PostgresStore.open(url(text), environment: environment, options: options)
  }

  func url(_ text: String? = nil) throws -> PostgresURL {
    var why = ""
    guard let url = PostgresURL(text ?? self.text, why: &why) else {
      throw StoreError.unusable(why)
    }
    return url
  }

  /// What the server says to SQL: an empty text, or why it refuses.
  func said(_ sql: String, role: String = "weir") throws -> String {
    let session = try url(server.url(name, role: role)).connect()
    do {
      try session.run(script: sql)
      return ""
    } catch {
      return "\(error.state) \(error.words)"
    }
  }

  /// The partition of the events' table that has the log's rows.
  func part() throws -> String {
    try url().connect().run("SELECT tableoid::regclass::text FROM weir.event LIMIT 1").text(0, 0)
  }
}
