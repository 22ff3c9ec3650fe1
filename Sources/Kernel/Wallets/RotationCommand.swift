/// What may be asked of the wallet while another one takes over from it.
public enum RotationCommand: Hashable, Sendable {
  /// No transfer gets a nonce of the wallet any more; `second` is the other person who says so.
  ///
  /// Another successor may be named until something is signed for it.
  case retire(successor: String, second: String, reason: String)
  case noteSweepSigned(SignedSweep)
  /// Final on chain; `amount` is what it moved.
  case noteSwept(MinedTransfer, amount: Money)
  /// A nonce that none of ours consumed, or one that this log never gave; `fee` is the gas that the
  /// wallet paid for it.
  ///
  /// Refused where what consumed it is ours.
  case noteNonceLost(nonce: Int, hash: String, block: Int, fee: Money?, reason: String)
  /// The successor signs from `nonce` on; `left` stays behind.
  ///
  /// Refused while any nonce of the old wallet is open, or not explained.
  case finish(nonce: Int, left: [Money])
}

/// A signed sweep, not yet sent.
public struct SignedSweep: Hashable, Sendable {
  public let amount: Money
  public let signed: SignedTransfer

  public init(amount: Money, signed: SignedTransfer) {
    self.amount = amount
    self.signed = signed
  }
}

extension RotationCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .retire(let successor, let second, let reason):
      bytes.put("wallet.retire" as StaticString)
      bytes.put(successor)
      bytes.put(second)
      bytes.put(reason)
    case .noteSweepSigned(let sweep):
      bytes.put("wallet.noteSweepSigned" as StaticString)
      bytes.put(sweep.amount)
      bytes.put(sweep.signed)
    case .noteSwept(let mined, let amount):
      bytes.put("wallet.noteSwept" as StaticString)
      bytes.put(mined)
      bytes.put(amount)
    case .noteNonceLost(let nonce, let hash, let block, let fee, let reason):
      bytes.put("wallet.noteNonceLost" as StaticString)
      bytes.put(nonce)
      bytes.put(hash)
      bytes.put(block)
      bytes.put(fee) { $0.put($1) }
      bytes.put(reason)
    case .finish(let nonce, let left):
      bytes.put("wallet.finish" as StaticString)
      bytes.put(nonce)
      bytes.put(left) { $0.put($1) }
    }
  }
}
