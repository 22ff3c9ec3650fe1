/// What is kept for a client behind the threshold; stored in stream `accumulation-<channel>`.
///
/// An accumulation has the id of its payment. Members group by wallet and asset (C-2, C-33).
public indirect enum AccumulationEvent: Hashable, Sendable {
  case locked(Locked)
  case converted(Converted)
  case reserved(Reserved)
  case paid(Paid)
  case released(Released)
  case netted(Netted)
  case forgiven(Forgiven)

  /// A payment's net value became a number of USDT that never changes again (domain 3.3).
  public struct Locked: BlankFact {
    public static let name = "accumulation.locked.v1"
    public internal(set) var asset: Asset = .none
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var locked = Money.zero(.usdt)
    public internal(set) var net: Money = .blank
    public internal(set) var payment: PaymentID = .blank
    /// The dollar value that arrived, before the fee.
    public internal(set) var received = Money.zero(.usd)
    public internal(set) var rate: Rate = .blank
    /// The channel's threshold then, in US dollars.
    public internal(set) var threshold = Money.zero(.usd)
    public internal(set) var user: Personal = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("asset", &asset)
      fields.text("channel", &channel)
      fields.money("locked", &locked)
      fields.money("net", &net)
      fields.text("payment", &payment)
      fields.group("rate", &rate)
      fields.money("received", &received)
      fields.money("threshold", &threshold)
      fields.text("user", &user)
      fields.text("wallet", &wallet)
    }
  }

  /// The received coin is USDT now; from here the member counts toward the threshold (C-8).
  public struct Converted: BlankFact {
    public static let name = "accumulation.converted.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// Nil where USDT arrived and nothing had to be swapped.
    public internal(set) var conversion: ConversionID?
    public internal(set) var payment: PaymentID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("conversion", &conversion)
      fields.text("payment", &payment)
    }
  }

  /// Members wait for a batch; written with the batch's opening, all or nothing (P-42, P-45).
  public struct Reserved: BlankFact {
    public static let name = "accumulation.reserved.v1"
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var payments: [PaymentID] = []
    public internal(set) var total = Money.zero(.usdt)

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.texts("payments", &payments)
      fields.money("total", &total)
    }
  }

  /// The batch's transfer is final and its swap finished: members are paid out (C-5).
  public struct Paid: BlankFact {
    public static let name = "accumulation.paid.v1"
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var payments: [PaymentID] = []
    public internal(set) var total = Money.zero(.usdt)

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.texts("payments", &payments)
      fields.money("total", &total)
    }
  }

  /// A member is less by what the client owes: that is paid back by it, as a person says.
  public struct Netted: BlankFact {
    public static let name = "accumulation.netted.v1"
    public internal(set) var amount = Money.zero(.usdt)
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.text("payment", &payment)
      fields.text("reason", &reason)
    }
  }

  /// What the client owes of an asset is written off, as a person says: the platform's loss.
  public struct Forgiven: BlankFact {
    public static let name = "accumulation.forgiven.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.text("reason", &reason)
    }
  }

  /// The batch failed before any money left: its members wait for the next one (P-43).
  public struct Released: BlankFact {
    public static let name = "accumulation.released.v1"
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var payments: [PaymentID] = []
    public internal(set) var total = Money.zero(.usdt)

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.texts("payments", &payments)
      fields.money("total", &total)
    }
  }
}
