/// One step of a process, the network, the chain, an operator or an adversary.
public enum Action: Hashable, Sendable {
  // A process's steps, each decided by what this process has read of the log.
  case catchUp(by: Int)
  case reserve(by: Int, batch: Int, nonce: Int)
  /// Signed, and durable in the log (and at the witness) before any byte leaves.
  case sign(by: Int, batch: Int, Transaction)
  case broadcast(by: Int, Transaction)
  /// Settles: the nonce was consumed, in a final block, by a payment of ours.
  case confirm(by: Int, batch: Int)
  /// The nonce was consumed, in a final block, by something of ours that doesn't pay.
  case release(by: Int, batch: Int)
  /// Nothing is signed for this wallet until recovery is over.
  case quarantine(by: Int)
  // Recovery by rotation: sweep the wallet, adopt its history, go on with the next.
  case sweep(by: Int, Transaction)
  case rotate(by: Int)
  // Recovery by the witness's triples: close open nonces with no-ops, adopt, go on above them.
  case close(by: Int, Transaction)
  case resume(by: Int)

  // Chain.
  case mine(Transaction)
  /// Mined with status 0.
  case revert(Transaction)
  /// The wallet's oldest mined transaction that wasn't final becomes final.
  case finalize(wallet: Int)
  /// All that isn't final is back in the pool.
  case reorg(wallet: Int)

  // Faults.
  /// What isn't in the log is forgotten.
  case crash
  /// Of the log the first entries are left.
  case restore(entries: Int)
  /// Somebody signs with our key.
  case intrude(Transaction)

  // What only broken protocols do.
  /// Signs and broadcasts what the log doesn't know.
  case send(by: Int, batch: Int, Transaction)
  /// A replacement with another nonce.
  case replace(by: Int, batch: Int, nonce: Int)
  /// `nonce too low`, so another nonce.
  case renumber(by: Int, batch: Int)
  /// Takes over what the chain shows at a nonce that the log never gave.
  case adopt(by: Int)

  /// Whether it is bad luck: no one may need it to come to an end.
  var isFault: Bool {
    switch self {
    case .reorg, .crash, .restore, .intrude, .revert: true
    case .catchUp, .reserve, .sign, .broadcast, .confirm, .release, .quarantine, .sweep, .rotate,
      .close, .resume, .mine, .finalize, .send, .replace, .renumber, .adopt:
      false
    }
  }
}

extension Action: CustomStringConvertible {
  public var description: String {
    switch self {
    case .catchUp(let p): "p\(p) reads on"
    case .reserve(let p, let batch, let nonce): "p\(p) reserves nonce \(nonce) for b\(batch)"
    case .sign(let p, _, let t): "p\(p) signs \(t)"
    case .broadcast(let p, let t): "p\(p) broadcasts \(t)"
    case .confirm(let p, let batch): "p\(p) records b\(batch) as paid"
    case .release(let p, let batch): "p\(p) releases the nonce of b\(batch)"
    case .quarantine(let p): "p\(p) quarantines the wallet"
    case .sweep(let p, let t): "p\(p) broadcasts \(t)"
    case .rotate(let p): "p\(p) adopts the wallet's history and goes on with the next wallet"
    case .close(let p, let t): "p\(p) closes \(t)"
    case .resume(let p): "p\(p) adopts the wallet's history and goes on above it"
    case .mine(let t): "mined \(t)"
    case .revert(let t): "mined and reverted \(t)"
    case .finalize(let wallet): "one more of w\(wallet) is final"
    case .reorg(let wallet): "reorg of w\(wallet)"
    case .crash: "crash"
    case .restore(let entries): "restore of the log's first \(entries)"
    case .intrude(let t): "somebody broadcasts \(t)"
    case .send(let p, _, let t): "p\(p) signs and broadcasts \(t)"
    case .replace(let p, let batch, let nonce): "p\(p) replaces b\(batch) at nonce \(nonce)"
    case .renumber(let p, let batch): "p\(p) gives up the nonce of b\(batch)"
    case .adopt(let p): "p\(p) adopts what the chain shows"
    }
  }
}
