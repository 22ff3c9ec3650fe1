/// What a process knows: the fold of the log as far as it has read.
struct View: Sendable {
  struct Slot: Hashable, Sendable {
    let wallet: Int
    let nonce: Int
  }

  struct Batch: Sendable {
    var isDone = false
    /// The nonce it is bound to.
    var slot: Slot?
    /// What was signed for that nonce.
    var signed: [Transaction] = []
  }

  private(set) var batches: [Batch]
  /// The next nonce of each wallet.
  private(set) var next: [Int]
  private(set) var wallet = 0
  private(set) var isQuarantined = false
  /// How many entries were read.
  private(set) var count = 0

  init(_ rules: Rules) {
    batches = Array(repeating: Batch(), count: rules.batches)
    next = Array(repeating: 0, count: rules.wallets)
  }

  init(_ rules: Rules, _ log: ArraySlice<Entry>) {
    self.init(rules)
    for entry in log { read(entry) }
  }

  mutating func read(_ entry: Entry) {
    count += 1
    switch entry {
    case .reserved(let batch, let wallet, let nonce):
      next[wallet] = max(next[wallet], nonce + 1)
      guard !batches[batch].isDone else { return }
      // Of two nonces, which only broken protocols give, the later one counts.
      if let slot = batches[batch].slot,
        (slot.wallet, slot.nonce) >= (wallet, nonce)
      {
        return
      }
      batches[batch].slot = Slot(wallet: wallet, nonce: nonce)
      batches[batch].signed = []
    case .signed(let batch, let transaction):
      guard let slot = batches[batch].slot, slot.wallet == transaction.wallet,
        slot.nonce == transaction.nonce
      else { return }
      batches[batch].signed.append(transaction)
    case .confirmed(let batch), .adopted(let batch):
      batches[batch] = Batch(isDone: true)
    case .released(let batch, let wallet, let nonce):
      guard batches[batch].slot == Slot(wallet: wallet, nonce: nonce) else { return }
      batches[batch] = Batch()
    case .skipped(let wallet, let nonce): next[wallet] = max(next[wallet], nonce + 1)
    case .quarantined: isQuarantined = true
    case .rotated(let wallet):
      self.wallet = wallet
      begin()
    case .resumed(let wallet, let next):
      self.next[wallet] = max(self.next[wallet], next)
      begin()
    }
  }

  /// A new epoch: all nonces of the last one are consumed, or can never be.
  private mutating func begin() {
    isQuarantined = false
    for index in batches.indices where !batches[index].isDone { batches[index] = Batch() }
  }
}
