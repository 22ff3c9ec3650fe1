/// What becomes of one batch payout; stored in stream `batch-<id>`.
public indirect enum BatchEvent: Hashable, Sendable {
  case opened(Opened)
  case handedOff(HandedOff)
  case completed(Completed)
  case failed(Failed)
  case retried(Retried)

  /// An immutable list of members and their sum, for one wallet and asset.
  public struct Opened: BlankFact {
    public static let name = "batch.opened.v1"
    public internal(set) var asset: Asset = .none
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var members: [BatchMember] = []
    public internal(set) var threshold = Money.zero(.usd)
    public internal(set) var total = Money.zero(.usdt)
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("asset", &asset)
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.groups("members", &members)
      fields.money("threshold", &threshold)
      fields.money("total", &total)
      fields.text("wallet", &wallet)
    }
  }

  /// The split took the batch over: it is processing (P-48l).
  public struct HandedOff: BlankFact {
    public static let name = "batch.handed_off.v1"
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.text("split", &split)
    }
  }

  /// The funds were delivered; figures are the provider's and the chain's final ones.
  public struct Completed: BlankFact {
    public static let name = "batch.completed.v1"
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    /// What reached the client's wallet.
    public internal(set) var delivered: Money = .blank
    public internal(set) var split: SplitID = .blank
    /// The host wallet's funding transaction.
    public internal(set) var transaction = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.money("delivered", &delivered)
      fields.text("split", &split)
      fields.text("transaction", &transaction)
    }
  }

  /// The batch ended before any money left; its members are released in the same append.
  public struct Failed: BlankFact {
    public static let name = "batch.failed.v1"
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.text("reason", &reason)
    }
  }
}

extension BatchEvent {
  /// What a failed batch's group holds is released again as `next`, opened in the same append.
  public struct Retried: BlankFact {
    public static let name = "batch.retried.v1"
    public internal(set) var batch: BatchID = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var next: BatchID = .blank
    /// Why, as the person said who asked for it.
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("batch", &batch)
      fields.text("channel", &channel)
      fields.text("next", &next)
      fields.text("reason", &reason)
    }
  }
}

/// One accumulation in a batch.
public struct BatchMember: FieldGroup {
  public internal(set) var amount = Money.zero(.usdt)
  public internal(set) var payment: PaymentID = .blank
  public static var blank: Self { Self(payment: .blank, amount: .zero(.usdt)) }

  init(payment: PaymentID, amount: Money) {
    self.payment = payment
    self.amount = amount
  }

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.money("amount", &amount)
    fields.text("payment", &payment)
  }
}
