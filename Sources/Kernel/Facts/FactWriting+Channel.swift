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
    case .registered(var fact): fact.list(&writer)
    case .payoutSettingsChanged(var fact): fact.list(&writer)
    case .offerChanged(var fact): fact.list(&writer)
    case .payoutChangeHeld(var fact): fact.list(&writer)
    case .payoutChangeCancelled(var fact): fact.list(&writer)
    case .closed(var fact): fact.list(&writer)
    }
  }
}
