import Support
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

@Suite struct PostgresCallsTests {
  private static let names = ["a", "b", "c", "d", "e", "f", "g", "tables"]

  private func calls(_ database: Database, _ node: String) throws -> PostgresCalls {
    PostgresCalls(try database.url(), node: node)
  }

  private func order(_ number: UInt64, _ lease: PostgresCalls.Lease) -> PostgresCalls.Order {
    PostgresCalls.Order(
      number: number, lane: lease.name, lease: lease.epoch, key: "key \(number)",
      intent: number + 100, attempt: 1, sealed: [UInt8(number)])
  }

  /// Lets a lease, or all, run out as if its holder had said nothing.
  private func lapse(_ database: Database, _ node: String) throws {
    let said = try database.said(
      "UPDATE weir.lease SET held_until = now() - interval '1 s' WHERE holder = '\(node)'; "
        + "UPDATE weir.node SET seen_until = now() - interval '1 s' WHERE name = '\(node)'")
    #expect(said == "")
  }

  @Test("does: shares leases fairly among the nodes that live, and hands on those of one that ends")
  func shares() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open(as: "serving")
      let (first, second, third) = (
        try calls(database, "first"), try calls(database, "second"), try calls(database, "third")
      )
      // Nobody serves in this form yet.
      #expect(try first.tend("1", seconds: 60).leases.isEmpty)
      let serving = try calls(database, "serving")
      #expect(
        try #require(try serving.lead("1", Self.names, for: store)).map(\.name) == Self.names)
      func names(_ calls: PostgresCalls) throws -> [String] {
        try calls.tend("1", seconds: 60).leases.map(\.name)
      }
      #expect(try names(second) == Array(Self.names.prefix(4)))
      #expect(try names(first) == Array(Self.names.suffix(4)))
      // A third: each lets go of what is beyond its share, and it is taken.
      #expect(try names(third).isEmpty)
      #expect(try names(first).count == 3)
      #expect(try names(second).count == 3)
      #expect(try names(third).count == 2)
      // Nothing moves where nothing changes.
      let before = try serving.lead("1", Self.names, for: store)?.map(\.epoch)
      for _ in 0..<3 { for node in [first, second, third] { _ = try names(node) } }
      #expect(try serving.lead("1", Self.names, for: store)?.map(\.epoch) == before)
      // One says nothing any more.
      try lapse(database, "second")
      #expect(try names(first).count == 4)
      #expect(try names(third).count == 4)
      // It wakes, and has nothing that it had.
      #expect(try names(second).isEmpty)
      // One leaves.
      #expect(try first.tend("", seconds: 0).leases.isEmpty)
      #expect(try names(third).count == 4)
      #expect(try names(second).count == 4)
      let held = try #require(try serving.lead("1", Self.names, for: store))
      #expect(Set(held.compactMap(\.holder)) == ["second", "third"])
      #expect(held.allSatisfy { $0.epoch >= 1 && $0.milliseconds > 0 })
    }
  }

  @Test("does: with no other node nobody has a lease; the node that serves has none")
  func alone() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let first = try database.open(as: "first", leaseSeconds: 0)
      let calls = try calls(database, "first")
      let leases = try #require(try calls.lead("1", Self.names, for: first))
      #expect(leases.allSatisfy { $0.holder == nil && $0.milliseconds == 0 })
      // Another serves; this one stands by and takes all, then serves again.
      let second = try database.open(as: "second", leaseSeconds: 0)
      let others = try self.calls(database, "second")
      #expect(try others.lead("1", Self.names, for: second) != nil)
      #expect(try calls.lead("1", Self.names, for: first) == nil)
      #expect(try calls.tend("1", seconds: 60).leases.count == 8)
      let again = try database.open(as: "first")
      let found = try #require(try calls.lead("1", Self.names, for: again))
      #expect(found.allSatisfy { $0.holder == nil && $0.epoch == 1 })
      #expect(try database.url().connect().run("SELECT FROM weir.node").count == 0)
    }
  }

  @Test("refuses: leases to a node of another form, and takes its leases back")
  func forms() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open(as: "serving")
      let (old, new, serving) = (
        try calls(database, "old"), try calls(database, "new"), try calls(database, "serving")
      )
      _ = try serving.lead("1", Self.names, for: store)
      #expect(try old.tend("1", seconds: 60).leases.count == 8)
      let refused = try new.tend("2", seconds: 60)
      #expect(refused.leases.isEmpty && refused.form == "1")
      _ = try serving.lead("2", Self.names, for: store)
      #expect(try old.tend("1", seconds: 60).leases.isEmpty)
      #expect(try new.tend("2", seconds: 60).leases.count == 8)
      // A program with fewer lanes: what it doesn't name is nobody's.
      _ = try serving.lead("2", ["a", "b"], for: store)
      #expect(try new.tend("2", seconds: 60).leases.map(\.name) == ["a", "b"])
    }
  }

  @Test("does: hands calls to who leased their lane, and their answers back, each once")
  func calls() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open(as: "serving")
      let (serving, node, other) = (
        try calls(database, "serving"), try calls(database, "node"), try calls(database, "other")
      )
      _ = try serving.lead("1", ["a", "b"], for: store)
      _ = try node.tend("1", seconds: 60)
      _ = try other.tend("1", seconds: 60)
      _ = try node.tend("1", seconds: 60)
      _ = try other.tend("1", seconds: 60)
      let leases = try #require(try serving.lead("1", ["a", "b"], for: store))
      #expect(leases.map(\.holder) == ["node", "other"])
      let stale = PostgresCalls.Lease(
        name: "a", epoch: leases[0].epoch - 1, holder: "node", milliseconds: 1)
      #expect(
        try serving.put(
          [order(1, leases[0]), order(2, leases[1]), order(3, stale), order(4, leases[0])],
          for: store) == [1, 2, 4])
      let taken = try node.take(behind: .none, limit: 9)
      #expect(taken.map(\.place.number) == [1, 4])
      #expect(taken.map(\.key) == ["key 1", "key 4"] && taken.map(\.sealed) == [[1], [4]])
      #expect(try node.take(behind: taken[0].place, limit: 9).map(\.place.number) == [4])
      #expect(try node.take(behind: taken[1].place, limit: 9).isEmpty)
      #expect(try other.take(behind: .none, limit: 9).map(\.place.number) == [2])
      // Only who has the lease answers, and once.
      #expect(try other.answer([(taken[0].place, [9])]).isEmpty)
      #expect(try node.answer([(taken[0].place, [7])]) == [1])
      #expect(try node.answer([(taken[0].place, [8])]) == [1])
      let found = try serving.end([], limit: 9, for: store)
      #expect(found.map(\.number) == [1] && found.map(\.sealed) == [[7]])
      #expect(found.map(\.node) == ["node"])
      // Told again until it is said to be over.
      #expect(try serving.end([], limit: 9, for: store).count == 1)
      #expect(try serving.end([1, 2], limit: 9, for: store).isEmpty)
      #expect(try node.answer([(taken[0].place, [8])]).isEmpty)
      let left = try database.url().connect().run("SELECT number FROM weir.call")
      #expect(left.count == 1 && left.integer(0, 0) == 4)
    }
  }

  @Test("refuses: answers of who slept through its lease, and of calls of an earlier node")
  func late() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open(as: "serving", leaseSeconds: 0)
      let (serving, node, other) = (
        try calls(database, "serving"), try calls(database, "node"), try calls(database, "other")
      )
      _ = try serving.lead("1", ["a"], for: store)
      _ = try node.tend("1", seconds: 60)
      let lease = try #require(try serving.lead("1", ["a"], for: store)?.first)
      #expect(try serving.put([order(1, lease)], for: store) == [1])
      let taken = try node.take(behind: .none, limit: 9)
      // Lapsed, though nobody took it.
      try lapse(database, "node")
      #expect(try node.answer([(taken[0].place, [1])]).isEmpty)
      #expect(try node.take(behind: .none, limit: 9).isEmpty)
      #expect(try serving.put([order(2, lease)], for: store).isEmpty)
      // Its own again, in another epoch: the call was of the one before.
      #expect(try node.tend("1", seconds: 60).leases.map(\.epoch) == [lease.epoch + 1])
      #expect(try node.answer([(taken[0].place, [1])]).isEmpty)
      try lapse(database, "node")
      #expect(try other.tend("1", seconds: 60).leases.map(\.epoch) == [lease.epoch + 2])
      #expect(try node.answer([(taken[0].place, [1])]).isEmpty)
      // Another node serves: what the one before asked is nobody's.
      let again = try #require(try serving.lead("1", ["a"], for: store)?.first)
      #expect(try serving.put([order(3, again)], for: store) == [3])
      let third = try other.take(behind: .none, limit: 9)
      #expect(third.map(\.place.number) == [3])
      let next = try database.open(as: "next", leaseSeconds: 0)
      #expect(try other.answer([(third[0].place, [1])]).isEmpty)
      #expect(try serving.put([order(4, again)], for: store).isEmpty)
      #expect(try serving.lead("1", ["a"], for: store) == nil)
      let leading = try calls(database, "next")
      #expect(try leading.lead("1", ["a"], for: next)?.first?.holder == "other")
      #expect(try database.url().connect().run("SELECT FROM weir.call").count == 0)
      // Numbers begin anew with the epoch.
      #expect(try leading.put([order(1, again)], for: next) == [1])
      let first = try other.take(behind: third[0].place, limit: 9)
      #expect(first.map(\.place) == [.init(epoch: next.epoch, number: 1)])
      #expect(try other.answer([(first[0].place, [5])]) == [1])
    }
  }

  @Test("does: hears of calls and answers, long before it looks; goes on behind a broken session")
  func hears() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open(as: "serving")
      let url = try database.url()
      let serving = PostgresCalls(url, node: "serving", hearing: .answers)
      let node = PostgresCalls(url, node: "node", hearing: .calls)
      _ = try serving.lead("1", ["a"], for: store)
      _ = try node.tend("1", seconds: 600)
      let lease = try #require(try serving.lead("1", ["a"], for: store)?.first)
      let began = ContinuousClock.now
      let thread = OnThread {
        let putting = PostgresCalls(url, node: "serving")
        let put = try putting.put([order(1, lease)], for: store)
        #expect(put == [1])
      }
      while try node.take(behind: .none, limit: 1).isEmpty {
        try node.wait(milliseconds: 240_000)
      }
      try thread.join()
      let answering = OnThread {
        let calls = try calls(database, "node")
        let answered = try calls.answer([(.init(epoch: store.epoch, number: 1), [1])])
        #expect(answered == [1])
      }
      while try serving.end([], limit: 1, for: store).isEmpty {
        try serving.wait(milliseconds: 240_000)
      }
      try answering.join()
      #expect(ContinuousClock.now - began < .seconds(120))
      let ended = try database.server.psql(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
          + "'\(database.name)'")
      #expect(ended.code == 0)
      #expect(throws: StoreError.self) { try node.tend("1", seconds: 600) }
      #expect(try node.tend("1", seconds: 600).leases.map(\.epoch) == [lease.epoch])
    }
  }

  @Test("does: no lease is two nodes', and each moves on alone, while many tend at once")
  func storm() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open(as: "serving")
      let serving = try calls(database, "serving")
      _ = try serving.lead("1", Self.names, for: store)
      let threads = try (0..<6).map { number in
        let node = try calls(database, "node \(number)")
        return OnThread {
          for round in 0..<40 {
            let isLeaving = round % 9 == number
            _ = try node.tend(isLeaving ? "" : "1", seconds: round % 7 == number ? 0.001 : 60)
          }
          _ = try node.tend("1", seconds: 60)
        }
      }
      for thread in threads { try thread.join() }
      // The last to settle: two more rounds let go and take.
      for _ in 0..<3 {
        for number in 0..<6 {
          _ = try calls(database, "node \(number)").tend("1", seconds: 60)
        }
      }
      let leases = try #require(try serving.lead("1", Self.names, for: store))
      let counts = Dictionary(grouping: leases.compactMap(\.holder)) { $0 }.mapValues(\.count)
      #expect(counts.values.reduce(0, +) == 8 && counts.values.allSatisfy { $0 <= 2 })
    }
  }
}
