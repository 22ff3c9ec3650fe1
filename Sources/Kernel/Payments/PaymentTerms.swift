/// What a payment pays for: an order of ours, or a tier found by an order text of the old form.
struct PaymentTerms: Hashable, Sendable {
  let channel: ChannelKey
  let order: OrderID?
  let kind: OrderPurpose
  let user: Personal
  let price: Money
  let days: Int
  /// The rate the order was placed under; nil where the policy's applies.
  let fee: BasisPoints?
  /// From 1; nil where none was bought, or an order of the old form doesn't say.
  var tier: Int?
}

/// Order ids made here name their environment, so that a sandbox notice can't credit live money.
extension OrderID {
  /// `weir-live-<token>` or `weir-sandbox-<token>`; the token is fresh chance, 128 bits or more.
  public init(environment: Environment, token: String) {
    self.init(composed: "weir-\(environment.text)-\(token)")
  }

  /// The environment an id of ours names; nil for other forms.
  var environment: Environment? {
    let parts = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "weir" else { return nil }
    return Environment(rawValue: String(parts[1]))
  }
}

extension LedgerState {
  enum Resolution {
    case terms(PaymentTerms)
    case obstacle(HoldReason, ChannelKey?)
  }

  /// Finds what a report pays for, or why nothing can be found.
  func resolve(_ report: PaymentReport) -> Resolution {
    guard let text = report.order, let id = OrderID(text: text) else {
      return .obstacle(.unknownOrder, nil)
    }
    if let named = id.environment, let genesis, named != genesis.environment {
      return .obstacle(.otherEnvironment, nil)
    }
    if let placed = order(id) {
      return .terms(
        PaymentTerms(
          channel: placed.channel, order: id, kind: placed.kind, user: placed.user,
          price: placed.price, days: placed.days, fee: placed.fee, tier: placed.tier))
    }
    guard let old = OldOrderText(text) else { return .obstacle(.unknownOrder, nil) }
    guard let channel = channels[open: old.open] else { return .obstacle(.unknownChannel, nil) }
    let key = channel.key
    let price = report.priceAmount.flatMap { Money($0, .usd) }
    let tiers = channel.tiers.filter {
      report.priceCurrency?.lowercased() == "usd" && $0.price == price
    }
    guard let tier = tiers.first else { return .obstacle(.noTierOfThatPrice, key) }
    guard tiers.count == 1 else { return .obstacle(.severalTiersOfThatPrice, key) }
    return .terms(
      PaymentTerms(
        channel: key, order: id, kind: .subscription, user: Personal(old.user.text),
        price: tier.price, days: tier.days, fee: nil))
  }
}

/// `PGP-{user}|{open_channel_id}`, the old platform's order id; the sign of the channel is kept
/// (P-04).
public struct OldOrderText: Hashable, Sendable {
  public let user: UserID
  public let open: OpenChannelID

  public init?(_ text: String) {
    guard text.hasPrefix("PGP-") else { return nil }
    let parts = text.dropFirst(4).split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 2, let user = UserID(text: String(parts[0])),
      let open = OpenChannelID(text: String(parts[1]))
    else { return nil }
    self.user = user
    self.open = open
  }

  public var text: String { "PGP-\(user)|\(open)" }
}
