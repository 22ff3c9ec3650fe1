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
  private func tail(_ world: EdgeWorld, _ mailer: any Mailer) throws -> PayoutNewsTail {
    var accounts = Accounts()
    for recorded in try world.store.facts(after: 0, limit: 1_000) {
      if case .account(let event) = recorded.event { accounts.take(event) }
    }
    let logger = Logger(secrets: [], clock: { EdgeWorld.now }, sink: { _ in })
    let news = PayoutNews(
      world.configuration, AccountDirectory(accounts, at: world.store.head.position), mailer,
      world.store, logger)
    return PayoutNewsTail(news, path: path)
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
    #expect(kept() == world.store.head.position, "it begins at the log's end")
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
}
