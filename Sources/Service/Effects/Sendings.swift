import Kernel
import Sagas
import Synchronization

/// What a process remembers of the transfers it sends; nothing is lost with it but patience.
///
/// How long an attempt has waited counts from the first look of this process: a restart waits anew.
final class Sendings: Sendable {
  private struct State {
    /// Head of the chain when an attempt was sent first, by hash.
    var heads: [String: Int] = [:]
    /// Answers without a meaning, one after the other.
    var odd: [TransferID: Int] = [:]
    /// Looks at which the payout of a finished swap wasn't on the chain.
    var unseen: [SwapID: Int] = [:]
    /// The newest bytes of each open nonce, by wallet.
    var raws: [String: [Int: String]] = [:]
  }
  private let state = Mutex(State())

  /// Blocks since the attempt was looked for first.
  func blocksWaited(_ hash: String, head: Int) -> Int {
    state.withLock { state in
      let first = state.heads[hash] ?? head
      state.heads[hash] = first
      return head - first
    }
  }

  /// How many answers in a row meant nothing, this one included.
  func oddAnswers(_ id: TransferID, _ isOdd: Bool) -> Int {
    state.withLock { state in
      state.odd[id] = isOdd ? state.odd[id, default: 0] + 1 : nil
      return state.odd[id] ?? 0
    }
  }

  /// How often a payout wasn't to be seen, this time included.
  func unseenPayouts(_ swap: SwapID) -> Int {
    state.withLock { state in
      state.unseen[swap, default: 0] += 1
      return state.unseen[swap, default: 0]
    }
  }

  func note(_ open: OpenTransfer, _ raw: String) {
    state.withLock { $0.raws[open.requested.wallet, default: [:]][open.nonce] = raw }
  }

  /// Bytes of the wallet's lower nonces from one on, the lowest first.
  func below(_ open: OpenTransfer, from nonce: Int) -> [String] {
    state.withLock { state in
      (state.raws[open.requested.wallet] ?? [:])
        .filter { $0.key >= nonce && $0.key < open.nonce }
        .sorted { $0.key < $1.key }.map(\.value)
    }
  }

  func forget(_ open: OpenTransfer) {
    state.withLock { state in
      for attempt in open.attempts { state.heads[attempt.hash] = nil }
      state.odd[open.id] = nil
      state.raws[open.requested.wallet]?[open.nonce] = nil
    }
  }
}
