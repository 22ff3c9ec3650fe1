/// Why a call to the outside has no report.
///
/// The texts are for people; they hold no key, no address of a service and no more of an answer
/// than a short message.
public enum GatewayFailure: Error, Hashable, Sendable {
  /// Nothing happened over there; the same call may be made again, not before the seconds are over.
  case transient(String, retryAfterSeconds: Int?)
  /// The same call would be refused again.
  case permanent(String, code: GatewayRefusal)
  /// It may have happened: only a look tells, and only the same identity may be sent again.
  case unknown(String)
}

/// What a refusal was about, for programs.
public enum GatewayRefusal: String, Hashable, Sendable, CaseIterable {
  /// A key is missing, wrong or not allowed this: an operator's matter.
  case credentials
  /// The call makes no sense to the other side: a bug of ours, or of configuration.
  case badRequest
  case notFound
  case addressInvalid
  case assetUnsupported
  case amountTooSmall
  case amountTooLarge
  /// Beyond one of the two bounds; a fresh range tells which.
  case amountOutOfRange
  /// The pair or coin is off just now; ChangeNOW also says so of amounts too small.
  case pairInactive
  case fixedRateUnavailable
  /// The rate of an estimate is no longer held: estimate again, decide again, create again.
  case rateExpired
  case notAvailable
  /// The answer speaks of something else than what was asked.
  case answerDiffers
  /// The chain would refuse or revert it.
  case wouldRevert
  case insufficientFunds
  case gasAboveCap
  case wrongChain
  /// The person has not spoken to the bot yet, or wants to hear nothing of it.
  case unreachable
  /// The bot is no administrator of the channel, or not with the right this needs.
  case rightsMissing
  case chatUnknown
  /// An owner or administrator, whom a bot can't remove.
  case notRemovable
  /// The message says that already.
  case unchanged
  /// The message can't be changed any more.
  case messageGone
  /// Who asked to join is in, or asks no more.
  case requestGone
  /// The pressing waits for no answer any more.
  case queryTooOld
  case other
}

extension GatewayFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .transient(let text, let seconds):
      seconds.map { "not now, again in \($0) s: \(text)" } ?? "not now: \(text)"
    case .permanent(let text, let code): "refused (\(code.rawValue)): \(text)"
    case .unknown(let text): "unknown whether it happened: \(text)"
    }
  }
}
