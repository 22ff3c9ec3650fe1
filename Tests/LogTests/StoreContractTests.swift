import Support
import Testing

@testable import Kernel
@testable import Log

@Suite struct StoreContractTests {
  let scratch = ScratchFolder()

  @Test("begins: empty, with a zero hash", arguments: StoreKind.allCases)
  func empty(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    #expect(store.head == LogHead.empty)
    #expect(try store.read(after: 0, limit: 10).isEmpty)
    #expect(try store.read(stream("order-order1"), after: 0, limit: 10).isEmpty)
    #expect(try store.read(tag("channel:ch1"), after: 0, limit: 10).isEmpty)
    #expect(try store.version(of: stream("order-order1")) == 0)
    #expect(try store.outcome(of: id("c1")) == nil)
    #expect(try store.append([]) == [])
    #expect(store.head == LogHead.empty)
  }

  @Test(
    "appends: positions without a gap, and gives back what was written",
    arguments: StoreKind.allCases)
  func append(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    let outcomes = try store.append([
      proposal("c1", [placed(1), invoiced(1)], second: 5),
      proposal("c2", [placed(2)], second: 6, causedBy: 1),
    ])
    #expect(outcomes == [.appended(first: 1, last: 2), .appended(first: 3, last: 3)])
    let events = try store.read(after: 0, limit: 10)
    #expect(events.map(\.position) == [1, 2, 3])
    #expect(events.map(\.stream) == ["order-order1", "order-order1", "order-order2"])
    #expect(events.map(\.version) == [1, 2, 1])
    #expect(events.map(\.name) == ["order.placed.v1", "order.invoiced.v1", "order.placed.v1"])
    #expect(events.map(\.at) == [instant(5), instant(5), instant(6)])
    #expect(events.map(\.command.text) == ["c1", "c1", "c2"])
    #expect(events.map(\.causedBy) == [nil, nil, 1])
    #expect(events.map(\.actor) == ["test", "test", "test"])
    #expect(events[0].tags == ["channel:ch1", "order:order1"])
    #expect(try events.map { try $0.event() } == [placed(1), invoiced(1), placed(2)])
    #expect(events[0].body == EventCodec.body(of: placed(1)))
    #expect(store.head.position == 3)
    #expect(store.head.hash == events[2].hash)
    #expect(store.head.at == instant(6))
    #expect(try store.version(of: stream("order-order1")) == 2)
    #expect(
      try store.outcome(of: id("c1"))
        == CommandOutcome(digest: [UInt8](repeating: 7, count: 32), first: 1, last: 2))
  }

  @Test("chains: each hash from its predecessor's and the envelope", arguments: StoreKind.allCases)
  func chain(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    _ = try store.append((1...5).map { proposal("c\($0)", [placed($0)]) })
    var previous = [UInt8](repeating: 0, count: 32)
    for event in try store.read(after: 0, limit: 10) {
      let line = String(decoding: LogExport.line(of: event), as: UTF8.self)
      let envelope = line.replacing("\"hash\":\"\(HexText.of(event.hash))\",", with: "")
      #expect(envelope.utf8.count == line.utf8.count - 74)
      previous = SHA256.digest(of: previous + Array(envelope.utf8))
      #expect(previous == event.hash)
    }
  }

  @Test("replays: the first outcome for the same id, however late", arguments: StoreKind.allCases)
  func replay(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    _ = try store.append([proposal("c1", [placed(1), invoiced(1)])])
    for number in 2...30 { _ = try store.append([proposal("c\(number)", [placed(number)])]) }
    let head = store.head
    #expect(
      try store.append([proposal("c1", [placed(99)], expected: [expect("order-order1", 0)])])
        == [.replayed(first: 1, last: 2)])
    #expect(try store.append([proposal("c1", [placed(1)], digest: 8)]) == [.keyReused])
    #expect(store.head == head)
  }

  @Test(
    "refuses: a stream of another version, and goes on with the others",
    arguments: StoreKind.allCases)
  func conflict(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    _ = try store.append([proposal("c1", [placed(1)])])
    let outcomes = try store.append([
      proposal("c2", [invoiced(1)], expected: [expect("order-order1", 1)]),
      proposal("c3", [invoiced(1)], expected: [expect("order-order1", 1)]),
      proposal(
        "c4", [placed(2)], expected: [expect("order-order1", 2), expect("order-order2", 0)]),
      proposal("c5", [placed(3)], expected: [expect("order-order9", 4)]),
    ])
    #expect(
      outcomes == [
        .appended(first: 2, last: 2), .conflict(stream("order-order1"), actual: 2),
        .appended(first: 3, last: 3), .conflict(stream("order-order9"), actual: 0),
      ])
    #expect(store.head.position == 3)
    #expect(try store.outcome(of: id("c3")) == nil)
    #expect(
      try store.append([proposal("c3", [invoiced(1)], expected: [expect("order-order1", 2)])])
        == [.appended(first: 4, last: 4)])
  }

  @Test("writes: several streams all or none", arguments: StoreKind.allCases)
  func severalStreams(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    let both = [placed(1), placed(2), invoiced(1)]
    let refused = [expect("order-order1", 0), expect("order-order2", 1)]
    #expect(
      try store.append([proposal("c1", both, expected: refused)])
        == [.conflict(stream("order-order2"), actual: 0)])
    #expect(store.head.position == 0)
    #expect(try store.version(of: stream("order-order1")) == 0)
    let right = [expect("order-order1", 0), expect("order-order2", 0)]
    #expect(
      try store.append([proposal("c1", both, expected: right)]) == [.appended(first: 1, last: 3)])
    #expect(try store.version(of: stream("order-order1")) == 2)
    #expect(try store.version(of: stream("order-order2")) == 1)
  }

  @Test("sees: what the group holds before a proposal", arguments: StoreKind.allCases)
  func group(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    let outcomes = try store.append([
      proposal("c1", [placed(1)], expected: [expect("order-order1", 0)]),
      proposal("c1", [placed(1)], expected: [expect("order-order1", 0)]),
      proposal("c1", [placed(1)], digest: 9),
      proposal("c2", [placed(1)], expected: [expect("order-order1", 0)]),
      proposal("c3", [invoiced(1)], expected: [expect("order-order1", 1)]),
    ])
    #expect(
      outcomes == [
        .appended(first: 1, last: 1), .replayed(first: 1, last: 1), .keyReused,
        .conflict(stream("order-order1"), actual: 1), .appended(first: 2, last: 2),
      ])
  }

  @Test("raises: a recorded time below its predecessor's", arguments: StoreKind.allCases)
  func clamp(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    _ = try store.append([
      proposal("c1", [placed(1)], second: 50), proposal("c2", [placed(2)], second: 20),
    ])
    _ = try store.append([proposal("c3", [placed(3)], second: 49)])
    _ = try store.append([proposal("c4", [placed(4)], second: 51)])
    let times = try store.read(after: 0, limit: 9).map(\.at)
    #expect(times == [instant(50), instant(50), instant(50), instant(51)])
  }

  @Test("reads: streams, tags and all, page by page", arguments: StoreKind.allCases)
  func pages(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    for number in 1...60 {
      _ = try store.append([
        proposal("a\(number)", [placed(number, channel: number % 3)]),
        proposal("b\(number)", [invoiced(number, channel: number % 3)]),
      ])
    }
    func paged(
      _ page: Int, _ read: (UInt64, Int) throws -> [StoredEvent], _ key: (StoredEvent) -> UInt64
    ) throws -> [UInt64] {
      var found: [UInt64] = []
      var after: UInt64 = 0
      while true {
        let events = try read(after, page)
        #expect(events.count <= page)
        guard let last = events.last else { return found }
        found += events.map(\.position)
        after = key(last)
      }
    }
    for page in [1, 7, 1000] {
      let all = try paged(page, { try store.read(after: $0, limit: $1) }, \.position)
      #expect(all == Array(1...120))
      let tagged = try paged(
        page, { try store.read(tag("channel:ch2"), after: $0, limit: $1) }, \.position)
      #expect(tagged == Array(1...120).filter { (($0 + 1) / 2) % 3 == 2 })
      let one = try paged(
        page, { try store.read(stream("order-order7"), after: $0, limit: $1) }, \.version)
      #expect(one == [13, 14])
    }
    #expect(try store.read(after: 200, limit: 5).isEmpty)
    #expect(try store.read(after: 0, limit: 0).isEmpty)
    #expect(try store.read(tag("order:order60"), after: 119, limit: 5).map(\.position) == [120])
  }

  @Test("finds: the last position recorded at or before a time", arguments: StoreKind.allCases)
  func asOf(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    #expect(try store.position(asOf: instant(5)) == 0)
    for number in 1...40 {
      _ = try store.append([
        proposal("c\(number)", [placed(number), invoiced(number)], second: number / 4 * 10)
      ])
    }
    for second in -1...105 {
      let last = try store.read(after: 0, limit: 100).last { $0.at <= instant(second) }
      #expect(try store.position(asOf: instant(second)) == last?.position ?? 0)
    }
  }

  @Test(
    "replays: the facts of the names that are wanted, and of a tag",
    arguments: StoreKind.allCases)
  func wanting(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    for number in 1...40 {
      _ = try store.append([
        proposal("c\(number)", [placed(number, channel: number % 3), invoiced(number, channel: 7)])
      ])
    }
    let all = try store.read(after: 0, limit: 100)
    for forms in [.all, .none, FactForms(OrderEvent.Invoiced.self), FactForms(.payment)] {
      for (after, limit) in [(0, 100), (13, 31), (79, 5), (80, 5), (0, 0)] {
        var facts: [Recorded] = []
        let last = try store.replay(after: UInt64(after), limit: limit, wanting: forms) {
          facts.append($0)
        }
        let range = all.dropFirst(after).prefix(limit)
        #expect(last == range.last?.position ?? UInt64(after))
        let wanted = try range.filter { stored in
          try forms.contains(#require(FactForm.named(stored.name)))
        }
        #expect(facts.map(\.position) == wanted.map(\.position))
        #expect(facts.map(\.at) == wanted.map(\.at))
        #expect(try facts.map(\.event) == wanted.map { try $0.event() })
      }
    }
    for limit in [0, 1, 9, 100] {
      let facts = try store.facts(with: tag("channel:ch2"), after: 20, limit: limit)
      let tagged = all.filter { $0.position > 20 && $0.tags.contains("channel:ch2") }.prefix(limit)
      #expect(facts.map(\.position) == tagged.map(\.position))
      #expect(try facts.map(\.event) == tagged.map { try $0.event() })
    }
  }

  @Test("takes: a group of a thousand", arguments: StoreKind.allCases)
  func thousand(_ kind: StoreKind) async throws {
    let store = try await kind.make(in: scratch)
    let outcomes = try store.append((1...1000).map { proposal("c\($0)", [placed($0)]) })
    #expect(outcomes.last == .appended(first: 1000, last: 1000))
    let events = try store.read(after: 0, limit: 2000)
    #expect(events.count == 1000)
    #expect(try events.map { try $0.event() } == (1...1000).map { placed($0) })
  }

  @Test("keeps: the same bytes and hashes whatever the store")
  func sameHashes() async throws {
    var stores: [any EventStore] = []
    for kind in StoreKind.allCases { stores.append(try await kind.make(in: scratch)) }
    for store in stores {
      _ = try store.append((1...3).map { proposal("c\($0)", [placed($0), invoiced($0)]) })
      _ = try store.append([proposal("d", samples, second: 9)])
    }
    let expected = try stores[0].read(after: 0, limit: 1000)
    #expect(expected.count == 6 + samples.count)
    for (kind, store) in zip(StoreKind.allCases, stores) {
      let events = try store.read(after: 0, limit: 1000)
      let isDifferent = zip(events, expected).contains { $0 != $1 }
      #expect(!isDifferent && events.count == expected.count, "\(kind)")
    }
  }
}
