/// How another wallet takes over from the one that a log signs for (reliability 3.6, repair 3);
/// stored in the old wallet's stream, `wallet-<chain>-<address>`.
public indirect enum RotationEvent: Hashable, Sendable {
  case retired(Retired)
  case sweepSigned(SweepSigned)
  case swept(Swept)
  case nonceLost(NonceLost)
  case rotated(Rotated)

  /// Two people take the wallet out of use: it gets no nonce for a transfer any more.
  ///
  /// What has one is followed to its end. Who said so stands as the event's actor.
  public struct Retired: BlankFact {
    public static let name = "wallet.retired.v1"
    public internal(set) var chain = 0
    /// What the next transfer would have got.
    public internal(set) var nonce = 0
    public internal(set) var reason = ""
    /// The other person.
    public internal(set) var second = ""
    /// The wallet that takes over.
    public internal(set) var successor = ""
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("chain", &chain)
      fields.integer("nonce", &nonce)
      fields.text("reason", &reason)
      fields.text("second", &second)
      fields.text("successor", &successor)
      fields.text("wallet", &wallet)
    }
  }

  /// All that the retired wallet has of an asset was signed away to its successor.
  ///
  /// Durable before any byte of it leaves; every attempt is a fact of its own.
  public struct SweepSigned: BlankFact {
    public static let name = "wallet.sweep_signed.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var attempt = 0
    public internal(set) var chain = 0
    public internal(set) var hash = ""
    public internal(set) var maxFeePerGas = ""
    public internal(set) var maxPriorityFeePerGas = ""
    public internal(set) var nonce = 0
    /// The signed bytes, which may be sent again.
    public internal(set) var raw = ""
    public internal(set) var successor = ""
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("attempt", &attempt)
      fields.integer("chain", &chain)
      fields.text("hash", &hash)
      fields.text("maxFeePerGas", &maxFeePerGas)
      fields.text("maxPriorityFeePerGas", &maxPriorityFeePerGas)
      fields.integer("nonce", &nonce)
      fields.text("raw", &raw)
      fields.text("successor", &successor)
      fields.text("wallet", &wallet)
    }
  }

  /// A sweep is final on chain; what it moved stays in custody, and its gas is paid.
  public struct Swept: BlankFact {
    public static let name = "wallet.swept.v1"
    /// What the chain says was moved: nothing where it reverted.
    public internal(set) var amount: Money = .blank
    public internal(set) var block = 0
    public internal(set) var chain = 0
    /// Gas paid, in ETH.
    public internal(set) var fee = Money.zero(.eth)
    public internal(set) var hash = ""
    public internal(set) var nonce = 0
    public internal(set) var successor = ""
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.integer("block", &block)
      fields.integer("chain", &chain)
      fields.money("fee", &fee)
      fields.text("hash", &hash)
      fields.integer("nonce", &nonce)
      fields.text("successor", &successor)
      fields.text("wallet", &wallet)
    }
  }

  /// A nonce of the retired wallet was consumed for good by a transaction that pays nothing this
  /// log owes; two people have looked at it.
  ///
  /// The transfer that had the nonce, if one had, was not paid by it and never will be: it waits
  /// for a person.
  public struct NonceLost: BlankFact {
    public static let name = "wallet.nonce_lost.v1"
    public internal(set) var block = 0
    public internal(set) var chain = 0
    /// The gas that it cost the wallet, in ETH; nil where another fact has it.
    public internal(set) var fee: Money?
    /// What consumed it.
    public internal(set) var hash = ""
    public internal(set) var nonce = 0
    /// What that did, and who has looked at it.
    public internal(set) var reason = ""
    public internal(set) var transfer: TransferID?
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("block", &block)
      fields.integer("chain", &chain)
      fields.money("fee", &fee)
      fields.text("hash", &hash)
      fields.integer("nonce", &nonce)
      fields.text("reason", &reason)
      fields.text("transfer", &transfer)
      fields.text("wallet", &wallet)
    }
  }

  /// Nothing is signed with the wallet any more: its successor's `wallet.claimed` stands beside it.
  public struct Rotated: BlankFact {
    public static let name = "wallet.rotated.v1"
    public internal(set) var chain = 0
    /// What was left behind; nothing of an asset that isn't named.
    public internal(set) var left: [Money] = []
    /// The first that was never given.
    public internal(set) var nonce = 0
    public internal(set) var successor = ""
    public internal(set) var wallet = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("chain", &chain)
      fields.groups("left", &left)
      fields.integer("nonce", &nonce)
      fields.text("successor", &successor)
      fields.text("wallet", &wallet)
    }
  }
}

extension RotationEvent {
  var fact: any Fact {
    switch self {
    case .retired(let fact): fact
    case .sweepSigned(let fact): fact
    case .swept(let fact): fact
    case .nonceLost(let fact): fact
    case .rotated(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .retired: Retired.name
    case .sweepSigned: SweepSigned.name
    case .swept: Swept.name
    case .nonceLost: NonceLost.name
    case .rotated: Rotated.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .retired(let fact): writer.write(fact)
    case .sweepSigned(let fact): writer.write(fact)
    case .swept(let fact): writer.write(fact)
    case .nonceLost(let fact): writer.write(fact)
    case .rotated(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .retired(var fact):
      fact.list(&fields)
      self = .retired(fact)
    case .sweepSigned(var fact):
      fact.list(&fields)
      self = .sweepSigned(fact)
    case .swept(var fact):
      fact.list(&fields)
      self = .swept(fact)
    case .nonceLost(var fact):
      fact.list(&fields)
      self = .nonceLost(fact)
    case .rotated(var fact):
      fact.list(&fields)
      self = .rotated(fact)
    }
  }

  func tell(_ place: inout PlaceText) {
    switch self {
    case .retired(let e): place.stream("wallet", "\(e.chain)-\(e.wallet)")
    case .sweepSigned(let e):
      place.stream("wallet", "\(e.chain)-\(e.wallet)")
      place.transaction(e.hash)
    case .swept(let e):
      place.stream("wallet", "\(e.chain)-\(e.wallet)")
      place.transaction(e.hash)
    case .nonceLost(let e):
      place.stream("wallet", "\(e.chain)-\(e.wallet)")
      place.transaction(e.hash)
      if let transfer = e.transfer { place.transfer(transfer) }
    case .rotated(let e): place.stream("wallet", "\(e.chain)-\(e.wallet)")
    }
  }

  /// For people, beside name and amount.
  var remark: String? {
    switch self {
    case .retired(let e): "\(e.wallet) for \(e.successor), with \(e.second): \(e.reason)"
    case .sweepSigned(let e): "nonce \(e.nonce), \(e.hash)"
    case .swept(let e): "block \(e.block)"
    case .nonceLost(let e): "nonce \(e.nonce) by \(e.hash): \(e.reason)"
    case .rotated(let e): "\(e.wallet) by \(e.successor)"
    }
  }

  static let forms: [FactForm] = [
    FactForm(Retired.self) { .wallet(.rotation(.retired($0))) },
    FactForm(SweepSigned.self) { .wallet(.rotation(.sweepSigned($0))) },
    FactForm(Swept.self) { .wallet(.rotation(.swept($0))) },
    FactForm(NonceLost.self) { .wallet(.rotation(.nonceLost($0))) },
    FactForm(Rotated.self) { .wallet(.rotation(.rotated($0))) },
  ]
}
