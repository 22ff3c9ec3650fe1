/// What a node's answer to a broadcast means: a row each of the table of reliability 3.4.
///
/// None of them says that the transaction failed for good; only the chain does, by its nonce.
public enum SendAnswer: Hashable, Sendable {
  /// The node has it: watch.
  case accepted
  /// The node had these very bytes already: as good as accepted.
  case alreadyKnown
  /// No answer, a bad one, or words that are not known: send the same bytes again, and watch.
  case unknown(String)
  /// Something consumed the nonce: look up every attempt, never take a new nonce here.
  case nonceTooLow
  /// Other bytes hold the nonce: bump or wait if they are ours, stop the wallet if not.
  case replacementUnderpriced
  /// Not accepted: hold, keep the nonce, say it aloud.
  case insufficientFunds
  /// Too cheap for this node, or for the next block: bump.
  case underpriced(String)
  /// Not accepted now: send the lowest missing nonce first, and wait.
  case notNow(String)
  /// These bytes can't be mined: close the nonce by a cancel, then fail the transfer.
  case neverMinable(String)

  /// What several nodes' answers to the same bytes mean together: one that has them is enough, and
  /// never is never only where each says so.
  ///
  /// Traps on none.
  public static func together(_ answers: [SendAnswer]) -> SendAnswer {
    guard let best = answers.min(by: { $0.rank < $1.rank }) else {
      preconditionFailure("no node was asked")
    }
    return best
  }

  private var rank: Int {
    switch self {
    case .accepted: 0
    case .alreadyKnown: 1
    case .nonceTooLow: 2
    case .replacementUnderpriced: 3
    case .underpriced: 4
    case .insufficientFunds: 5
    case .notNow: 6
    case .unknown: 7
    case .neverMinable: 8
    }
  }

  /// The meaning of an error's message.
  ///
  /// Nodes share no codes, so their words decide, in any case of letters; the first row that has
  /// one counts, so that longer phrases stand before the words they contain.
  init(message: String) {
    let words = message.lowercased()
    for (phrases, answer) in Self.table where phrases.contains(where: { words.contains($0) }) {
      self = answer(JSONCall.short(message, hiding: []))
      return
    }
    self = .unknown(JSONCall.short(message, hiding: []))
  }

  // geth's and the execution APIs' words first, then Nethermind's, Besu's and Erigon's.
  private static let table: [([String], @Sendable (String) -> SendAnswer)] = [
    (
      [
        "already known", "alreadyknown", "known transaction", "tx with same hash", "already_exists",
      ],
      { _ in .alreadyKnown }
    ),
    (["nonce too low", "nonce is too low", "oldnonce"], { _ in .nonceTooLow }),
    (
      [
        "replacement transaction underpriced", "transaction replacement underpriced",
        "replacementnotallowed", "replacement not allowed",
      ], { _ in .replacementUnderpriced }
    ),
    (
      ["insufficient funds", "insufficientfunds", "upfront cost exceeds account balance"],
      { _ in .insufficientFunds }
    ),
    (
      [
        "intrinsic gas too low", "exceeds block gas limit", "invalid sender", "invalid chain id",
        "wrong chain id", "chain id not", "gas limit too high", "exceeds the configured cap",
        "priority fee per gas higher than max fee", "invalid signature", "oversized data",
        "intrinsic gas exceeds", "transaction type not supported",
      ], { .neverMinable($0) }
    ),
    (
      [
        "underpriced", "less than block base fee", "feetoolow",
        "below configured minimum gas price",
      ], { .underpriced($0) }
    ),
    (
      [
        "nonce too high", "nonce too far", "noncegap", "txpool is full", "txpool full",
        "pool is full", "account limit exceeded", "in-flight transaction limit",
      ], { .notNow($0) }
    ),
  ]
}
