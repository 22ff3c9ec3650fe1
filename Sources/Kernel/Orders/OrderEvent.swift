/// What becomes of one purchase or donation; stored in stream `order-<id>`.
public indirect enum OrderEvent: Hashable, Sendable {
  case placed(Placed)
  case invoiced(Invoiced)
  case invoiceFailed(InvoiceFailed)
  case granted(Granted)

  /// Somebody chose a tier or a sum; the terms are fixed here (P-105).
  ///
  /// Intent of the invoice call.
  public struct Placed: BlankFact {
    public static let name = "order.placed.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// Days of access; zero for a donation.
    public internal(set) var days = 0
    public internal(set) var fee = BasisPoints.zero
    public internal(set) var kind: OrderPurpose = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var price = Money.zero(.usd)
    /// From 1; nil for a donation.
    public internal(set) var tier: Int?
    /// Telegram user id.
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.integer("days", &days)
      BasisPoints.listed("feeBasisPoints", &fee, &fields)
      fields.text("kind", &kind)
      fields.text("order", &order)
      fields.money("price", &price)
      fields.integer("tier", &tier)
      fields.text("user", &user)
    }
  }

  /// The provider made the invoice; outcome of the invoice call.
  public struct Invoiced: BlankFact {
    public static let name = "order.invoiced.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var invoice: InvoiceID = .blank
    public internal(set) var order: OrderID = .blank
    /// The provider's hosted payment page.
    public internal(set) var url = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("invoice", &invoice)
      fields.text("order", &order)
      fields.text("url", &url)
    }
  }

  /// The provider refused the invoice for good.
  public struct InvoiceFailed: BlankFact {
    public static let name = "order.invoice_failed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("order", &order)
      fields.text("reason", &reason)
    }
  }

  /// A paid subscription gives access until `expires`; at most once per order (P-11).
  ///
  /// A renewal counts from the running expiry, not from now (C-22).
  public struct Granted: BlankFact {
    public static let name = "order.granted.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var days = 0
    public internal(set) var expires: Instant = .blank
    public internal(set) var order: OrderID = .blank
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var price = Money.zero(.usd)
    public internal(set) var user: Personal = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.integer("days", &days)
      fields.text("expires", &expires)
      fields.text("order", &order)
      fields.text("payment", &payment)
      fields.money("price", &price)
      fields.text("user", &user)
    }
  }
}

/// What an order buys.
public enum OrderPurpose: String, Word {
  case subscription
  /// Grants nothing (C-26).
  case donation

  public static let words = WordList<OrderPurpose>()
}
