/// What people decide about a payment that couldn't be booked, or that was taken back (C-21,
/// MO-12); stored in its stream, `payment-<id>`, with who it was in the envelope.
public indirect enum PaymentRulingEvent: Hashable, Sendable {
  case takenBack(TakenBack)
  case accepted(Accepted)
  case refunded(Refunded)
  case writtenOff(WrittenOff)
  case reversed(Reversed)
  case contradicted(Contradicted)
  case misnamed(Misnamed)
  case upheld(Upheld)

  /// The provider says that it refunded what is booked here; nothing moves until a person says so.
  public struct TakenBack: BlankFact {
    public static let name = "payment.taken_back.v1"
    public internal(set) var channel: ChannelKey?
    public internal(set) var payment: PaymentID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("payment", &payment)
    }
  }

  /// A held payment counts as paid: what follows from it stands behind, in the same append.
  public struct Accepted: BlankFact {
    public static let name = "payment.accepted.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// What it had waited for.
    public internal(set) var heldFor: HoldReason = .blank
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("heldFor", &heldFor)
      fields.text("payment", &payment)
      fields.text("reason", &reason)
    }
  }

  /// A held payment's money went back to whoever paid it.
  public struct Refunded: BlankFact {
    public static let name = "payment.refunded.v1"
    /// What leaves suspense; nil where it was never known what had arrived.
    public internal(set) var amount: Money?
    public internal(set) var channel: ChannelKey?
    public internal(set) var heldFor: HoldReason = .blank
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var reason = ""
    /// What sent it back: a hash, or the provider's own reference.
    public internal(set) var transaction = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.text("heldFor", &heldFor)
      fields.text("payment", &payment)
      fields.text("reason", &reason)
      fields.text("transaction", &transaction)
    }
  }

  /// A held payment is nobody's: what arrived stays with the platform.
  public struct WrittenOff: BlankFact {
    public static let name = "payment.written_off.v1"
    public internal(set) var amount: Money?
    public internal(set) var channel: ChannelKey?
    public internal(set) var heldFor: HoldReason = .blank
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.text("heldFor", &heldFor)
      fields.text("payment", &payment)
      fields.text("reason", &reason)
    }
  }

  /// A booked payment's money went back: its booking is undone, fee and all.
  public struct Reversed: BlankFact {
    public static let name = "payment.reversed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var fee: Money = .blank
    public internal(set) var net: Money = .blank
    public internal(set) var outcome: Money = .blank
    /// What the client had been credited with.
    public internal(set) var owed: Money = .blank
    public internal(set) var payment: PaymentID = .blank
    /// What it was booked at.
    public internal(set) var rate: Rate = .blank
    public internal(set) var reason = ""
    public internal(set) var takenFrom: ReversalSource = .blank
    public internal(set) var transaction = ""
    /// Whether what arrived was USDT by then.
    public internal(set) var wasConverted = false

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.money("fee", &fee)
      fields.money("net", &net)
      fields.money("outcome", &outcome)
      fields.money("owed", &owed)
      fields.text("payment", &payment)
      fields.group("rate", &rate)
      fields.text("reason", &reason)
      fields.text("takenFrom", &takenFrom)
      fields.text("transaction", &transaction)
      fields.flag("wasConverted", &wasConverted)
    }
  }
}

/// Where the client's share of a reversed payment comes from.
public enum ReversalSource: String, Word {
  /// From what waits behind the threshold.
  case payable
  /// It is paid out, or being paid: the client owes it.
  case receivable

  public static let words = WordList<ReversalSource>()
}

extension PaymentRulingEvent {
  var payment: PaymentID {
    switch self {
    case .takenBack(let e): e.payment
    case .accepted(let e): e.payment
    case .refunded(let e): e.payment
    case .writtenOff(let e): e.payment
    case .reversed(let e): e.payment
    case .contradicted(let e): e.payment
    case .misnamed(let e): e.payment
    case .upheld(let e): e.payment
    }
  }

