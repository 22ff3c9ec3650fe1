import Support
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

/// What the database itself makes of a call of weir.append, whoever calls it.
@Suite struct PostgresAppendTests {
  private static func event(
    _ position: UInt64, _ stream: String, _ version: UInt64, command: String, tags: [String] = []
  ) -> StoredEvent {
    StoredEvent(
      position: position, stream: stream, version: version, name: "order.placed.v1", at: .blank,
      command: id(command), causedBy: nil, actor: "test", tags: tags, body: Array("{}".utf8),
      hash: [UInt8](repeating: UInt8(position), count: 32))
  }

  /// Calls it with commands of some events each, behind a store's end; what it says, or refuses by.
  private static func call(_ store: PostgresStore, _ commands: [[StoredEvent]]) throws -> String {
    var parcel = AppendParcel()
    for events in commands {
      parcel.take(events, digest: [UInt8](repeating: 7, count: 32))
    }
    parcel.seal()
    let values: [SQLValue] =
      [
        .count(1), .integer(store.epoch), .real(600), .integer(Int(store.head.position)),
        .bytes(store.head.hash),
      ] + parcel.values
    let places = (1...values.count).map { "$\($0)" }.joined(separator: ",")
    do throws(PostgresFailure) {
      let session = try store.url.connect()
      return try session.run("SELECT weir.append(\(places))", values).integer(0, 0) == 1
        ? "appended" : "not there"
    } catch {
      return error.state
    }
  }

  @Test("refuses: a stream's version or a command's id twice, and places that don't follow")
  func doubles() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      _ = try store.append([proposal("c1", [placed(1), invoiced(1)])])
      let end = store.head
      let free = Self.event(3, "order-order9", 1, command: "c9", tags: ["order:order9"])
      // unique_violation, restrict_violation and check_violation.
      let cases: [(String, [[StoredEvent]])] = [
        ("23505", [[free], [Self.event(4, "order-order1", 2, command: "c2")]]),
        ("23505", [[free], [Self.event(4, "order-order9", 1, command: "c2")]]),
        ("23505", [[free], [Self.event(4, "order-order2", 1, command: "c1")]]),
        ("23505", [[free], [Self.event(4, "order-order2", 1, command: "c9")]]),
        (
          "23505",
          [
            [free], [Self.event(3, "o-2", 1, command: "c2")],
            [Self.event(5, "o-3", 1, command: "c3")],
          ]
        ),
        ("23001", [[free], [Self.event(5, "order-order2", 1, command: "c2")]]),
        ("23001", [[Self.event(4, "order-order2", 1, command: "c2")]]),
        ("23514", [[free], [Self.event(4, "order-order2", 0, command: "c2")]]),
      ]
      for (state, commands) in cases {
        #expect(try Self.call(store, commands) == state, "\(commands.map { $0.map(\.position) })")
        #expect(try store.read(after: 0, limit: 9).count == 2)
        #expect(try PostgresReader.open(database.url()).head == end)
      }
      #expect(try database.said("SELECT 1 / count(*) FROM weir.event_tag WHERE last > 2") != "")
      #expect(try Self.call(store, [[free]]) == "appended")
      #expect(try Self.call(store, [[free]]) == "not there")
    }
  }

  @Test("keeps: every letter that a tag may have, many tags, and none")
  func tags() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      let odd = "x:" + String((0x21...0x7e).map { Character(UnicodeScalar(UInt8($0))) })
      let lists = [[], ["x:NULL", "x:{}", "x:,"], [odd], [], ["x:\"a\\\"", "x:NULL"]]
      let events = lists.enumerated().map { index, tags in
        Self.event(
          UInt64(index + 1), "s-\(index)", 1, command: "c\(index)", tags: tags)
      }
      #expect(try Self.call(store, events.map { [$0] }) == "appended")
      let reader = try PostgresReader.open(database.url())
      #expect(try reader.read(after: 0, limit: 9) == events)
      #expect(try reader.read(tag("x:NULL"), after: 0, limit: 9).map(\.position) == [2, 5])
      #expect(try reader.read(tag(odd), after: 0, limit: 9).map(\.position) == [3])
    }
  }

  @Test("brings: format 3 up to this one, and who might append still may")
  func granted() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      _ = try store.append([proposal("c1", [placed(1), invoiced(1)])])
      try store.close()
      let role = "appender_of_\(database.name)"
      #expect(
        try database.said(
          "CREATE ROLE \(role); GRANT EXECUTE ON FUNCTION weir.append TO \(role);"
            + PostgresStagingTests.format3) == "")
      let before = try database.open()
      #expect(try before.append([proposal("c2", [invoiced(1)])]) == [.appended(first: 3, last: 3)])
      let said = try database.url().connect().run(
        "SELECT format, (SELECT has_function_privilege('\(role)', oid, 'EXECUTE') "
          + "FROM pg_proc WHERE proname = 'append'), (SELECT has_function_privilege('public', oid, "
          + "'EXECUTE') FROM pg_proc WHERE proname = 'append') FROM weir.log")
      #expect(said.integer(0, 0) == PostgresStore.format)
      #expect(said.integer(0, 1) == 1)
      #expect(said.integer(0, 2) == 0)
      try chained(PostgresReader.open(database.url()).read(after: 0, limit: 9))
    }
  }
}
