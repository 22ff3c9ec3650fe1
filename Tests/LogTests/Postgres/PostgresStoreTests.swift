import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log
@testable import PostgresLog

@Suite struct PostgresStoreTests {
  @Test("finds: an unheard commit by where the lane stands, and decides nothing again")
  func unheard() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let proxy = CutProxy(to: database.server.port)
      defer { proxy.stop() }
      let store = try database.open(
        through: "postgres://weir@127.0.0.1:\(proxy.port)/\(database.name)?sslmode=disable")
      _ = try store.append([proposal("c0", [placed(1)])])
      var number = 0
      let cuts: [[CutProxy.Cut]] =
        CutProxy.Cut.allCases.map { [$0] } + [
          [.before, .after], [.before, .before, .before], [.late, .after],
        ]
      for cut in cuts {
        number += 1
        let before = store.head.position
        let connections = proxy.connections
        proxy.cut(cut)
        let outcomes = try store.append([
          proposal("c\(number)", [invoiced(1), invoiced(1)]),
          proposal("d\(number)", [placed(number + 1)]),
        ])
        #expect(
          outcomes == [
            .appended(first: before + 1, last: before + 2),
            .appended(first: before + 3, last: before + 3),
          ], "\(cut)")
        #expect(proxy.connections > connections, "\(cut): the line was never cut")
        #expect(
          try store.append([proposal("c\(number)", [placed(77)])])
            == [.replayed(first: before + 1, last: before + 2)])
      }
      #expect(store.head.position == 1 + 3 * UInt64(number))
      let direct = try database.open()
      let events = try direct.read(after: 0, limit: 1000)
      #expect(events.count == 1 + 3 * number)
      #expect(try events == store.read(after: 0, limit: 1000))
      #expect(Set(events.map(\.command.text)).count == 1 + 2 * number)
      try chained(events)
    }
  }

  @Test("fails: an append whose server is gone for longer than patience lasts")
  func gone() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let proxy = CutProxy(to: database.server.port)
      defer { proxy.stop() }
      var options = PostgresStore.Options(holder: "test")
      options.patience = Patience(seconds: 1)
      let text = "postgres://weir@127.0.0.1:\(proxy.port)/\(database.name)?sslmode=disable"
      let store = try PostgresStore.open(
        database.url(text), environment: .sandbox, options: options)
      proxy.cut([.after])
      proxy.setBroken(true)
      #expect(throws: StoreError.self) { try store.append([proposal("c1", [placed(1)])]) }
      #expect(store.head.position == 0)
      proxy.setBroken(false)
      // Nobody knows, so nobody goes on: the next start finds out.
      #expect(throws: StoreError.self) { try store.append([proposal("c2", [placed(2)])]) }
      let next = try database.open()
      #expect(next.head.position == 1)
      #expect(
        try next.append([proposal("c1", [placed(1)])]) == [.replayed(first: 1, last: 1)])
    }
  }

  @Test("reads: no gap and no change while another appends")
  func beside() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let writer = try database.open(as: "writer")
      let count = 60
      let ended = Atomic<Bool>(false)
      let thread = OnThread {
        for number in 1...count {
          _ = try writer.append([
            proposal("c\(number)", [placed(number), invoiced(number)]),
            proposal("d\(number)", [invoiced(number)]),
          ])
        }
        ended.store(true, ordering: .releasing)
      }
      // By SQL, as a reader of another program does, on its own session.
      let session = try database.url().connect()
      var seen = 0
      while seen < count * 3 {
        let wasEnded = ended.load(ordering: .acquiring)
        let rows = try session.run(
          "SELECT position FROM weir.event WHERE partition = 1 AND position > $1 "
            + "ORDER BY position", [.integer(seen)])
        for row in 0..<rows.count {
          #expect(rows.integer(row, 0) == seen + 1)
          seen += 1
        }
        if wasEnded { #expect(seen == count * 3) }
      }
      try thread.join()
      try chained(writer.read(after: 0, limit: 1000))
    }
  }

  @Test("begins: where another life ended, with all that it knew")
  func again() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let first = try database.open()
      _ = try first.append([
        proposal("c1", [placed(1), invoiced(1)], second: 50), proposal("c2", [placed(2)]),
      ])
      try first.close()
      #expect(throws: StoreError.self) { try first.append([proposal("c3", [placed(3)])]) }
      let second = try database.open(as: "another")
      #expect(second.logID == first.logID)
      #expect(second.head == first.head)
      #expect(try second.version(of: stream("order-order1")) == 2)
      #expect(try second.outcome(of: id("c1")) == first.outcome(of: id("c1")))
      #expect(
        try second.append([
          proposal("c1", [placed(9)]), proposal("c2", [placed(9)], digest: 9),
          proposal("c4", [invoiced(2)], expected: [expect("order-order2", 1)]),
        ]) == [.replayed(first: 1, last: 2), .keyReused, .appended(first: 4, last: 4)])
      #expect(try second.read(after: 3, limit: 1).map(\.at) == [instant(50)])
    }
  }

  @Test("refuses: another environment, a held lane, and a database without a log")
  func refusals() async throws {
    let database = try await Database.fresh()
    try await offPool {
      var options = PostgresStore.Options(holder: "test")
      options.mayCreate = false
      #expect(throws: StoreError.self) {
        try PostgresStore.open(database.url(), environment: .sandbox, options: options)
      }
      // The tests' server syncs nothing.
      #expect { try database.open(.live) } throws: { "\($0)".contains("fsync") }
      #expect(try !PostgresStore.isThere(database.url()))
      let store = try database.open(as: "one")
      #expect(try PostgresStore.isThere(database.url()))
      let place = try database.url().description
      #expect(throws: StoreError.locked(folder: place, process: "one")) {
        try database.open(as: "two")
      }
      #expect(
        throws: StoreError.otherEnvironment(folder: place, holds: "sandbox", asked: "live")
      ) {
        try database.open(.live, as: "one")
      }
      // Whoever holds it may take it again, and then the former life appends nothing.
      let again = try database.open(as: "one")
      #expect(throws: StoreError.self) { try store.append([proposal("c1", [placed(1)])]) }
      #expect(try again.append([proposal("c1", [placed(1)])]) == [.appended(first: 1, last: 1)])
    }
  }

  @Test("finds: a row that was changed behind the triggers' back, by chain and by position")
  func damage() async throws {
    let database = try await Database.fresh()
    try await offPool {
      let store = try database.open()
      _ = try store.append((1...5).map { proposal("c\($0)", [placed($0)]) })
      try chained(store.read(after: 0, limit: 10))
      let part = try database.part()
      func behind(_ sql: String) throws {
        let said = try database.said(
          "ALTER TABLE \(part) DISABLE TRIGGER ALL; \(sql); "
            + "ALTER TABLE \(part) ENABLE TRIGGER ALL")
        #expect(said == "", "\(said)")
      }
      try behind("UPDATE \(part) SET body = replace(body, 'order3', 'order9') WHERE position = 3")
      #expect {
        var leaves = LogLeaves(of: store)
        try leaves.read(to: 5) { (_, _, _) throws(ProofError) in }
      } throws: { "\($0)".contains("position 3") }
      try behind("DELETE FROM \(part) WHERE position = 2")
      #expect { try store.read(after: 0, limit: 10) } throws: { "\($0)".contains("position 2") }
      #expect {
        try store.replay(after: 0, limit: 10, wanting: .all) { _ in }
      } throws: { "\($0)".contains("position 2") }
      #expect { try store.read(after: 1, limit: 1) } throws: { "\($0)".contains("position 2") }
    }
  }

  @Test("ignores: nothing of an address is shown but where it leads")
  func secrets() throws {
    var why = ""
    let url = PostgresURL("postgres://me:hunter2@db1,db2/weir?sslpassword=hunter3", why: &why)
    #expect(url?.description == "postgres://db1,db2/weir")
    #expect(PostgresURL("mysql://me:hunter2@db1/weir", why: &why) == nil)
    #expect(PostgresURL("postgres://me:hunter2@[db1/weir", why: &why) == nil)
    #expect(!why.contains("hunter2"))
  }
}
