/// What the guards say about a transfer before it gets its nonce; stored in its stream,
/// `transfer-<id>`.
public indirect enum TransferGuardEvent: Hashable, Sendable {
  case held(Held)
  case approved(Approved)
  case cleared(Cleared)

  /// Over a cap, or beyond what is plausible: it waits for the next day, or for two people.
  public struct Held: BlankFact {
    public static let name = "transfer.held.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var channel: ChannelKey = .blank
    /// What an approval is bound to: 64 hex digits over the obligation's content.
    public internal(set) var digest = ""
    public internal(set) var reason = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.text("digest", &digest)
      fields.text("reason", &reason)
      fields.text("transfer", &transfer)
    }
  }

  /// One person has looked at what the digest stands for, and says that it may be sent.
  public struct Approved: BlankFact {
    public static let name = "transfer.approved.v1"
    /// Who; two different ones are needed.
    public internal(set) var approver = ""
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var digest = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("approver", &approver)
      fields.text("channel", &channel)
      fields.text("digest", &digest)
      fields.text("transfer", &transfer)
    }
  }

  /// It gets its nonce in the same append, and counts toward the caps of its day.
  public struct Cleared: BlankFact {
    public static let name = "transfer.cleared.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var channel: ChannelKey = .blank
    /// Days since 1970 in UTC.
    public internal(set) var day = 0
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.integer("day", &day)
      fields.text("transfer", &transfer)
    }
  }
}

extension TransferGuardEvent {
  var id: TransferID {
    switch self {
    case .held(let e): e.transfer
    case .approved(let e): e.transfer
    case .cleared(let e): e.transfer
    }
  }

  var channel: ChannelKey {
    switch self {
    case .held(let e): e.channel
    case .approved(let e): e.channel
    case .cleared(let e): e.channel
    }
  }

  func tell(_ place: inout PlaceText) {
    place.stream("transfer", id)
    place.channel(channel)
    place.transfer(id)
  }

  var fact: any Fact {
    switch self {
    case .held(let fact): fact
    case .approved(let fact): fact
    case .cleared(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .held: Held.name
    case .approved: Approved.name
    case .cleared: Cleared.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .held(let fact): writer.write(fact)
    case .approved(let fact): writer.write(fact)
    case .cleared(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .held(var fact):
      fact.list(&fields)
      self = .held(fact)
    case .approved(var fact):
      fact.list(&fields)
      self = .approved(fact)
    case .cleared(var fact):
      fact.list(&fields)
      self = .cleared(fact)
    }
  }

  /// For people, beside name and amount.
  var remark: String? {
    switch self {
    case .held(let e): e.reason
    case .approved(let e): "by \(e.approver)"
    case .cleared: nil
    }
  }

  static let forms: [FactForm] = [
    FactForm(Held.self) { .transfer(.guarded(.held($0))) },
    FactForm(Approved.self) { .transfer(.guarded(.approved($0))) },
    FactForm(Cleared.self) { .transfer(.guarded(.cleared($0))) },
  ]
}
