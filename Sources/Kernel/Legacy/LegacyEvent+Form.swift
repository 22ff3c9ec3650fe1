// What the old system's facts are called, where they lie and what is said of them.

extension LegacyEvent {
  static let forms: [FactForm] = [
    FactForm(Subscribed.self) { .ledger(.legacy(.subscribed($0))) },
    FactForm(Accumulated.self) { .ledger(.legacy(.accumulated($0))) },
    FactForm(Batched.self) { .ledger(.legacy(.batched($0))) },
    FactForm(Requested.self) { .ledger(.legacy(.requested($0))) },
    FactForm(Swapped.self) { .ledger(.legacy(.swapped($0))) },
    FactForm(Sent.self) { .ledger(.legacy(.sent($0))) },
  ]

  var fact: any Fact {
    switch self {
    case .subscribed(let fact): fact
    case .accumulated(let fact): fact
    case .batched(let fact): fact
    case .requested(let fact): fact
    case .swapped(let fact): fact
    case .sent(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .subscribed: Subscribed.name
    case .accumulated: Accumulated.name
    case .batched: Batched.name
    case .requested: Requested.name
    case .swapped: Swapped.name
    case .sent: Sent.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .subscribed(let fact): writer.write(fact)
    case .accumulated(let fact): writer.write(fact)
    case .batched(let fact): writer.write(fact)
    case .requested(let fact): writer.write(fact)
    case .swapped(let fact): writer.write(fact)
    case .sent(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .subscribed(var fact):
      fact.list(&fields)
      self = .subscribed(fact)
    case .accumulated(var fact):
      fact.list(&fields)
      self = .accumulated(fact)
    case .batched(var fact):
      fact.list(&fields)
      self = .batched(fact)
    case .requested(var fact):
      fact.list(&fields)
      self = .requested(fact)
    case .swapped(var fact):
      fact.list(&fields)
      self = .swapped(fact)
    case .sent(var fact):
      fact.list(&fields)
      self = .sent(fact)
    }
  }

  func tell(_ place: inout PlaceText) {
    place.stream("ledger", channel)
    place.channel(channel)
    switch self {
    case .subscribed(let e): if let payment = e.payment { place.payment(payment) }
    case .accumulated(let e):
      place.payment(e.payment)
      if let batch = e.batch { place.batch(batch) }
    case .batched(let e):
      place.batch(e.batch)
      place.swap(e.swap)
      if let transaction = e.transaction { place.transaction(transaction) }
    case .requested: break
    case .swapped(let e): place.swap(e.swap)
    case .sent(let e):
      place.swap(e.swap)
      if let transaction = e.transaction { place.transaction(transaction) }
    }
  }

  /// The client whose history it is.
  public var channel: ChannelKey {
    switch self {
    case .subscribed(let e): e.channel
    case .accumulated(let e): e.channel
    case .batched(let e): e.channel
    case .requested(let e): e.channel
    case .swapped(let e): e.channel
    case .sent(let e): e.channel
    }
  }

  /// The amount it is about.
  var namedAmount: Money {
    switch self {
    case .subscribed(let e): e.price
    case .accumulated(let e): e.locked
    case .batched(let e): e.total
    case .requested(let e): e.source
    case .swapped(let e): e.source
    case .sent(let e): e.amount
    }
  }

  /// For people, beside name and amount.
  var remark: String {
    switch self {
    case .subscribed(let e): "\(e.days) days, until \(e.expires.text)"
    case .accumulated(let e): e.isPaid ? "paid by the old system" : "owed by the old system"
    case .batched(let e): "\(e.count) payments, \(e.status.text)"
    case .requested(let e): "\(e.request) for \(e.asset)"
    case .swapped(let e): "swap \(e.swap)"
    case .sent(let e): "\(e.request), \(e.status.text)"
    }
  }
}
