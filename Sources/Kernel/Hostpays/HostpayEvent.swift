/// Funding a split from the host wallet: status check, then one transfer; stream `hostpay-<split>`.
public indirect enum HostpayEvent: Hashable, Sendable {
  case requested(Requested)
  case checked(Checked)
  case funded(Funded)
  case held(Held)

  /// The split's deposit is to be paid; intent of the status check.
  public struct Requested: BlankFact {
    public static let name = "hostpay.requested.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var split: SplitID = .blank
    /// Nil where the client's wallet is paid directly.
    public internal(set) var swap: SwapID?
    public internal(set) var to = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.text("split", &split)
      fields.text("swap", &swap)
      fields.text("to", &to)
    }
  }

  /// Right before paying, the swap was waiting and had time left (P-58, P-60a).
  public struct Checked: BlankFact {
    public static let name = "hostpay.checked.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var split: SplitID = .blank
    public internal(set) var status = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("split", &split)
      fields.text("status", &status)
    }
  }

  /// The transfer is final on chain.
  public struct Funded: BlankFact {
    public static let name = "hostpay.funded.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var split: SplitID = .blank
    public internal(set) var swap: SwapID?
    public internal(set) var transaction = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("split", &split)
      fields.text("swap", &swap)
      fields.text("transaction", &transaction)
      fields.text("transfer", &transfer)
    }
  }

  /// Stopped for a person, with the reason.
  public struct Held: BlankFact {
    public static let name = "hostpay.held.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("reason", &reason)
      fields.text("split", &split)
    }
  }
}
