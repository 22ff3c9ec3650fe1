import Support
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

/// How far somebody is, once for all nodes.
@Suite struct PostgresPlaceTests {
  @Test("keeps: the furthest place of each name, for whoever has the lane; refuses who had it")
  func keeps() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open(as: "one", leaseSeconds: 0.01)
      let place = PostgresPlace("news", of: store)
      #expect(try place.read() == nil)
      try place.keep(7)
      try place.keep(5)
      #expect(try place.read() == 7)
      #expect(try PostgresPlace("other", of: store).read() == nil)
      let other = try database.open(as: "two")
      let next = PostgresPlace("news", of: other)
      #expect(try next.read() == 7)
      try next.keep(9)
      #expect {
        try place.keep(11)
      } throws: {
        if case StoreError.failed(let why) = $0 { why.contains("another node") } else { false }
      }
      #expect(try next.read() == 9)
      // A session that broke is opened anew.
      _ = try database.said(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
          + "WHERE datname = current_database() AND pid <> pg_backend_pid()")
      #expect(throws: StoreError.self) { try next.keep(10) }
      try next.keep(12)
      #expect(try next.read() == 12)
    }
  }
}
