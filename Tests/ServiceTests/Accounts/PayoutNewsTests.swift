import Foundation
import HTTP
import Kernel
import Log
import Support
import Synchronization
import Testing

@testable import Service

@Suite struct PayoutNewsTests {
  /// Takes mails and sends none: as a process that ends before it could.
  private final class Dying: Mailer {
    private let taken = Mutex(0)
    var count: Int { taken.withLock { $0 } }
    func send(_ mail: Mail, then: @escaping @Sendable () -> Void) { taken.withLock { $0 += 1 } }
  }

  private let scratch = ScratchFolder()
  private var path: String { scratch.file("news") }

  /// A process that goes on with the log of a world.
  private func tail(
    _ world: EdgeWorld, _ mailer: any Mailer, at place: (any NewsPlace)? = nil
  ) throws -> PayoutNewsTail {
    var accounts = Accounts()
    for recorded in try world.store.facts(after: 0, limit: 1_000) {
      if case .account(let event) = recorded.event { accounts.take(event) }
    }
    let logger = Logger(secrets: [], clock: { EdgeWorld.now }, sink: { _ in })
    let news = PayoutNews(
      world.configuration, AccountDirectory(accounts, at: world.store.head.position), mailer,
      world.store, logger)
    return PayoutNewsTail(news, place: place ?? NewsFile(path: path))
  }

  private func kept() -> UInt64? {
    (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { UInt64($0) }
  }

  @Test("does: what a process ended before it was mailed is mailed by the next one, and once")
  func goesOn() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    let open = "-1001234567890"
    try await world.register(open, "-1009876543210", by: mira)
    let key = try #require(ChannelKey(naming: open))
    let before = Outbox()
    try tail(world, before).begin()
    // It begins at the log's end.
    try await eventually { kept() == world.store.head.position }
    let other = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    let moved = try await world.ask(
      "PUT", "/api/channels/\(open)",
      #"{"client_wallet_address":"\#(other)","current_password":"\#(Person.password)"}"#,
      by: mira.access, headers: ["If-Match": "*"])
    #expect(moved.status == 200, "\(moved)")
    let dying = Dying()
    try tail(world, dying).begin()
    try await eventually { dying.count == 1 }
    let next = Outbox()
    try tail(world, next).begin()
    try await eventually { kept() == world.store.head.position }
    #expect(next.all.map(\.kind) == ["payout-change-held"] && next.all[0].to == mira.email)
    try await world.ask(.channel(.cancelPayoutChange(key, reason: "not mine")))
    let third = Outbox()
    let last = try tail(world, third)
    last.begin()
    last.begin()
    try await eventually { kept() == world.store.head.position }
    #expect(third.all.map(\.kind) == ["payout-change-cancelled"])
    #expect(before.all.isEmpty)
  }

  /// A place that nodes share, and that can't be had for a while.
  private final class SharedPlace: NewsPlace {
    struct State {
      var position: UInt64?
      var failure: StoreError?
      var refused = 0
    }
    let state = Mutex(State())

    func read() throws(StoreError) -> UInt64? {
      let state = state.withLock { $0 }
      if let failure = state.failure { throw failure }
      return state.position
    }
    func keep(_ position: UInt64) throws(StoreError) {
      let failure = state.withLock { state in
        if state.failure == nil { state.position = position } else { state.refused += 1 }
        return state.failure
      }
      if let failure { throw failure }
    }
  }

  @Test("does: another node goes on where the one before was; one that lost the log says no more")
  func takesOver() async throws {
    let world = try EdgeWorld()
    let mira = try await world.person("mira")
    let open = "-1001234567890"
    try await world.register(open, "-1009876543210", by: mira)
    let key = try #require(ChannelKey(naming: open))
    let other = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"
    let place = SharedPlace()
    let (first, second) = (Outbox(), Outbox())
    let old = try tail(world, first, at: place)
    old.begin()
    try await eventually { place.state.withLock { $0.position } == world.store.head.position }
    func move() async throws {
      let moved = try await world.ask(
        "PUT", "/api/channels/\(open)",
        #"{"client_wallet_address":"\#(other)","current_password":"\#(Person.password)"}"#,
        by: mira.access, headers: ["If-Match": "*"])
      #expect(moved.status == 200, "\(moved)")
    }
    try await move()
    try await world.ask(.channel(.cancelPayoutChange(key, reason: "not mine")))
    // Where it can't be read, nobody is told of anything: it isn't known of what.
    let new = try tail(world, second, at: place)
    place.state.withLock { $0.failure = .unreadable("gone") }
    new.begin()
    place.state.withLock { $0.failure = nil }
    new.begin()
    try await eventually { second.all.count >= 2 }
    #expect(second.all.map(\.kind) == ["payout-change-held", "payout-change-cancelled"])
    try await eventually { place.state.withLock { $0.position } == world.store.head.position }
    // The one that slept knows nothing of it, and ends at the first word that isn't its own.
    place.state.withLock { $0.failure = .failed("another node has taken the log's lane") }
    old.begin()
    try await eventually { place.state.withLock { $0.refused } == 1 }
    try await Task.sleep(for: .milliseconds(50))
    #expect(first.all.count == 1)
    #expect(place.state.withLock { $0.refused } == 1)
  }
}
