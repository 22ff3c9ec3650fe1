// The wallet's facts, as FactWriting.swift and Place.swift have the others'.

extension WalletEvent {
  var name: String {
    switch self {
    case .claimed: Claimed.name
    case .nonceAssigned: NonceAssigned.name
    case .quarantined: Quarantined.name
    case .rotation(let event): event.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .claimed(let fact): writer.write(fact)
    case .nonceAssigned(let fact): writer.write(fact)
    case .quarantined(let fact): writer.write(fact)
    case .rotation(let event): event.write(to: &writer)
    }
  }
}

extension WalletEvent {
  func tell(_ place: inout PlaceText) {
    switch self {
    case .claimed(let e):
      place.stream("wallet", "\(e.chain)-\(e.wallet)")
    case .nonceAssigned(let e):
      place.stream("wallet", "\(e.chain)-\(e.wallet)")
      place.transfer(e.transfer)
    case .quarantined(let e):
      place.stream("wallet", "\(e.chain)-\(e.wallet)")
    case .rotation(let event): event.tell(&place)
    }
  }
}
