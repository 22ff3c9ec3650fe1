public import Kernel
import Synchronization

/// Who is who, as every request asks it: a second fold of the accounts' facts, beside the loop's.
///
/// It follows the log, so whoever was told that something is durable may be ahead of it for a
/// moment: `after` waits that moment out.
public final class AccountDirectory: Sendable {
  private struct State {
    var accounts = Accounts()
    var position: UInt64 = 0
    var waiting: [(position: UInt64, then: @Sendable () -> Void)] = []
  }

  private let state = Mutex(State())

  public init() {}

  /// Accounts as they were at a position.
  init(_ accounts: Accounts, at position: UInt64) {
    state.withLock {
      $0.accounts = accounts
      $0.position = position
    }
  }

  /// The state as the log left it.
  public func begin(_ ledger: LedgerState, at position: UInt64) {
    state.withLock {
      $0.accounts = ledger.accounts
      $0.position = position
    }
  }

  /// Takes in what is durable now.
  public func take(_ committed: [Recorded]) {
    guard let last = committed.last else { return }
    let ready = state.withLock { state in
      for recorded in committed where recorded.position > state.position {
        if case .account(let event) = recorded.event { state.accounts.take(event) }
      }
      state.position = max(state.position, last.position)
      let ready = state.waiting.filter { $0.position <= state.position }
      if !ready.isEmpty { state.waiting.removeAll { $0.position <= state.position } }
      return ready
    }
    for waiting in ready { waiting.then() }
  }

  /// Runs `then` once the facts up to a position are taken in; on the thread that takes them in.
  func after(_ position: UInt64, _ then: @escaping @Sendable () -> Void) {
    let isThere = state.withLock { state in
      if state.position >= position { return true }
      state.waiting.append((position, then))
      return false
    }
    if isThere { then() }
  }

  func read<T: Sendable>(_ body: (Accounts) -> T) -> T {
    state.withLock { body($0.accounts) }
  }
}
