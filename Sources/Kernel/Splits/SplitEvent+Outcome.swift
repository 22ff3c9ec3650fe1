// How a funded swap ends or goes astray, beside finishing.

extension SplitEvent {
  /// The provider says less of a swap than it said before: recorded, and nothing follows (SW-14).
  public struct SwapRegressed: BlankFact {
    public static let name = "split.swap_regressed.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// The provider's word before.
    public internal(set) var from = ""
    public internal(set) var split: SplitID = .blank
    /// The provider's word now.
    public internal(set) var status = ""
    public internal(set) var swap: SwapID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("from", &from)
      fields.text("split", &split)
      fields.text("status", &status)
      fields.text("swap", &swap)
    }
  }

  /// The provider sent the deposit back, less what it kept, which is the platform's loss; what the
  /// client is owed is owed as before.
  public struct Refunded: BlankFact {
    public static let name = "split.refunded.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var purpose: SplitPurpose = .blank
    /// What came back, in the source's asset.
    public internal(set) var refunded: Money = .blank
    public internal(set) var source: Money = .blank
    public internal(set) var split: SplitID = .blank
    public internal(set) var swap: SwapID = .blank
    /// Hash of the refund.
    public internal(set) var transaction = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.group("purpose", &purpose)
      fields.money("refunded", &refunded)
      fields.money("source", &source)
      fields.text("split", &split)
      fields.text("swap", &swap)
      fields.text("transaction", &transaction)
    }
  }
}