  private var channel: ChannelKey? {
    switch self {
    case .takenBack(let e): e.channel
    case .accepted(let e): e.channel
    case .refunded(let e): e.channel
    case .writtenOff(let e): e.channel
    case .reversed(let e): e.channel
    case .contradicted(let e): e.channel
    case .misnamed(let e): e.channel
    case .upheld(let e): e.channel
    }
  }

  func tell(_ place: inout PlaceText) {
    place.stream("payment", payment)
    place.channel(channel)
    place.payment(payment)
    switch self {
    case .refunded(let e): place.transaction(e.transaction)
    case .reversed(let e): place.transaction(e.transaction)
    case .takenBack, .accepted, .writtenOff, .contradicted, .misnamed, .upheld: break
    }
  }

  var fact: any Fact {
    switch self {
    case .takenBack(let fact): fact
    case .accepted(let fact): fact
    case .refunded(let fact): fact
    case .writtenOff(let fact): fact
    case .reversed(let fact): fact
    case .contradicted(let fact): fact
    case .misnamed(let fact): fact
    case .upheld(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .takenBack: TakenBack.name
    case .accepted: Accepted.name
    case .refunded: Refunded.name
    case .writtenOff: WrittenOff.name
    case .reversed: Reversed.name
    case .contradicted: Contradicted.name
    case .misnamed: Misnamed.name
    case .upheld: Upheld.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .takenBack(let fact): writer.write(fact)
    case .accepted(let fact): writer.write(fact)
    case .refunded(let fact): writer.write(fact)
    case .writtenOff(let fact): writer.write(fact)
    case .reversed(let fact): writer.write(fact)
    case .contradicted(let fact): writer.write(fact)
    case .misnamed(let fact): writer.write(fact)
    case .upheld(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .takenBack(var fact):
      fact.list(&fields)
      self = .takenBack(fact)
    case .accepted(var fact):
      fact.list(&fields)
      self = .accepted(fact)
    case .refunded(var fact):
      fact.list(&fields)
      self = .refunded(fact)
    case .writtenOff(var fact):
      fact.list(&fields)
      self = .writtenOff(fact)
    case .reversed(var fact):
      fact.list(&fields)
      self = .reversed(fact)
    case .contradicted(var fact):
      fact.list(&fields)
      self = .contradicted(fact)
    case .misnamed(var fact):
      fact.list(&fields)
      self = .misnamed(fact)
    case .upheld(var fact):
      fact.list(&fields)
      self = .upheld(fact)
    }
  }

  /// The amount it is about, where it has one.
  var namedAmount: Money? {
    switch self {
    case .refunded(let e): e.amount
    case .writtenOff(let e): e.amount
    case .reversed(let e): e.outcome
    case .contradicted(let e): e.amount
    case .takenBack, .accepted, .misnamed, .upheld: nil
    }
  }

  /// For people, beside name and amount.
  var remark: String? {
    switch self {
    case .takenBack: "the provider says that it was refunded"
    case .accepted(let e): "\(e.heldFor.text), accepted: \(e.reason)"
    case .refunded(let e): "\(e.heldFor.text), by \(e.transaction): \(e.reason)"
    case .writtenOff(let e): "\(e.heldFor.text): \(e.reason)"
    case .reversed(let e): "from \(e.takenFrom.text), by \(e.transaction): \(e.reason)"
    case .contradicted(let e): e.words
    case .misnamed(let e): e.words
    case .upheld(let e): e.reason
    }
  }

  static let forms: [FactForm] = [
    FactForm(TakenBack.self) { .payment(.ruled(.takenBack($0))) },
    FactForm(Accepted.self) { .payment(.ruled(.accepted($0))) },
    FactForm(Refunded.self) { .payment(.ruled(.refunded($0))) },
    FactForm(WrittenOff.self) { .payment(.ruled(.writtenOff($0))) },
    FactForm(Reversed.self) { .payment(.ruled(.reversed($0))) },
    FactForm(Contradicted.self) { .payment(.ruled(.contradicted($0))) },
    FactForm(Misnamed.self) { .payment(.ruled(.misnamed($0))) },
    FactForm(Upheld.self) { .payment(.ruled(.upheld($0))) },
  ]
}
