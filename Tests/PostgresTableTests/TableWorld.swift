import Kernel
import Log
import PostgresLog
import Projections
import Support
import Tables

@testable import PostgresTables

/// A log in files, a database, and the tables that SQLite makes of the same.
struct TableWorld: Sendable {
  static let story = Story.troubled().log

  let scratch = ScratchFolder()
  let server: PostgresServer
  let name: String

  static func fresh() async throws -> TableWorld {
    try await offPool {
      let server = try PostgresServer.shared.get()
      return TableWorld(server: server, name: try server.database())
    }
  }

  private init(server: PostgresServer, name: String) {
    self.server = server
    self.name = name
  }

  var url: PostgresURL { get throws { try url(server.url(name)) } }

  func url(_ text: String) throws -> PostgresURL {
    var why = ""
    guard let url = PostgresURL(text, why: &why) else { throw StoreError.unusable(why) }
    return url
  }

  /// Appends the story's facts up to a position to the log, which is made where it isn't there.
  func write(upTo end: Int, log id: String = String(repeating: "0", count: 32)) throws {
    var options = FileStore.Options()
    options.newLog = LogID(text: id)
    let store = try FileStore.open(
      folder: scratch.file("log"), environment: .sandbox, options: options)
    let start = Int(store.head.position)
    for recorded in Self.story[start..<max(start, end)] {
      _ = try store.append([
        Proposal(
          command: .composed("story", String(recorded.position)),
          digest: [UInt8](repeating: 0, count: 32), actor: "story", at: recorded.at,
          events: [recorded.event])
      ])
    }
    try store.close()
  }

  func log() throws -> any WholeLog { try FileLogReader.open(folder: scratch.file("log")) }

  func keep(
    _ projections: [any Projection.Type] = allProjections, rowsKept: Int = 100_000,
    through text: String? = nil
  ) throws -> TableDatabase {
    try TableDatabase.keep(
      url(text ?? server.url(name)), of: log(), projections: projections, rowsKept: rowsKept)
  }

  /// What SQLite makes of the story up to a position.
  static func expected(_ end: Int = story.count) throws -> [TableDigest] {
    let folder = ScratchFolder()
    let store = try TableStore(path: folder.file("t.db"), projections: allProjections)
    try store.take(Array(story[..<end]))
    return try store.digests()
  }

  /// What a query gives, by psql: a row a line.
  func sql(_ sql: String) throws -> String {
    let said = try server.psql(
      name, "SET search_path = weir_tables; " + sql)
    guard said.code == 0 else { throw StoreError.unusable("\(said)") }
    return said.out.trimmingCharacters
  }
}

extension String {
  fileprivate var trimmingCharacters: String {
    var text = self[...]
    while text.last == "\n" { text = text.dropLast() }
    return String(text)
  }
}
