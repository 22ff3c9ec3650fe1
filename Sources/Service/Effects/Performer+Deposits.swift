import Gateways
package import Kernel
import Synchronization

/// Where calls ask the ledger about a conversion's coin; nothing is asked before it is connected.
///
/// A ledger that gives no answer at all, as one that is being stopped, ends the call: what nobody
/// could look at isn't taken for there.
package final class DepositDesk: Sendable {
  package typealias Question = @Sendable (SplitID) async -> OutsideQuestion??
  package typealias Missing = @Sendable (SplitID, WalletLook) async -> Money??

  private let ledger = Mutex<(question: Question, missing: Missing)?>(nil)

  package func connect(question: @escaping Question, missing: @escaping Missing) {
    ledger.withLock { $0 = (question, missing) }
  }

  func question(_ split: SplitID) async throws(GatewayFailure) -> OutsideQuestion? {
    guard let ledger = ledger.withLock({ $0 }) else { return nil }
    guard let answer = await ledger.question(split) else { throw Self.silent }
    return answer
  }

  func missing(_ split: SplitID, _ look: WalletLook) async throws(GatewayFailure) -> Money? {
    guard let ledger = ledger.withLock({ $0 }) else { return nil }
    guard let answer = await ledger.missing(split, look) else { throw Self.silent }
    return answer
  }

  private static let silent = GatewayFailure.transient(
    "the ledger doesn't answer", retryAfterSeconds: nil)
}

// A conversion's coin is looked for before it is sent on (PP-10).
extension Performer {
  /// What all our wallets hold of a conversion's coin; nil for any other split.
  func conversionCoin(
    _ split: SplitID, _ live: LiveEndpoints
  ) async throws(GatewayFailure) -> WalletLook? {
    guard try await deposits.question(split) != nil else { return nil }
    // The head before the question: what is in that block was signed before, and so is in it.
    let head = try await live.head()
    guard let question = try await deposits.question(split) else { return nil }
    return try await wallet(question, live, atBlock: head)
  }

  /// What of a conversion's coin isn't there; nil where all is, or nobody can look.
  func missingDeposit(
    _ request: SplitEvent.Requested
  ) async throws(GatewayFailure) -> Money? {
    guard request.purpose.conversion != nil, let chain = settings.chain else { return nil }
    let live = try await endpoints.live(chain: chain, at: clock())
    guard let look = try await conversionCoin(request.split, live) else { return nil }
    return try await deposits.missing(request.split, look)
  }
}
