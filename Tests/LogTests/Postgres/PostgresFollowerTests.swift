import Support
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

@Suite struct PostgresFollowerTests {
  @Test("follows: up to what was looked for and shown, and appends nothing")
  func follows() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      _ = try store.append([proposal("c1", [placed(1), invoiced(1)])])
      let follower = try PostgresFollower.open(database.url(), environment: .sandbox)
      #expect(try follower.read(after: 0, limit: 9).isEmpty)
      let head = try follower.look(milliseconds: 0)
      #expect(head == store.head)
      #expect(follower.head == .empty)
      #expect(try follower.facts(after: 1, upTo: head, limit: 9).map(\.position) == [2])
      follower.show(head)
      _ = try store.append([proposal("c2", [invoiced(1)])])
      // Nobody said anything: it looks for itself, and shows nothing by that.
      #expect(try follower.look(milliseconds: 1) == store.head)
      let events = try store.read(after: 0, limit: 9)
      #expect(try follower.read(after: 0, limit: 9) == Array(events.prefix(2)))
      let stream = try #require(StreamName(text: events[0].stream))
      #expect(try follower.version(of: stream) == 2)
      #expect(try store.version(of: stream) == 3)
      #expect(try follower.outcome(of: events[0].command) == store.outcome(of: events[0].command))
      #expect(try follower.outcome(of: events[2].command) == nil)
      follower.show(store.head)
      #expect(try follower.read(stream, after: 0, limit: 9) == events)
      #expect(try follower.version(of: stream) == 3)
      #expect(throws: StoreError.self) { try follower.append([proposal("c3", [placed(3)])]) }
    }
  }

  @Test("hears: of what was appended, long before it would look")
  func hears() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      let follower = try PostgresFollower.open(database.url(), environment: .sandbox)
      _ = try follower.look(milliseconds: 0)
      let began = ContinuousClock.now
      let thread = OnThread {
        _ = try store.append([proposal("c1", [placed(1)])])
        #expect(store.announce())
      }
      #expect(try follower.look(milliseconds: 240_000).position == 1)
      #expect(ContinuousClock.now - began < .seconds(120))
      try thread.join()
    }
  }

  @Test("refuses: a database without a log, and one of another environment")
  func refusals() async throws {
    let database = try await Database.fresh()
    try await offPool {
      #expect(throws: StoreError.self) {
        try PostgresFollower.open(database.url(), environment: .sandbox)
      }
      try database.open().close()
      #expect(throws: StoreError.self) {
        try PostgresFollower.open(database.url(), environment: .live)
      }
    }
  }
}
