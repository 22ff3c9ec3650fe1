/// What may be asked of an order's way into the paid channel.
public enum InviteCommand: Hashable, Sendable {
  /// Asks for the link of an order that gave access.
  case request(OrderID)
  case noteCreated(OrderID, attempt: Int, link: String, validUntil: Instant)
  case noteDelivered(OrderID, attempt: Int, message: Int)
  /// The link ran out before its subscriber could be told of it: he gets another one.
  case renew(OrderID, attempt: Int)
  case fail(OrderID, reason: String)
  /// Tells the subscriber once more: of the link that lives, or of another where it ran out.
  case resend(OrderID)
}

/// What may be asked of a membership, by the order that gave the last of it.
public enum MembershipCommand: Hashable, Sendable {
  /// Its time is over; what was extended meanwhile goes on.
  case expire(OrderID)
  case noteRemoved(OrderID)
  case failRemoval(OrderID, reason: String)
}

extension LedgerState {
  func decide(_ command: InviteCommand, at now: Instant) -> Decision {
    switch command {
    case .request(let id):
      guard let bought = bought(id) else { return .refuse(.orderUnknown) }
      // Whoever is to leave is let in again when he has left: `noteRemoved` asks for it.
      guard !memberships.isLeaving(MemberKey(bought.channel, bought.user)),
        let event = invitation(for: id, at: now)
      else { return .ignore }
      return .accept([event])
    case .noteCreated(let id, let attempt, let link, let validUntil):
      guard let invite = memberships[id], invite.phase == .open, invite.created == nil,
        invite.requested.attempt == attempt
      else { return .ignore }
      return .accept([
        .invite(
          .created(
            InviteEvent.Created(
              attempt: attempt, channel: invite.requested.channel, link: Personal(link),
              order: id, validUntil: validUntil)))
      ])
    case .noteDelivered(let id, let attempt, let message):
      guard let invite = memberships[id], invite.phase == .open,
        invite.created?.attempt == attempt
      else { return .ignore }
      return .accept([
        .invite(
          .delivered(
            InviteEvent.Delivered(
              attempt: attempt, channel: invite.requested.channel, message: message, order: id)))
      ])
    case .renew(let id, let attempt):
      guard let invite = memberships[id], invite.phase == .open, let created = invite.created,
        created.attempt == attempt, created.validUntil <= now
      else { return .ignore }
      var next = invite.requested
      next.attempt += 1
      return .accept([.invite(.requested(next))])
    case .resend(let id): return resend(id, at: now)
    case .fail(let id, let reason):
      guard let invite = memberships[id], invite.phase == .open else { return .ignore }
      return .accept([
        .invite(
          .failed(
            InviteEvent.Failed(channel: invite.requested.channel, order: id, reason: reason)))
      ])
    }
  }

  private func resend(_ id: OrderID, at now: Instant) -> Decision {
    guard let invite = memberships[id] else { return .refuse(.orderUnknown) }
    // It is being made or told already.
    guard invite.phase != .open else { return .ignore }
    guard now < invite.requested.expires else { return .refuse(.alreadyEnded) }
    var next = invite.requested
    next.tryUntil = min(next.expires, now.adding(seconds: Limits.inviteTries))
    guard let created = invite.created, now < created.validUntil else {
      next.attempt += 1
      return .accept([.invite(.requested(next))])
    }
    return .accept([.invite(.requested(next)), .invite(.created(created))])
  }

  /// What an order bought; of one of the old form only who and where is known.
  private func bought(_ id: OrderID) -> OrderEvent.Placed? {
    if let placed = order(id) { return orders.isGranted(id) ? placed : nil }
    guard let old = OldOrderText(id.text), let channel = channels[open: old.open] else {
      return nil
    }
    return OrderEvent.Placed(
      channel: channel.key, order: id, user: Personal(old.user.text))
  }

  /// The first link of an order; nil where it has one, or access is over.
  private func invitation(for id: OrderID, at now: Instant) -> LedgerEvent? {
    guard memberships[id] == nil, let bought = bought(id), let channel = channels[bought.channel],
      let end = access.end(of: bought.user, in: channels.number(of: bought.channel)), now < end
    else { return nil }
    return .invite(
      .requested(
        InviteEvent.Requested(
          attempt: 1, channel: bought.channel, closed: channel.closed, days: bought.days,
          expires: end, order: id, price: bought.price, tier: bought.tier,
          title: channel.offer.closed.title,
          tryUntil: min(end, now.adding(seconds: Limits.inviteTries)), user: bought.user)))
  }

