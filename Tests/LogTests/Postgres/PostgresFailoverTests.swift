import Support
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

/// Another server has taken over, and the one before it doesn't know yet.
@Suite struct PostgresFailoverTests {
  /// The server's rows changed behind the triggers' back.
  private static let asReplica = "SET session_replication_role = replica; "

  @Test("refuses: to read from a server that lacks what was acknowledged")
  func stale() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      _ = try store.append([proposal("c1", [placed(1), invoiced(1)])])
      let rows = EventRows(sessions: SessionPool(try database.url(), Patience(seconds: 1)))
      #expect {
        try rows.read(after: 0, limit: 9, upTo: 3)
      } throws: { "\($0)".contains("lacks events") }
      #expect(try rows.read(after: 0, limit: 9, upTo: 2).count == 2)
    }
  }

  @Test("doubts: a session from before that has fewer rows than there must be")
  func doubts() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let proxy = CutProxy(to: database.server.port)
      defer { proxy.stop() }
      let text = "postgres://weir@127.0.0.1:\(proxy.port)/\(database.name)?sslmode=disable"
      let pool = SessionPool(try database.url(text), .standing)
      _ = try pool.read("SELECT 1")
      _ = try pool.read("SELECT 1", atLeast: 1)
      #expect(proxy.connections == 1)
      #expect(try pool.read("SELECT 1", atLeast: 2).count == 1)
      #expect(proxy.connections == 2)
      pool.forget()
      _ = try pool.read("SELECT 1")
      #expect(proxy.connections == 3)
    }
  }

  @Test("waits: for a server that knows the lane's epoch; ends where another began")
  func epochs() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      func raise(_ by: Int) throws {
        let sql = "UPDATE weir.lane SET epoch = epoch + \(by)"
        #expect(try database.said(Self.asReplica + sql) == "")
      }
      try raise(-1)
      try store.tend()
      try raise(1)
      #expect(try store.append([proposal("c1", [placed(1)])]) == [.appended(first: 1, last: 1)])
      try raise(1)
      #expect(throws: StoreError.self) { try store.tend() }
    }
  }

  @Test("refuses: to begin by a commit that didn't wait for the standbys")
  func unproven() async throws {
    let database = try await Database.fresh()
    try await offPool {
      try database.open().close()
      let warning = """
        ALTER FUNCTION weir.take_lane RENAME TO taken;
        CREATE FUNCTION weir.take_lane(integer, text, double precision)
        RETURNS TABLE (epoch bigint, "position" bigint, hash bytea, at timestamptz)
        LANGUAGE plpgsql AS $$ BEGIN
          RAISE WARNING 'canceling wait for synchronous replication';
          RETURN QUERY SELECT * FROM weir.taken($1, $2, $3);
        END $$
        """
      #expect(try database.said(warning) == "")
      #expect {
        try database.open()
      } throws: { "\($0)".contains("synchronous replication") }
    }
  }
}
