import Support
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

@Suite struct AppendOnlyTests {
  private static func filled() async throws -> Database {
    let database = try await Database.fresh()
    let store = try database.open()
    _ = try store.append((1...3).map { proposal("c\($0)", [placed($0), invoiced($0)]) })
    let inbox = PostgresInbox(try database.url(), node: "test")
    try inbox.put([1, 2].map { .init(kind: "telegram", at: .blank, sealed: [$0]) })
    try inbox.note(inbox.rows(limit: 1).map { ($0, "200") }, for: store)
    let calls = PostgresCalls(try database.url(), node: "stand")
    _ = try calls.lead("1", ["a"], for: store)
    _ = try calls.tend("1", seconds: 600)
    return database
  }

  private static let changes = [
    "UPDATE weir.event SET body = '{}' WHERE position = 2",
    "UPDATE weir.event SET position = position + 100",
    "UPDATE weir.event_tag SET tag = 'channel:other'",
    "DELETE FROM weir.event WHERE position = 6", "DELETE FROM weir.event_tag",
    "TRUNCATE weir.event", "TRUNCATE weir.event, weir.event_tag CASCADE",
    "TRUNCATE weir.lane", "TRUNCATE weir.log", "DELETE FROM weir.lane", "DELETE FROM weir.log",
    "UPDATE weir.lane SET position = position - 1", "UPDATE weir.lane SET epoch = 0",
    "UPDATE weir.lane SET hash = sha256(hash)",
    "UPDATE weir.log SET environment = 'live'",
    "UPDATE weir.inbox SET sealed = '\\x00'", "DELETE FROM weir.inbox WHERE number = 2",
    "TRUNCATE weir.inbox", "UPDATE weir.inbox_taken SET number = 2",
    "DELETE FROM weir.inbox_taken", "TRUNCATE weir.inbox_taken",
    "UPDATE weir.inbox_lane SET number = 0", "DELETE FROM weir.inbox_lane",
    "TRUNCATE weir.inbox_lane", "DELETE FROM weir.lease", "TRUNCATE weir.lease",
    "UPDATE weir.lease SET epoch = 0", "UPDATE weir.lease SET holder = 'x'",
    "DELETE FROM weir.call_lead", "TRUNCATE weir.call_lead", "UPDATE weir.call_lead SET epoch = 0",
  ]

  @Test("refuses: whoever owns the tables to change, delete or truncate a row of the log")
  func owner() async throws {
    let database = try await Self.filled()
    try await offPool {
      let before = try database.open().read(after: 0, limit: 100)
      #expect(before.count == 6)
      // The partition that the rows lie in, by its own name.
      let part = try database.part()
      let direct = [
        "UPDATE \(part) SET body = '{}'", "DELETE FROM \(part)", "TRUNCATE \(part)",
        "SET session_replication_role = replica; DELETE FROM \(part)",
        "SET session_replication_role = replica; UPDATE weir.event SET body = '{}'",
        "SET session_replication_role = replica; TRUNCATE \(part)",
        "SET session_replication_role = replica; DELETE FROM weir.inbox",
        "SET session_replication_role = replica; UPDATE weir.inbox_taken SET outcome = 'x'",
      ]
      for sql in Self.changes + direct {
        // restrict_violation, by which the triggers refuse.
        #expect(try database.said(sql).hasPrefix("23001"), "\(sql)")
      }
      #expect(try database.open().read(after: 0, limit: 100) == before)
    }
  }

  @Test("refuses: a role of the service's own anything but to read and to append")
  func role() async throws {
    let database = try await Self.filled()
    try await offPool {
      let role = "service_of_\(database.name)"
      #expect(try database.said("CREATE ROLE \(role) LOGIN") == "")
      let script = Tree.path("schemas/sql/service_role.sql")
      let granted = try ChildProcess.run(
        "psql",
        [database.text, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "service=\(role)", "-f", script])
      #expect(granted.code == 0, "\(granted)")
      let more = [
        "INSERT INTO weir.event SELECT partition, 7, stream, 9, name, at, actor, command, "
          + "caused_by, tags, body, hash FROM weir.event WHERE position = 1",
        "INSERT INTO weir.event_tag VALUES (1, 'channel:other', 1, '{1}')",
        "INSERT INTO weir.inbox SELECT 3, kind, at, at, node, sealed FROM weir.inbox LIMIT 1",
        "INSERT INTO weir.inbox_taken VALUES (2, 1, '200', now())",
        "INSERT INTO weir.call VALUES (1, 1, 'a', 1, 'k', 1, 1, '')",
        "INSERT INTO weir.call_done VALUES (1, 1, 'x', '')", "DELETE FROM weir.call",
        "INSERT INTO weir.node VALUES ('x', '1', now())",
        "UPDATE weir.lane SET position = 99", "ALTER TABLE weir.event DISABLE TRIGGER ALL",
        "DROP TABLE weir.event", "SET session_replication_role = replica",
      ]
      for sql in Self.changes + more {
        // insufficient_privilege
        #expect(try database.said(sql, role: role).hasPrefix("42501"), "\(sql)")
      }
      let store = try database.open(through: database.server.url(database.name, role: role))
      #expect(
        try store.append([proposal("d", [placed(9)])]) == [.appended(first: 7, last: 7)])
      #expect(try store.read(after: 6, limit: 9).map(\.command.text) == ["d"])
      let inbox = PostgresInbox(
        try database.url(database.server.url(database.name, role: role)), node: "role")
      try inbox.put([.init(kind: "telegram", at: .blank, sealed: [3])])
      #expect(try inbox.rows(limit: 9).map(\.number) == [2, 3])
      try inbox.note(inbox.rows(limit: 9).map { ($0, "200") }, for: store)
      let calls = PostgresCalls(
        try database.url(database.server.url(database.name, role: role)), node: "stand")
      #expect(try calls.lead("1", ["a"], for: store)?.map(\.holder) == ["stand"])
      #expect(try calls.tend("1", seconds: 600).leases.map(\.name) == ["a"])
    }
  }

  @Test("refuses: a group that doesn't follow on the lane, and one of another epoch")
  func fence() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let first = try database.open(as: "one", leaseSeconds: 0)
      _ = try first.append([proposal("c1", [placed(1)])])
      let second = try database.open(as: "two", leaseSeconds: 0)
      #expect(second.head == first.head)
      #expect(throws: StoreError.self) { try first.append([proposal("c2", [placed(2)])]) }
      // What refused once refuses from then on, also what is right.
      #expect(throws: StoreError.self) { try first.append([proposal("c3", [placed(3)])]) }
      #expect(throws: StoreError.self) { try first.tend() }
      #expect(
        try second.append([proposal("c2", [placed(2)])]) == [.appended(first: 2, last: 2)])
      #expect(try second.read(after: 0, limit: 9).map(\.command.text) == ["c1", "c2"])
    }
  }
}

/// The repository, from where this file is.
enum Tree {
  static func path(_ path: String) -> String {
    let parts = #filePath.split(separator: "/").dropLast(4)
    return "/" + parts.joined(separator: "/") + "/" + path
  }
}
