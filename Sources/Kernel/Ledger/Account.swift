/// A place where value stands in the books; debits are positive, credits negative.
public enum Account: Hashable, Sendable {
  /// What the platform holds: at the provider, and in the host wallet.
  case custody
  /// Arrived and not yet routed.
  case clearing
  /// Arrived and waiting for a person.
  case suspense
  /// The platform's fee income.
  case fees
  /// Open positions between two assets: what was promised in one and is held in another.
  case exchange
  /// The platform's gain or loss between locked and received USDT (C-8).
  case fx
  /// What was too fine for a swap to take, a hundred-millionth at most at a time; the platform's.
  case dust
  /// Paid to the network.
  case gas
  /// Arrived and found to be nobody's; the platform's.
  case writeoffs
  /// Owed to the client and waiting behind the threshold.
  case payable(ChannelKey)
  /// Owed to the client and being paid out.
  case reserved(ChannelKey)
  /// Sent for the client and not yet delivered.
  case transit(ChannelKey)
  /// Paid out to the client for a payment that was taken back: the client owes it.
  case receivable(ChannelKey)

  /// `payable:<channel>` and the like, as tables store it.
  public var text: String {
    switch self {
    case .custody: "custody"
    case .clearing: "clearing"
    case .suspense: "suspense"
    case .fees: "fees"
    case .exchange: "exchange"
    case .fx: "fx"
    case .dust: "dust"
    case .gas: "gas"
    case .writeoffs: "writeoffs"
    case .payable(let channel): "payable:\(channel)"
    case .reserved(let channel): "reserved:\(channel)"
    case .transit(let channel): "transit:\(channel)"
    case .receivable(let channel): "receivable:\(channel)"
    }
  }

  /// The client whose money the account is about.
  public var channel: ChannelKey? {
    switch self {
    case .payable(let channel), .reserved(let channel), .transit(let channel),
      .receivable(let channel):
      channel
    case .custody, .clearing, .suspense, .fees, .exchange, .fx, .dust, .gas, .writeoffs: nil
    }
  }
}

/// One line of a double entry.
public struct Posting: Hashable, Sendable {
  public let account: Account
  public let amount: Money

  init(_ account: Account, _ amount: Money) {
    self.account = account
    self.amount = amount
  }
}
