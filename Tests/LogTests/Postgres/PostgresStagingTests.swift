import Support
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

@Suite struct PostgresStagingTests {
  @Test("stages: behind a group that is on its way, and shows nothing before its commit")
  func behind() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      #expect(
        try store.stage([proposal("c1", [placed(1), invoiced(1)])])
          == [.appended(first: 1, last: 2)])
      store.endGroup()
      #expect(
        try store.stage([
          proposal("c1", [placed(1)]), proposal("c1", [placed(1)], digest: 9),
          proposal("c2", [invoiced(1)], expected: [expect("order-order1", 1)]),
          proposal("c3", [invoiced(1)], expected: [expect("order-order1", 2)]),
        ]) == [
          .replayed(first: 1, last: 2), .keyReused, .conflict(stream("order-order1"), actual: 2),
          .appended(first: 3, last: 3),
        ])
      #expect(store.head.position == 0)
      #expect(try store.read(after: 0, limit: 9).isEmpty)
      try store.commit()
      #expect(store.head.position == 2)
      #expect(try store.version(of: stream("order-order1")) == 2)
      store.endGroup()
      #expect(try store.stage([proposal("c4", [placed(2)])]) == [.appended(first: 4, last: 4)])
      try store.commit()
      try store.commit()
      let events = try store.read(after: 0, limit: 9)
      #expect(events.map(\.command.text) == ["c1", "c1", "c3", "c4"])
      #expect(events.map(\.version) == [1, 2, 3, 1])
      try chained(events)
      #expect(try database.open().head == store.head)
    }
  }

  @Test("stages: one group in many pieces as in one, with every tag at each of its places")
  func pieces() async throws {
    let (pieces, whole) = (try await Database.fresh(), try await Database.fresh())
    try await offPool {
      let (some, one) = (try pieces.open(), try whole.open())
      let files = MemoryStore()
      let proposals = (1...30).map { number in
        proposal("c\(number)", [placed(number, channel: number % 3), invoiced(number)])
      }
      for proposal in proposals { _ = try some.stage([proposal]) }
      try some.commit()
      _ = try one.append(proposals)
      _ = try files.append(proposals)
      #expect(some.head.position == 60)
      let events = try files.read(after: 0, limit: 99)
      #expect(try some.read(after: 0, limit: 99) == events)
      #expect(try one.read(after: 0, limit: 99) == events)
      for tag in Set(events.flatMap(\.tags)) {
        let found = try files.read(Tag(text: tag)!, after: 0, limit: 99)
        #expect(try some.read(Tag(text: tag)!, after: 0, limit: 99) == found)
        #expect(try one.read(Tag(text: tag)!, after: 0, limit: 99) == found)
      }
    }
  }

  @Test("forgets: what is staged behind a group that another node's epoch kept out")
  func fenced() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let first = try database.open(as: "one", leaseSeconds: 0)
      _ = try first.stage([proposal("c1", [placed(1)])])
      first.endGroup()
      _ = try first.stage([proposal("c2", [placed(2)])])
      let second = try database.open(as: "two", leaseSeconds: 0)
      #expect(throws: StoreError.self) { try first.commit() }
      #expect(throws: StoreError.self) { try first.stage([proposal("c3", [placed(3)])]) }
      first.forget()
      _ = try first.stage([proposal("c3", [placed(3)])])
      first.endGroup()
      #expect(throws: StoreError.self) { try first.commit() }
      #expect(first.head.position == 0)
      #expect(second.head.position == 0)
      #expect(
        try second.append([proposal("c2", [placed(2)])]) == [.appended(first: 1, last: 1)])
    }
  }

  @Test("refuses: a group that is too large, and takes the next")
  func large() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      var fact = OrderEvent.Invoiced()
      fact.order = id("order1")
      fact.channel = id("ch1")
      fact.invoice = id("inv1")
      fact.url = String(repeating: "u", count: LogFormat.frameMost)
      #expect {
        try store.append([proposal("c1", [.order(.invoiced(fact))])])
      } throws: { error in
        if case .tooLarge = error as? StoreError { true } else { false }
      }
      #expect(
        try store.append([proposal("c2", [placed(2)])]) == [.appended(first: 1, last: 1)])
    }
  }

  @Test(
    "brings: a log of an older format up to this one, with every tag where it was",
    arguments: [1, 2, 3])
  func upgrades(_ format: Int) async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      for number in 1...4 {
        _ = try store.append([
          proposal("c\(number)", [placed(number, channel: number % 2), invoiced(number)]),
          proposal("d\(number)", [placed(number + 10, channel: 1)]),
        ])
      }
      let tags = ["channel:ch0", "channel:ch1", "order:order3"]
      let before = try tags.map { try store.read(tag($0), after: 2, limit: 5) }
      try store.close()
      let former = [Self.format3, Self.format2, Self.format1].prefix(4 - format).joined()
      #expect(try database.said(former) == "")
      // Nothing reads it as today's.
      #expect { try PostgresReader.open(database.url()) } throws: {
        "\($0)".contains("format \(format)")
      }
      let upgraded = try database.open()
      #expect(try tags.map { try upgraded.read(tag($0), after: 2, limit: 5) } == before)
      #expect(
        try upgraded.append([proposal("e", [placed(3, channel: 0)])])
          == [.appended(first: 13, last: 13)])
      #expect(
        try upgraded.read(tag("order:order3"), after: 0, limit: 9).map(\.position) == [7, 8, 13])
      #expect(try database.said("DELETE FROM weir.event_tag").hasPrefix("23001"))
      try chained(PostgresReader.open(database.url()).read(after: 0, limit: 99))
      #expect(try database.open().head == upgraded.head)
      let inbox = PostgresInbox(try database.url(), node: "test")
      try inbox.put([.init(kind: "telegram", at: .blank, sealed: [1])])
      #expect(try inbox.backlog().waiting == 1)
      let calls = PostgresCalls(try database.url(), node: "test")
      let last = try database.open()
      try PostgresPlace("news", of: last).keep(13)
      #expect(try calls.lead("1", ["a"], for: last)?.map(\.name) == ["a"])
      #expect(try calls.tend("1", seconds: 60).leases.map(\.name) == ["a"])
    }
  }

  /// Makes today's schema what format 3 was.
  static let format3 = """
    DROP TABLE weir.call, weir.call_done, weir.call_lead, weir.lease, weir.node, weir.place;
    DROP FUNCTION weir.guard_lease, weir.guard_call_lead, weir.lead_calls, weir.tend_node,
      weir.put_calls, weir.take_calls, weir.answer_calls, weir.end_calls, weir.keep_place;
    DO $$
    BEGIN
      EXECUTE replace(
        pg_get_functiondef('weir.append'::regproc), 'string_to_array(one.tags, '' '')',
        'one.tags::text[]');
    END $$;
    UPDATE weir.log SET format = 3;
    """

  /// Makes of that what format 2 was.
  private static let format2 = """
    DROP TABLE weir.inbox, weir.inbox_taken, weir.inbox_lane;
    DROP FUNCTION weir.put_inbox, weir.take_inbox, weir.guard_inbox_lane;
    UPDATE weir.log SET format = 2;
    """

  /// Makes of that what format 1 was.
  private static let format1 = """
    DROP TABLE weir.event_tag;
    CREATE TABLE weir.event_tag (
      partition integer NOT NULL, tag text COLLATE "C" NOT NULL, position bigint NOT NULL,
      PRIMARY KEY (partition, tag, position)) PARTITION BY HASH (partition);
    CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON weir.event_tag
      FOR EACH ROW EXECUTE FUNCTION weir.refuse();
    CREATE TABLE weir.event_tag_0 PARTITION OF weir.event_tag
      FOR VALUES WITH (MODULUS 1, REMAINDER 0);
    ALTER TABLE weir.event_tag_0 ENABLE ALWAYS TRIGGER keep;
    INSERT INTO weir.event_tag
      SELECT DISTINCT partition, tag, position FROM weir.event, unnest(tags) AS tag;
    DROP FUNCTION weir.append;
    CREATE FUNCTION weir.append(
      integer, bigint, double precision, bigint, bytea, bigint[], text[], bigint[], text[],
      timestamptz[], text[], text[], bigint[], text[], text[], bytea[], bytea[], integer[]
    ) RETURNS boolean LANGUAGE sql AS 'SELECT false';
    UPDATE weir.log SET format = 1;
    """
}
