/// How a subscriber's time in a paid channel ends; stored in stream `membership-<order>`, by the
/// order that gave the last of it.
public indirect enum MembershipEvent: Hashable, Sendable {
  case revoked(Revoked)
  case expired(Expired)
  case removed(Removed)
  case removalFailed(RemovalFailed)

  /// What an order gave was taken away, as the payment for it went back: access ends earlier.
  ///
  /// Where nothing of it is left the removal follows in the same append, or when the last link that
  /// the subscriber may still have has run out.
  public struct Revoked: BlankFact {
    public static let name = "membership.revoked.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// What the order had given.
    public internal(set) var days = 0
    /// When access ends now.
    public internal(set) var expires: Instant = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var reason = ""
    /// Telegram user id.
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.integer("days", &days)
      fields.text("expires", &expires)
      fields.text("order", &order)
      fields.text("payment", &payment)
      fields.text("reason", &reason)
      fields.text("user", &user)
    }
  }

  /// Access has ended; intent of the removal, which is tried until it is a fact (P-76).
  public struct Expired: BlankFact {
    public static let name = "membership.expired.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var closed: ClosedChannelID = .blank
    /// When it ended.
    public internal(set) var expires: Instant = .blank
    public internal(set) var order: OrderID = .blank
    /// Telegram user id.
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("closed", &closed)
      fields.text("expires", &expires)
      fields.text("order", &order)
      fields.text("user", &user)
    }
  }

  /// The subscriber isn't in the channel and may join again with another link (C-25).
  public struct Removed: BlankFact {
    public static let name = "membership.removed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var closed: ClosedChannelID = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("closed", &closed)
      fields.text("order", &order)
      fields.text("user", &user)
    }
  }

  /// Telegram lets nobody remove this one, such as an administrator; a person decides.
  public struct RemovalFailed: BlankFact {
    public static let name = "membership.removal_failed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var closed: ClosedChannelID = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var reason = ""
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("closed", &closed)
      fields.text("order", &order)
      fields.text("reason", &reason)
      fields.text("user", &user)
    }
  }
}

extension MembershipEvent {
  static let forms: [FactForm] = [
    FactForm(Revoked.self) { .membership(.revoked($0)) },
    FactForm(Expired.self) { .membership(.expired($0)) },
    FactForm(Removed.self) { .membership(.removed($0)) },
    FactForm(RemovalFailed.self) { .membership(.removalFailed($0)) },
  ]

  var fact: any Fact {
    switch self {
    case .revoked(let fact): fact
    case .expired(let fact): fact
    case .removed(let fact): fact
    case .removalFailed(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .revoked: Revoked.name
    case .expired: Expired.name
    case .removed: Removed.name
    case .removalFailed: RemovalFailed.name
    }
  }

  /// What a person would want to know beside the name.
  var remark: String? {
    switch self {
    case .revoked(let e): "\(e.days) days less, until \(e.expires.text): \(e.reason)"
    case .expired(let e): "at \(e.expires.text)"
    case .removed: nil
    case .removalFailed(let e): e.reason
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .revoked(let fact): writer.write(fact)
    case .expired(let fact): writer.write(fact)
    case .removed(let fact): writer.write(fact)
    case .removalFailed(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .revoked(var fact):
      fact.list(&fields)
      self = .revoked(fact)
    case .expired(var fact):
      fact.list(&fields)
      self = .expired(fact)
    case .removed(var fact):
      fact.list(&fields)
      self = .removed(fact)
    case .removalFailed(var fact):
      fact.list(&fields)
      self = .removalFailed(fact)
    }
  }

  func tell(_ place: inout PlaceText) {
    func put(_ order: OrderID, _ channel: ChannelKey) {
      place.stream("membership", order)
      place.channel(channel)
      place.order(order)
    }
    switch self {
    case .revoked(let e):
      put(e.order, e.channel)
      place.payment(e.payment)
    case .expired(let e): put(e.order, e.channel)
    case .removed(let e): put(e.order, e.channel)
    case .removalFailed(let e): put(e.order, e.channel)
    }
  }
}
