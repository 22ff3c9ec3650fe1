// What the bot says unasked, and when.

extension LedgerState {
  /// A channel's owner hears of each payment, in the append that books it: how he is paid, and how
  /// far that is, and nothing of the coin that came (domain 4.13, P-79d).
  func ownerNotice(
    of payment: PaymentEvent.Finished, _ channel: ChannelState, tier: Int?, days: Int
  ) -> LedgerEvent? {
    guard chats.bot != nil, let owner = channel.offer.notify else { return nil }
    var lines = ["Channel \(channel.open)", "Customer \(payment.user.value)"]
    let price = "$\(payment.price.shortText)"
    lines.append(
      days > 0
        ? (tier.map { "Tier \($0): " } ?? "") + "\(price) for \(days) days" : "Donation of \(price)"
    )
    let payout = channel.payout
    let wallet =
      payout.wallet.count > 48
      ? payout.wallet.prefix(20) + "…" + payout.wallet.suffix(20) : payout.wallet[...]
    lines.append("Paid out in \(payout.asset) to \(wallet)")
    switch payout.strategy {
    case .instant: lines.append("At once, payment by payment")
    case .threshold:
      var collected = collected(by: channel.key)
      collected.add(payment.rate.applied(to: payment.net))
      if let progress = channel.progress(collected) { lines.append(progress.text) }
    }
    return .chat(
      .noticeRequested(
        ChatEvent.NoticeRequested(
          chat: owner, kind: .payment, lines: lines, notice: "paid-\(payment.payment)",
          title: channel.offer.open.title)))
  }

  func remind(_ order: OrderID, _ end: Instant, at now: Instant) -> Decision {
    guard chats.bot != nil, let requested = memberships[order]?.requested,
      let channel = channels[requested.channel], now < end,
      access.end(of: requested.user, in: channels.number(of: requested.channel)) == end
    else { return .ignore }
    let isSold = !channel.isClosed && channel.tiers.indices.contains((requested.tier ?? 0) - 1)
    return .accept([
      .chat(
        .noticeRequested(
          ChatEvent.NoticeRequested(
            chat: requested.user, kind: .reminder, lines: [end.text],
            notice: "end-\(order)-\(end.microseconds / 1_000_000)",
            open: channel.isClosed ? nil : channel.open, tier: isSold ? requested.tier : nil,
            title: channel.offer.closed.title)))
    ])
  }

  func post(
    _ open: OpenChannelID, _ place: PostPlace, _ isByHand: Bool, at now: Instant
  ) -> Decision {
    guard let channel = channels[open: open] else { return .refuse(.channelUnknown) }
    guard !channel.isClosed else { return .refuse(.channelClosed) }
    guard chats.bot != nil else { return .ignore }
    let post = chats.posts[open, place]
    guard !post.isOpen else { return .ignore }
    if isByHand {
      guard post.again <= now else { return .refuse(.tooSoon) }
    } else {
      guard !post.isStopped else { return .ignore }
    }
    var screen = ChatScreen(place == .open ? .offer : .donationLink)
    screen.open = open
    screen.title = channel.offer.closed.title
    switch place {
    case .open:
      screen.about = channel.offer.closed.description
      screen.lines = [channel.offer.open.title, channel.offer.open.description]
      screen.tiers = channel.tiers
    case .closed:
      guard let wish = channel.offer.donationMessage, !wish.isEmpty else { return .ignore }
      screen.about = wish
    }
    return .accept([
      .chat(
        .postRequested(
          ChatEvent.PostRequested(
            again: isByHand ? now.adding(seconds: Limits.postCooldownSeconds) : nil,
            chat: place == .open ? open.text : channel.closed.text, number: post.number + 1,
            old: post.message, open: open, place: place, screen: screen)))
    ])
  }

  func failPost(
    _ open: OpenChannelID, _ place: PostPlace, _ number: Int, _ reason: String
  ) -> Decision {
    let post = chats.posts[open, place]
    guard post.isOpen, post.number == number else { return .ignore }
    let isLast = post.failures + 1 >= ChatPosts.failuresMost
    var events: [LedgerEvent] = [
      .chat(
        .postFailed(
          ChatEvent.PostFailed(
            isLast: isLast, number: number, open: open, place: place, reason: reason)))
    ]
    if isLast, let channel = channels[open: open], let owner = channel.offer.notify {
      let notice = ChatEvent.NoticeRequested(
        chat: owner, kind: .posting, lines: [reason],
        notice: "post\(open)-\(place.text)-\(number)",
        title: place == .open ? channel.offer.open.title : channel.offer.closed.title)
      events.append(.chat(.noticeRequested(notice)))
    }
    return .accept(events)
  }
}
