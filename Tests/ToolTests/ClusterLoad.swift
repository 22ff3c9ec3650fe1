import Foundation
import HTTP
import JSON
import Synchronization

/// Callers that pay, and pay again, at each node in turn: each says every notice of a payment until
/// one acknowledges it, and then goes on to the next payment.
final class ClusterLoad: Sendable {
  typealias Moment = ContinuousClock.Instant

  private struct Payment {
    let begun: Moment
    /// When the node that serves took a notice of it: what one that stands by keeps isn't yet.
    var taken: Moment?
  }

  private struct State {
    var payments: [Payment] = []
    var acknowledged: [String] = []
    var isOver = false
  }

  /// A payment in so many is of a channel that is paid at once.
  private static let instantEvery = 25
  private static let first = 1_000_000
  private let world: KillWorld
  private let ports: [Int]
  private let state = Mutex(State())

  init(_ world: KillWorld, ports: [Int]) {
    self.world = world
    self.ports = ports
  }

  var count: Int { state.withLock { $0.payments.count } }
  /// Every notice that was acknowledged, as "payment status".
  var acknowledged: [String] { state.withLock { $0.acknowledged } }
  /// How many of the payments are of a channel that is paid at once.
  var instants: Int { (0..<count).count { Self.channel($0) > 8 } }

  /// No payment begins any more.
  func end() { state.withLock { $0.isOver = true } }

  /// Pays until told to end, as so many callers at once; returns when everything is acknowledged.
  func run(callers: Int) async {
    await withTaskGroup { group in
      for caller in 0..<callers { group.addTask { await self.call(caller) } }
    }
  }

  /// How long after a moment the first payment that began behind it was taken; nil where none was.
  func back(since moment: Moment, within limit: Duration) async throws -> Duration? {
    while ContinuousClock.now < moment + limit {
      let taken = state.withLock { state in
        state.payments.reversed().prefix { $0.begun > moment }.compactMap(\.taken).min()
      }
      if let taken { return taken - moment }
      try await Task.sleep(for: .milliseconds(20))
    }
    return nil
  }

  private static func channel(_ index: Int) -> Int {
    index.isMultiple(of: instantEvery) ? 11 + index / instantEvery % 4 : 1 + index % 8
  }

  private func call(_ caller: Int) async {
    var place = caller
    while let index = begin() {
      for status in ["waiting", "confirming", "finished"] {
        let notice = world.notice(
          Self.first + index, status, Self.channel(index), 50, "50", "usdterc20")
        var answer = await send(notice, ports[place % ports.count])
        while answer == nil {
          place += 1
          try? await Task.sleep(for: .milliseconds(50))
          answer = await send(notice, ports[place % ports.count])
        }
        let isTaken = answer != "kept"
        state.withLock { state in
          state.acknowledged.append("\(notice.payment) \(status)")
          if isTaken, state.payments[index].taken == nil { state.payments[index].taken = .now }
        }
        // Every node in turn, and said again now and then, as the provider does.
        place += 1
        if index % 20 == caller { _ = await send(notice, ports[place % ports.count]) }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  private func begin() -> Int? {
    state.withLock { state in
      guard !state.isOver else { return nil }
      state.payments.append(Payment(begun: .now))
      return state.payments.count - 1
    }
  }

  /// What became of it there; nil where it isn't acknowledged.
  private func send(_ notice: KillWorld.Notice, _ port: Int) async -> String? {
    let request = HTTPClientRequest(
      method: "POST", url: "http://127.0.0.1:\(port)/webhooks/nowpayments",
      headers: ["Content-Type": "application/json", "x-nowpayments-sig": notice.signature],
      body: notice.body, timeoutMilliseconds: 2_000)
    guard case .success(let response) = await world.http.send(request), response.status == 200
    else { return nil }
    return (try? JSONValue.parse(response.body))?["status"]?.text
  }
}
