/// What may be asked of an order.
public enum OrderCommand: Hashable, Sendable {
  /// Buys a tier (from 1) of a channel; `order` is a fresh unguessable id (P-17, P-102).
  case placeSubscription(OrderID, channel: ChannelKey, tier: Int, user: UserID, fee: BasisPoints)
  case placeDonation(OrderID, channel: ChannelKey, price: Money, user: UserID, fee: BasisPoints)
  case noteInvoice(OrderID, invoice: InvoiceID, url: String)
  case noteInvoiceFailure(OrderID, reason: String)
}

extension LedgerState {
  /// The terms an order was placed under.
  public func order(_ id: OrderID) -> OrderEvent.Placed? { orders[id, channels] }

  func decide(_ command: OrderCommand) -> Decision {
    switch command {
    case .placeSubscription(let order, let key, let number, let user, let fee):
      guard let channel = channels[key] else { return .refuse(.channelUnknown) }
      guard !channel.isClosed else { return .refuse(.channelClosed) }
      guard channel.tiers.indices.contains(number - 1) else { return .refuse(.tierUnknown) }
      guard !orders.holds(order) else { return .refuse(.orderExists) }
      let tier = channel.tiers[number - 1]
      return .accept([
        .order(
          .placed(
            OrderEvent.Placed(
              channel: key, days: tier.days, fee: fee, kind: .subscription, order: order,
              price: tier.price, tier: number, user: Personal(user.text))))
      ])
    case .placeDonation(let order, let key, let price, let user, let fee):
      guard let channel = channels[key] else { return .refuse(.channelUnknown) }
      guard !channel.isClosed else { return .refuse(.channelClosed) }
      guard price.asset == .usd, price.isPositive, Limits.priceMost >= price else {
        return .refuse(.priceOutOfRange)
      }
      guard !orders.holds(order) else { return .refuse(.orderExists) }
      return .accept([
        .order(
          .placed(
            OrderEvent.Placed(
              channel: key, days: 0, fee: fee, kind: .donation, order: order, price: price,
              tier: nil, user: Personal(user.text))))
      ])
    case .noteInvoice(let id, let invoice, let url):
      guard let placed = order(id) else { return .refuse(.orderUnknown) }
      guard !orders.isInvoiced(id) else { return .ignore }
      return .accept([
        .order(
          .invoiced(
            OrderEvent.Invoiced(
              channel: placed.channel, invoice: invoice, order: id, url: url)))
      ])
    case .noteInvoiceFailure(let id, let reason):
      guard let placed = order(id) else { return .refuse(.orderUnknown) }
      guard !orders.isInvoiced(id) else { return .ignore }
      return .accept([
        .order(
          .invoiceFailed(
            OrderEvent.InvoiceFailed(channel: placed.channel, order: id, reason: reason)))
      ])
    }
  }

  mutating func evolve(_ event: OrderEvent) {
    switch event {
    case .placed(let e): orders.place(e, channels)
    case .invoiced(let e):
      orders.noteInvoice(e.order)
      if !chats.isEmpty, let user = orders.user(of: e.order) {
        chats.note(e.order, of: user, url: e.url)
      }
    case .invoiceFailed(let e):
      if !chats.isEmpty, let user = orders.user(of: e.order) {
        chats.note(e.order, of: user, url: nil)
      }
    case .granted(let e):
      orders.noteGrant(e.order)
      chats.note(e.order, of: e.user, url: nil)
      memberships.note(e)
      access.set(e.user, in: channels.number(of: e.channel), to: e.expires)
    }
  }
}
