/// What becomes of one order's way into the paid channel; stored in stream `invite-<order>`.
public indirect enum InviteEvent: Hashable, Sendable {
  case requested(Requested)
  case created(Created)
  case delivered(Delivered)
  case failed(Failed)

  /// A paid order is to get a link; intent of the call that makes it.
  ///
  /// `attempt` counts the order's links: the next one is asked for only where the last ran out, so
  /// that one link lives at most (P-11). Where somebody is to be told once more of one that lives,
  /// it is asked for again and created again in one append, and no other one is made.
  public struct Requested: BlankFact {
    public static let name = "invite.requested.v1"
    public internal(set) var attempt = 0
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var closed: ClosedChannelID = .blank
    public internal(set) var days = 0
    /// When access ends.
    public internal(set) var expires: Instant = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var price = Money.zero(.usd)
    /// From 1.
    public internal(set) var tier: Int?
    /// The paid channel's.
    public internal(set) var title = ""
    /// How long making and telling are tried.
    public internal(set) var tryUntil: Instant = .blank
    /// Telegram user id.
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("attempt", &attempt)
      fields.text("channel", &channel)
      fields.text("closed", &closed)
      fields.integer("days", &days)
      fields.text("expires", &expires)
      fields.text("order", &order)
      fields.money("price", &price)
      fields.integer("tier", &tier)
      fields.text("title", &title)
      fields.text("tryUntil", &tryUntil)
      fields.text("user", &user)
    }
  }

  /// Telegram made the link; intent of the message that tells it.
  public struct Created: BlankFact {
    public static let name = "invite.created.v1"
    public internal(set) var attempt = 0
    public internal(set) var channel: ChannelKey = .blank
    /// For one person, and not for ever.
    public internal(set) var link: Personal = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var validUntil: Instant = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("attempt", &attempt)
      fields.text("channel", &channel)
      fields.text("link", &link)
      fields.text("order", &order)
      fields.text("validUntil", &validUntil)
    }
  }

  /// The subscriber has the link.
  public struct Delivered: BlankFact {
    public static let name = "invite.delivered.v1"
    public internal(set) var attempt = 0
    public internal(set) var channel: ChannelKey = .blank
    /// Telegram's number of the message, in the chat with the subscriber.
    public internal(set) var message = 0
    public internal(set) var order: OrderID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("attempt", &attempt)
      fields.text("channel", &channel)
      fields.integer("message", &message)
      fields.text("order", &order)
    }
  }

  /// No link could be made or told; the access that was paid for stands, and a person is told.
  public struct Failed: BlankFact {
    public static let name = "invite.failed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("order", &order)
      fields.text("reason", &reason)
    }
  }
}

extension InviteEvent {
  static let forms: [FactForm] = [
    FactForm(Requested.self) { .invite(.requested($0)) },
    FactForm(Created.self) { .invite(.created($0)) },
    FactForm(Delivered.self) { .invite(.delivered($0)) },
    FactForm(Failed.self) { .invite(.failed($0)) },
  ]

  public var order: OrderID {
    switch self {
    case .requested(let e): e.order
    case .created(let e): e.order
    case .delivered(let e): e.order
    case .failed(let e): e.order
    }
  }

  var fact: any Fact {
    switch self {
    case .requested(let fact): fact
    case .created(let fact): fact
    case .delivered(let fact): fact
    case .failed(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .requested: Requested.name
    case .created: Created.name
    case .delivered: Delivered.name
    case .failed: Failed.name
    }
  }

  /// What a person would want to know beside the name.
  var remark: String? {
    switch self {
    case .requested(let e): e.attempt > 1 ? "link \(e.attempt)" : nil
    case .created(let e): "until \(e.validUntil.text)"
    case .delivered: nil
    case .failed(let e): e.reason
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .requested(let fact): writer.write(fact)
    case .created(let fact): writer.write(fact)
    case .delivered(let fact): writer.write(fact)
    case .failed(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .requested(var fact):
      fact.list(&fields)
      self = .requested(fact)
    case .created(var fact):
      fact.list(&fields)
      self = .created(fact)
    case .delivered(var fact):
      fact.list(&fields)
      self = .delivered(fact)
    case .failed(var fact):
      fact.list(&fields)
      self = .failed(fact)
    }
  }

  func tell(_ place: inout PlaceText) {
    func put(_ order: OrderID, _ channel: ChannelKey) {
      place.stream("invite", order)
      place.channel(channel)
      place.order(order)
    }
    switch self {
    case .requested(let e): put(e.order, e.channel)
    case .created(let e): put(e.order, e.channel)
    case .delivered(let e): put(e.order, e.channel)
    case .failed(let e): put(e.order, e.channel)
    }
  }
}
