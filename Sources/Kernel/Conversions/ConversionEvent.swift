/// Turning received crypto into USDT; stored in stream `conversion-<id>`.
public indirect enum ConversionEvent: Hashable, Sendable {
  case requested(Requested)
  case completed(Completed)
  case failed(Failed)
  case retried(Retried)
  case shared(Shared)

  /// Explicit members with their own amounts, fee already taken (P-29); intent of the conversion.
  public struct Requested: BlankFact {
    public static let name = "conversion.requested.v1"
    /// What goes to the swap: the sum of the members' net amounts, without the dust.
    public internal(set) var amount: Money = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var conversion: ConversionID = .blank
    /// What of the sum was too fine for a swap and stays with the platform.
    public internal(set) var dust: Money?
    /// What the members' values were locked at, in sum.
    public internal(set) var expected = Money.zero(.usdt)
    public internal(set) var payments: [PaymentID] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.text("conversion", &conversion)
      fields.money("dust", &dust)
      fields.money("expected", &expected)
      fields.texts("payments", &payments)
    }
  }

  /// The USDT arrived; what it brought over or under the locked value is the platform's (C-8).
  public struct Completed: BlankFact {
    public static let name = "conversion.completed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var conversion: ConversionID = .blank
    public internal(set) var expected = Money.zero(.usdt)
    public internal(set) var received = Money.zero(.usdt)
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("conversion", &conversion)
      fields.money("expected", &expected)
      fields.money("received", &received)
      fields.text("split", &split)
    }
  }

  /// The swap couldn't be made and nothing was sent; a person decides whether it is tried again.
  public struct Failed: BlankFact {
    public static let name = "conversion.failed.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var conversion: ConversionID = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("conversion", &conversion)
      fields.text("reason", &reason)
    }
  }
}
