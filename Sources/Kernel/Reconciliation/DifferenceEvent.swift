/// What a look at the outside found to differ from the ledger, and what became of it; stored with
/// the ledger's own facts, in `ledger-main`.
public indirect enum DifferenceEvent: Hashable, Sendable {
  case found(Found)
  case explained(Explained)
  case closed(Closed)
  case walletCounted(WalletCounted)
  case transferCorrected(TransferCorrected)

  /// Ledger and outside say two things, in two looks with a while between them.
  ///
  /// The same number again says that it has grown. It stands until it is explained, or gone.
  public struct Found: BlankFact {
    public static let name = "ledger.difference_found.v1"
    /// How much is missing from the wallet, or there beside the books.
    public internal(set) var amount: Money?
    /// From 1.
    public internal(set) var difference = 0
    public internal(set) var kind: DifferenceKind = .blank
    /// What the ledger says, in words.
    public internal(set) var ledger = ""
    public internal(set) var outside = ""
    /// When it was seen first.
    public internal(set) var since: Instant = .blank
    /// What it is about: an asset, a swap, a payment, a transaction's hash.
    public internal(set) var subject = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("difference", &difference)
      fields.text("kind", &kind)
      fields.text("ledger", &ledger)
      fields.text("outside", &outside)
      fields.text("since", &since)
      fields.text("subject", &subject)
    }
  }

  /// A person, who stands as the event's actor, knows why: it is shown no more, and what the wallet
  /// holds beside the books is reckoned with from here on.
  public struct Explained: BlankFact {
    public static let name = "ledger.difference_explained.v1"
    public internal(set) var amount: Money?
    public internal(set) var difference = 0
    public internal(set) var kind: DifferenceKind = .blank
    public internal(set) var reason = ""
    public internal(set) var subject = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("difference", &difference)
      fields.text("kind", &kind)
      fields.text("reason", &reason)
      fields.text("subject", &subject)
    }
  }

  /// Ledger and outside say the same again.
  public struct Closed: BlankFact {
    public static let name = "ledger.difference_closed.v1"
    public internal(set) var difference = 0
    public internal(set) var kind: DifferenceKind = .blank
    public internal(set) var subject = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("difference", &difference)
      fields.text("kind", &kind)
      fields.text("subject", &subject)
    }
  }

  /// What the wallet holds of an asset when it is looked at first: from here on it may only change
  /// as the books do.
  public struct WalletCounted: BlankFact {
    public static let name = "ledger.wallet_counted.v1"
    public internal(set) var block = 0
    public internal(set) var held: Money = .blank
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("block", &block)
      fields.money("held", &held)
      fields.text("wallet", &wallet)
    }
  }
}

/// In which way ledger and outside differ.
public enum DifferenceKind: String, Word {
  /// The wallet holds less than the books say (I19): nothing is signed until a person has looked.
  case walletShort = "wallet_short"
  /// The wallet holds more than the books say.
  case walletOver = "wallet_over"
  /// The chain doesn't have a transfer that the ledger has settled, or it moved something else.
  case transferMissing = "transfer_missing"
  case swapUnknown = "swap_unknown"
  /// The swap provider tells another end of a swap than the ledger has.
  case swapDiffers = "swap_differs"
  /// The payment provider has money of a payment that the ledger never heard of.
  case paymentUnknown = "payment_unknown"
  case paymentDiffers = "payment_differs"

  public static let words = WordList<DifferenceKind>()

  /// Money is gone, or may be: signing stops at once.
  var freezes: Bool {
    switch self {
    case .walletShort, .transferMissing: true
    case .walletOver, .swapUnknown, .swapDiffers, .paymentUnknown, .paymentDiffers: false
    }
  }
}

extension DifferenceEvent {
  var fact: any Fact {
    switch self {
    case .found(let fact): fact
    case .explained(let fact): fact
    case .closed(let fact): fact
    case .walletCounted(let fact): fact
    case .transferCorrected(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .found: Found.name
    case .explained: Explained.name
    case .closed: Closed.name
    case .walletCounted: WalletCounted.name
    case .transferCorrected: TransferCorrected.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .found(let fact): writer.write(fact)
    case .explained(let fact): writer.write(fact)
    case .closed(let fact): writer.write(fact)
    case .walletCounted(let fact): writer.write(fact)
    case .transferCorrected(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .found(var fact):
      fact.list(&fields)
      self = .found(fact)
    case .explained(var fact):
      fact.list(&fields)
      self = .explained(fact)
    case .closed(var fact):
      fact.list(&fields)
      self = .closed(fact)
    case .walletCounted(var fact):
      fact.list(&fields)
      self = .walletCounted(fact)
    case .transferCorrected(var fact):
      fact.list(&fields)
      self = .transferCorrected(fact)
    }
  }

  /// For people, beside name and amount.
  var remark: String? {
    switch self {
    case .found(let e): "\(e.kind.text) \(e.subject): \(e.outside)"
    case .explained(let e): "\(e.kind.text) \(e.subject): \(e.reason)"
    case .closed(let e): "\(e.kind.text) \(e.subject)"
    case .walletCounted(let e): "block \(e.block)"
    case .transferCorrected(let e): "\(e.kind.text) \(e.hash): \(e.reason)"
    }
  }

  static let forms: [FactForm] = [
    FactForm(Found.self) { .ledger(.difference(.found($0))) },
    FactForm(Explained.self) { .ledger(.difference(.explained($0))) },
    FactForm(Closed.self) { .ledger(.difference(.closed($0))) },
    FactForm(WalletCounted.self) { .ledger(.difference(.walletCounted($0))) },
    FactForm(TransferCorrected.self) { .ledger(.difference(.transferCorrected($0))) },
  ]
}
