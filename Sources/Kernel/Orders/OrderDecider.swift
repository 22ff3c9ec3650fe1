/// What may be asked of an order.
public enum OrderCommand: Hashable, Sendable {
  /// Buys a tier (from 1) of a channel; `order` is a fresh unguessable id (P-17, P-102).
  case placeSubscription(OrderID, channel: ChannelKey, tier: Int, user: UserID, fee: BasisPoints)
  case placeDonation(OrderID, channel: ChannelKey, price: Money, user: UserID, fee: BasisPoints)
  case noteInvoice(OrderID, invoice: InvoiceID, url: String)
  case noteInvoiceFailure(OrderID, reason: String)
}

/// What is known of an order: the terms it was placed under.
struct OrderState: Sendable {
  let placed: OrderEvent.Placed
  var isInvoiced = false
  /// The payment that gave access; a second one gives none (P-11).
  var grantedBy: PaymentID?
}

extension LedgerState {
  /// The terms an order was placed under.
  public func order(_ id: OrderID) -> OrderEvent.Placed? { orders[id]?.placed }

  func decide(_ command: OrderCommand) -> Decision {
    switch command {
    case .placeSubscription(let order, let key, let number, let user, let fee):
      guard let channel = channels[key] else { return .refuse(.channelUnknown) }
      guard channel.tiers.indices.contains(number - 1) else { return .refuse(.tierUnknown) }
      guard orders[order] == nil else { return .refuse(.orderExists) }
      let tier = channel.tiers[number - 1]
      return .accept([
        .order(
          .placed(
            OrderEvent.Placed(
              channel: key, days: tier.days, fee: fee, kind: .subscription, order: order,
              price: tier.price, tier: number, user: Personal(user.text))))
      ])
    case .placeDonation(let order, let key, let price, let user, let fee):
      guard channels[key] != nil else { return .refuse(.channelUnknown) }
      guard price.asset == .usd, price.isPositive, Limits.priceMost >= price else {
        return .refuse(.priceOutOfRange)
      }
      guard orders[order] == nil else { return .refuse(.orderExists) }
      return .accept([
        .order(
          .placed(
            OrderEvent.Placed(
              channel: key, days: 0, fee: fee, kind: .donation, order: order, price: price,
              tier: nil, user: Personal(user.text))))
      ])
    case .noteInvoice(let id, let invoice, let url):
      guard let order = orders[id] else { return .refuse(.orderUnknown) }
      guard !order.isInvoiced else { return .ignore }
      return .accept([
        .order(
          .invoiced(
            OrderEvent.Invoiced(
              channel: order.placed.channel, invoice: invoice, order: id, url: url)))
      ])
    case .noteInvoiceFailure(let id, let reason):
      guard let order = orders[id] else { return .refuse(.orderUnknown) }
      guard !order.isInvoiced else { return .ignore }
      return .accept([
        .order(
          .invoiceFailed(
            OrderEvent.InvoiceFailed(channel: order.placed.channel, order: id, reason: reason)))
      ])
    }
  }

  mutating func evolve(_ event: OrderEvent) {
    switch event {
    case .placed(let e): orders[e.order] = OrderState(placed: e)
    case .invoiced(let e): orders[e.order]?.isInvoiced = true
    case .invoiceFailed: break
    case .granted(let e):
      precondition(orders[e.order]?.grantedBy == nil, "order \(e.order) granted twice")
      orders[e.order]?.grantedBy = e.payment
      access[Access(channel: e.channel, user: e.user)] = e.expires
    }
  }
}
