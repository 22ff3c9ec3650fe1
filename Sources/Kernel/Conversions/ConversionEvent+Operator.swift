extension ConversionEvent {
  /// A failed conversion is tried again as `next`, which is requested in the same append.
  public struct Retried: BlankFact {
    public static let name = "conversion.retried.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var conversion: ConversionID = .blank
    public internal(set) var next: ConversionID = .blank
    /// Why, as the person said who asked for it.
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("conversion", &conversion)
      fields.text("next", &next)
      fields.text("reason", &reason)
    }
  }
}