  func decide(_ command: MembershipCommand, at now: Instant) -> Decision {
    switch command {
    case .expire(let id):
      guard let requested = memberships[id]?.requested,
        let end = access.end(of: requested.user, in: channels.number(of: requested.channel)),
        end <= now
      else { return .ignore }
      return .accept([
        .membership(
          .expired(
            MembershipEvent.Expired(
              channel: requested.channel, closed: requested.closed, expires: end, order: id,
              user: requested.user)))
      ])
    case .noteRemoved(let id):
      guard let (e, next) = memberships.removal(id) else { return .ignore }
      let removed = MembershipEvent.Removed(
        channel: e.channel, closed: e.closed, order: id, user: e.user)
      let invitation = next.flatMap { self.invitation(for: $0, at: now) }
      return .accept([.membership(.removed(removed))] + [invitation].compactMap { $0 })
    case .failRemoval(let id, let reason):
      guard let (e, next) = memberships.removal(id) else { return .ignore }
      let failed = MembershipEvent.RemovalFailed(
        channel: e.channel, closed: e.closed, order: id, reason: reason, user: e.user)
      let invitation = next.flatMap { self.invitation(for: $0, at: now) }
      return .accept([.membership(.removalFailed(failed))] + [invitation].compactMap { $0 })
    }
  }

  /// What a payment had given is taken away, as its money went back; nothing where it gave none, or
  /// that is over.
  ///
  /// What other orders gave stays. A link that may still be used lives as long as it lives: whoever
  /// was removed before its end could come back by it.
  func revocation(
    of granted: OrderEvent.Granted?, _ reason: String, at now: Instant
  ) -> [LedgerEvent] {
    guard let granted,
      let end = access.end(of: granted.user, in: channels.number(of: granted.channel)), now < end
    else { return [] }
    let member = MemberKey(granted.channel, granted.user)
    var left = max(now, end.adding(seconds: -86_400 * Int64(granted.days)))
    if left == now, let link = memberships.linkEnd(member), now < link { left = min(link, end) }
    let revoked = LedgerEvent.membership(
      .revoked(
        MembershipEvent.Revoked(
          channel: granted.channel, days: granted.days, expires: left, order: granted.order,
          payment: granted.payment, reason: reason, user: granted.user)))
    guard left == now, let invite = memberships.newest(member), !memberships.isLeaving(member)
    else { return [revoked] }
    let expired = MembershipEvent.Expired(
      channel: granted.channel, closed: invite.requested.closed, expires: left,
      order: invite.requested.order, user: granted.user)
    return [revoked, .membership(.expired(expired))]
  }

  mutating func evolve(_ event: InviteEvent) { memberships.take(event) }

  mutating func evolve(_ event: MembershipEvent) {
    if case .revoked(let e) = event {
      access.set(e.user, in: channels.number(of: e.channel), to: e.expires)
      // Whoever pays for the order once more gets what it gives.
      orders.takeBack(e.order)
    }
    memberships.take(event)
  }
}

extension InviteCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .request(let order):
      bytes.put("invite.request" as StaticString)
      bytes.put(order)
    case .noteCreated(let order, let attempt, let link, let validUntil):
      bytes.put("invite.noteCreated" as StaticString)
      bytes.put(order)
      bytes.put(attempt)
      bytes.put(link)
      bytes.put(validUntil)
    case .noteDelivered(let order, let attempt, let message):
      bytes.put("invite.noteDelivered" as StaticString)
      bytes.put(order)
      bytes.put(attempt)
      bytes.put(message)
    case .renew(let order, let attempt):
      bytes.put("invite.renew" as StaticString)
      bytes.put(order)
      bytes.put(attempt)
    case .resend(let order):
      bytes.put("invite.resend" as StaticString)
      bytes.put(order)
    case .fail(let order, let reason):
      bytes.put("invite.fail" as StaticString)
      bytes.put(order)
      bytes.put(reason)
    }
  }
}

extension MembershipCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .expire(let order):
      bytes.put("membership.expire" as StaticString)
      bytes.put(order)
    case .noteRemoved(let order):
      bytes.put("membership.noteRemoved" as StaticString)
      bytes.put(order)
    case .failRemoval(let order, let reason):
      bytes.put("membership.failRemoval" as StaticString)
      bytes.put(order)
      bytes.put(reason)
    }
  }
}
