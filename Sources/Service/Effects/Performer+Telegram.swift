import Engine
import Gateways
import Kernel

// Letting subscribers in, and taking them out again (domain 4.7, 4.11).
extension Performer {
  /// Where a call waits for an operator's hand, seconds.
  private static let patience = 600

  func createInvite(_ e: InviteEvent.Requested) async throws(GatewayFailure) -> JobOutcome {
    guard let telegram else { return Self.noBot }
    let now = clock()
    let validUntil = min(now.adding(seconds: Limits.inviteSeconds), e.expires)
    let link: String
    do throws(GatewayFailure) {
      link = try await telegram.createInviteLink(
        to: e.closed, name: String(e.order.text.suffix(32)), validUntil: validUntil)
    } catch .permanent(let why, let code) where Self.isOperators(code) {
      guard now < e.tryUntil else { return .permanent("\(code.rawValue): \(why)") }
      return .again(
        [], afterSeconds: Self.patience, because: "no link into \(e.closed): \(why)")
    }
    return .report([
      .invite(
        .noteCreated(e.order, attempt: e.attempt, link: link, validUntil: validUntil))
    ])
  }

  /// A message whose answer is lost is sent again: it is the same link.
  func deliverInvite(
    _ e: InviteEvent.Requested, _ created: InviteEvent.Created
  ) async throws(GatewayFailure) -> JobOutcome {
    guard let telegram else { return Self.noBot }
    let now = clock()
    guard now < e.tryUntil else {
      return .permanent("the subscriber could not be reached; has he started the bot?")
    }
    guard now < created.validUntil else {
      return .report([.invite(.renew(e.order, attempt: created.attempt))])
    }
    do throws(GatewayFailure) {
      let message = try await telegram.send(Self.invitation(e, created), to: e.user.value)
      return .report([
        .invite(.noteDelivered(e.order, attempt: created.attempt, message: message))
      ])
    } catch .permanent(_, code: .unreachable) {
      // He may press the button any minute now (domain 4.7).
      return .again([], afterSeconds: settings.inviteRetrySeconds)
    }
  }

  func removeMember(_ e: MembershipEvent.Expired) async throws(GatewayFailure) -> JobOutcome {
    guard let telegram else { return Self.noBot }
    do throws(GatewayFailure) {
      try await telegram.remove(e.user.value, from: e.closed)
    } catch .permanent(let why, code: .notRemovable) {
      return .report([.membership(.failRemoval(e.order, reason: why))])
    } catch .permanent(let why, _) {
      return .again(
        [], afterSeconds: Self.patience, because: "nobody leaves \(e.closed): \(why)")
    }
    return .report([.membership(.noteRemoved(e.order))])
  }

  static let noBot = JobOutcome.again(
    [], afterSeconds: patience, because: "no telegram_bot_token is configured any more")

  /// True of what an operator or the channel's owner can put right.
  private static func isOperators(_ code: GatewayRefusal) -> Bool {
    switch code {
    case .credentials, .rightsMissing, .chatUnknown: true
    case .badRequest, .notFound, .addressInvalid, .assetUnsupported, .amountTooSmall,
      .amountTooLarge, .amountOutOfRange, .pairInactive, .fixedRateUnavailable, .rateExpired,
      .notAvailable, .answerDiffers, .wouldRevert, .insufficientFunds, .gasAboveCap, .wrongChain,
      .unreachable, .notRemovable, .unchanged, .messageGone,
      .queryTooOld, .requestGone, .other:
      false
    }
  }

  /// What the subscriber reads (domain 6.6), in Telegram's HTML; it reads well twice.
  static func invitation(_ e: InviteEvent.Requested, _ created: InviteEvent.Created) -> String {
    let tiers = ["Gold", "Silver", "Bronze"]
    let tier = e.tier.flatMap { tiers.indices.contains($0 - 1) ? tiers[$0 - 1] : nil }
    let bought = [tier, "\(e.price.shortText) USD", "\(e.days) days"].compactMap { $0 }
    // Of an order of the old form nothing of that is known.
    let terms = e.days > 0 ? "\n" + bought.joined(separator: ", ") : ""
    return """
      <b>Your one-time invitation link</b>
      \(TelegramText.escaped(e.title.isEmpty ? "Premium Channel" : e.title))

      \(TelegramText.escaped(created.link.value))
      \(terms)
      The link is for you alone: it works once, until \(time(created.validUntil)). \
      Your access ends on \(time(e.expires)).
      """
  }

  private static func time(_ instant: Instant) -> String {
    let text = instant.text
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }
}
