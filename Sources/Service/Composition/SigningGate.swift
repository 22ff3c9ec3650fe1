import Kernel
import Synchronization

/// Whether anything new may be signed, as the calls see it that lead to a signature.
///
/// The kernel refuses nonces and signatures of a frozen ledger by itself; this spares the calls,
/// and holds from the moment an invariant is seen broken until one look finds it whole, whatever
/// the log says meanwhile.
final class SigningGate: Sendable {
  private struct State {
    /// Until the log is taken in nobody knows.
    var frozen: String? = "the log is being taken in"
    var broken: String?
    var foreignNonce: String?
  }

  private let state = Mutex(State())

  /// Why nothing is signed; nil where signing goes on.
  var reason: String? { state.withLock { $0.frozen ?? $0.broken } }

  /// The state as the log left it.
  func begin(_ ledger: LedgerState) { state.withLock { $0.frozen = ledger.frozen } }

  /// Takes in what is durable now.
  func take(_ committed: [Recorded]) {
    for recorded in committed {
      guard case .ledger(let event) = recorded.event else { continue }
      switch event {
      case .frozen(let e): state.withLock { $0.frozen = e.reason }
      case .unfrozen: state.withLock { $0.frozen = nil }
      case .opened, .recovered, .adoptionBegun, .capsSet, .unfreezeApproved, .capsAsked,
        .capsApproved, .tableAsked, .dustSwept, .liabilitiesPublished, .difference, .legacy,
        .step:
        break
      }
    }
  }

  /// What the chain said last of nonces that aren't this log's; nil where it knows none.
  var foreignNonce: String? { state.withLock { $0.foreignNonce } }

  func note(foreignNonce words: String?) { state.withLock { $0.foreignNonce = words } }

  /// What a look at the invariants found, nil where they hold; true where that is news.
  func note(broken words: String?) -> Bool {
    state.withLock { state in
      defer { state.broken = words }
      return words != nil && state.broken == nil
    }
  }
}
