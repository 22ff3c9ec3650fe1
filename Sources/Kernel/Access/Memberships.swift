/// One subscriber of one channel.
public struct MemberKey: Hashable, Comparable, Sendable {
  public internal(set) var channel: ChannelKey
  public internal(set) var user: Personal

  public init(_ channel: ChannelKey, _ user: Personal) {
    self.channel = channel
    self.user = user
  }

  public static let blank = MemberKey(.blank, .blank)

  public static func < (left: Self, right: Self) -> Bool {
    (left.channel, left.user.value) < (right.channel, right.user.value)
  }

  public mutating func list(_ fields: inout StateFields) {
    fields.text("channel", &channel)
    fields.text("user", &user)
  }
}

/// What is known of those who have a way into a paid channel, and of those who are to leave one;
/// nothing is kept of who has left.
struct Memberships: Sendable {
  struct Invite: Sendable {
    enum Phase: Int, CaseIterable, Sendable { case open, delivered, failed }
    fileprivate(set) var requested = InviteEvent.Requested()
    fileprivate(set) var created: InviteEvent.Created?
    fileprivate(set) var phase = Phase.open

    var member: MemberKey { MemberKey(requested.channel, requested.user) }
  }

  /// One who is to leave, and what he has bought meanwhile.
  private struct Leaving: Sendable {
    var expired = MembershipEvent.Expired()
    var next: OrderID?
  }

  private var invites: [OrderID: Invite] = [:]
  /// Each member's orders, the newest last.
  private var members: [MemberKey: [OrderID]] = [:]
  private var leaving: [MemberKey: Leaving] = [:]
  /// Whose removal an order's id stands for.
  private var removals: [OrderID: MemberKey] = [:]

  subscript(order: OrderID) -> Invite? { invites[order] }

  /// The order that a member's removal would stand for; nil where we let nobody in.
  func newest(_ member: MemberKey) -> Invite? { members[member]?.last.flatMap { invites[$0] } }

  /// Until when a link that was made for the member may still be used; nil where none was.
  func linkEnd(_ member: MemberKey) -> Instant? {
    members[member]?.compactMap { invites[$0]?.created?.validUntil }.max()
  }

  func isLeaving(_ member: MemberKey) -> Bool { leaving[member] != nil }

  /// The removal that is owed under an order's id, and the order that waits for it.
  func removal(_ order: OrderID) -> (expired: MembershipEvent.Expired, next: OrderID?)? {
    removals[order].flatMap { leaving[$0] }.map { ($0.expired, $0.next) }
  }

  mutating func note(_ e: OrderEvent.Granted) {
    leaving[MemberKey(e.channel, e.user)]?.next = e.order
  }

  mutating func take(_ event: InviteEvent) {
    switch event {
    case .requested(let e):
      invites[e.order] = Invite(requested: e)
      let member = MemberKey(e.channel, e.user)
      if !(members[member]?.contains(e.order) ?? false) {
        members[member, default: []].append(e.order)
      }
    case .created(let e): invites[e.order]?.created = e
    case .delivered(let e): invites[e.order]?.phase = .delivered
    case .failed(let e): invites[e.order]?.phase = .failed
    }
  }

  mutating func take(_ event: MembershipEvent) {
    switch event {
    // Another end, which whoever tells the time knows.
    case .revoked: break
    case .expired(let e):
      let member = MemberKey(e.channel, e.user)
      for order in members.removeValue(forKey: member) ?? [] { invites[order] = nil }
      leaving[member] = Leaving(expired: e)
      removals[e.order] = member
    case .removed(let e): forget(e.order)
    case .removalFailed(let e): forget(e.order)
    }
  }

  private mutating func forget(_ order: OrderID) {
    if let member = removals.removeValue(forKey: order) { leaving[member] = nil }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.map("invites", &invites, blank: (.blank, Invite())) {
      $2.text("order", &$0)
      $2.fact("requested", &$1.requested)
      $2.fact("created", &$1.created)
      $2.choice("phase", &$1.phase)
    }
    fields.map("members", &members, blank: (.blank, [])) {
      $0.list(&$2)
      $2.list("orders", &$1, blank: .blank) { $1.text("order", &$0) }
    }
    fields.map("leaving", &leaving, blank: (.blank, Leaving())) {
      $0.list(&$2)
      $2.fact("expired", &$1.expired)
      $2.text("next", &$1.next)
    }
    guard fields.isReading else { return }
    removals = [:]
    for (member, leaving) in leaving { removals[leaving.expired.order] = member }
    if removals.count != leaving.count { fields.refuse() }
  }
}
