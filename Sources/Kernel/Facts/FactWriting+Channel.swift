// What a channel's fact is called, and its fields shown to a writer.

extension ChannelEvent {
  var name: String {
    switch self {
    case .registered: Registered.name
    case .payoutSettingsChanged: PayoutSettingsChanged.name
    case .offerChanged: OfferChanged.name
    case .payoutChangeHeld: PayoutChangeHeld.name
    case .payoutChangeCancelled: PayoutChangeCancelled.name
    case .closed: Closed.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .registered(let fact): writer.write(fact)
    case .payoutSettingsChanged(let fact): writer.write(fact)
    case .offerChanged(let fact): writer.write(fact)
    case .payoutChangeHeld(let fact): writer.write(fact)
    case .payoutChangeCancelled(let fact): writer.write(fact)
    case .closed(let fact): writer.write(fact)
    }
  }
}
