// The chats' facts, handed to whoever asks, named and placed; one line a fact.

extension ChatEvent {
  static let forms: [FactForm] = [
    FactForm(SwitchedOn.self) { .chat(.switchedOn($0)) },
    FactForm(SwitchedOff.self) { .chat(.switchedOff($0)) },
    FactForm(Heard.self) { .chat(.heard($0)) },
    FactForm(Answered.self) { .chat(.answered($0)) },
    FactForm(Failed.self) { .chat(.failed($0)) },
  ]

  var fact: any Fact {
    switch self {
    case .switchedOn(let fact): fact
    case .switchedOff(let fact): fact
    case .heard(let fact): fact
    case .answered(let fact): fact
    case .failed(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .switchedOn: SwitchedOn.name
    case .switchedOff: SwitchedOff.name
    case .heard: Heard.name
    case .answered: Answered.name
    case .failed: Failed.name
    }
  }

  /// What a person would want to know beside the name.
  var remark: String? {
    switch self {
    case .switchedOn(let e): "bot \(e.bot)"
    case .switchedOff(let e): "bot \(e.bot)"
    case .heard(let e): e.screen.kind.text
    case .answered: nil
    case .failed(let e): e.reason
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .switchedOn(var fact): fact.list(&writer)
    case .switchedOff(var fact): fact.list(&writer)
    case .heard(var fact): fact.list(&writer)
    case .answered(var fact): fact.list(&writer)
    case .failed(var fact): fact.list(&writer)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .switchedOn(var fact):
      fact.list(&fields)
      self = .switchedOn(fact)
    case .switchedOff(var fact):
      fact.list(&fields)
      self = .switchedOff(fact)
    case .heard(var fact):
      fact.list(&fields)
      self = .heard(fact)
    case .answered(var fact):
      fact.list(&fields)
      self = .answered(fact)
    case .failed(var fact):
      fact.list(&fields)
      self = .failed(fact)
    }
  }

  func tell(_ place: inout PlaceText) {
    func put(_ update: Int, _ order: OrderID?) {
      place.stream("chat", String(update))
      place.order(order)
    }
    switch self {
    case .switchedOn, .switchedOff: place.stream("chat", "bot")
    case .heard(let e): put(e.update, e.order)
    case .answered(let e): put(e.update, e.order)
    case .failed(let e): put(e.update, e.order)
    }
  }
}
