/// Every payment there was: a few bytes each, and more only of those that wait for something.
struct Payments: Sendable {
  private var ids = Register()
  private var entries = Column<Entry>()
  private var sightings = Column<Sighting>()
  private var valuing: [Int: PaymentEvent.Observed] = [:]
  /// The newest word of held ones that says that their money arrived.
  private var held: [Int: PaymentEvent.Observed] = [:]
  private var suspended: [Int: Money] = [:]
  /// Those that go the instant way and have no split yet.
  private var instants: [Int: PaymentEvent.Routed] = [:]
  /// Those that are open, or failed and may be tried again.
  private var conversions: [Int: ConversionEvent.Requested] = [:]

  subscript(id: PaymentID) -> PaymentState? {
    ids.number(of: id).map { number in
      PaymentState(phase: phase(number), suspended: suspended[number])
    }
  }

  private func phase(_ number: Int) -> PaymentState.Phase {
    switch entries[number].phase {
    case 0: return .observed
    case Entry.finished, Entry.elsewhere: return .finished
    case Entry.valuing:
      guard let observed = valuing[number] else { preconditionFailure("a valuation got lost") }
      return .valuing(observed.report)
    case let place where place >= Entry.closed:
      guard let end = PaymentState.End(rawValue: place - Entry.closed) else {
        preconditionFailure("a payment ended in a way of its own")
      }
      return .closed(end)
    case let place:
      return .held(HoldReason.allCases[Int(place - Entry.held)])
    }
  }

  func hasSeen(_ report: ReportIdentity, of id: PaymentID) -> Bool {
    guard let number = ids.number(of: id) else { return false }
    var place = entries[number].seen
    while place > 0 {
      let sighting = sightings[Int(place - 1)]
      if sighting.identity == report { return true }
      place = sighting.before
    }
    return false
  }

  mutating func note(_ report: ReportIdentity, of id: PaymentID, under order: Personal?) {
    let number = add(id)
    if entries[number].order == 0 { entries[number].order = order?.value.orderMark ?? 0 }
    sightings.append(Sighting(report, before: entries[number].seen))
    entries[number].seen = UInt32(sightings.count)
  }

  /// The payment's rate was asked for.
  mutating func value(_ observed: PaymentEvent.Observed) {
    change(add(observed.payment), to: Entry.valuing)
    valuing[add(observed.payment)] = observed
  }

  mutating func finish(_ e: PaymentEvent.Finished) {
    let number = add(e.payment)
    // I4: a payment is credited once.
    precondition(
      entries[number].phase != Entry.finished, "I4: payment \(e.payment) credited twice")
    precondition(suspended[number] == e.suspended, "I4: \(e.payment) stays held")
    change(number, to: Entry.finished)
    suspended[number] = nil
    entries[number].booked = e.outcome.mark
  }

  /// Whether that is what was booked for a payment; what the old system booked may be anything.
  func isBooked(_ id: PaymentID, as outcome: Money) -> Bool {
    ids.number(of: id).map { [0, outcome.mark].contains(entries[$0].booked) } ?? false
  }

  /// The old system had it, and credited it or not; what is said of it now books nothing.
  mutating func settle(elsewhere id: PaymentID, isCredited: Bool) {
    if !isKnown(id) { entries[add(id)].phase = isCredited ? Entry.finished : Entry.elsewhere }
  }

  func isKnown(_ id: PaymentID) -> Bool {
    ids.number(of: id).map { ![0, Entry.elsewhere].contains(entries[$0].phase) } ?? false
  }

  /// `seen` is the newest finished notice of any payment: mostly the one that this is about.
  mutating func hold(_ e: PaymentEvent.Held, seen: PaymentEvent.Observed?) {
    let number = add(e.payment)
    guard let place = HoldReason.allCases.firstIndex(of: e.reason) else { return }
    let report = valuing[number] ?? held[number] ?? (seen?.payment == e.payment ? seen : nil)
    change(number, to: Entry.held + UInt8(place))
    held[number] = report
    if let received = e.received {
      precondition(suspended[number] == nil, "I4: \(e.payment) suspended twice")
      suspended[number] = received
    }
  }

  /// A held payment's money is said to have arrived, as this notice has it; one that names another
  /// order takes no other's place.
  mutating func noteHeld(_ observed: PaymentEvent.Observed) {
    let number = add(observed.payment)
    guard case .held = phase(number) else { return }
    let isOther = observed.order.map { isNamed(observed.payment, otherThan: $0.value) } ?? false
    if held[number] == nil || !isOther { held[number] = observed }
  }

  /// Whether a payment was said to be for another order.
  func isNamed(_ id: PaymentID, otherThan order: String) -> Bool {
    ids.number(of: id).map { ![0, order.orderMark].contains(entries[$0].order) } ?? false
  }

  /// What it is for was ruled.
  mutating func rename(_ id: PaymentID, _ order: OrderID?) {
    if let order { entries[add(id)].order = order.text.orderMark }
  }

  /// What a held payment's money is known by; nil where nothing says that it arrived.
  func heldReport(_ id: PaymentID) -> PaymentReport? {
    ids.number(of: id).flatMap { held[$0]?.report }
  }

  /// A person's word ends it, and takes out of suspense what was there.
  mutating func close(_ id: PaymentID, _ end: PaymentState.End, suspended amount: Money?) {
    let number = add(id)
    precondition(suspended[number] == amount, "I4: \(id) stays held")
    precondition(
      (entries[number].phase == Entry.finished) == (end == .reversed),
      "I4: \(id) ends as what it isn't")
    change(number, to: Entry.closed + end.rawValue)
    if end != .reversed { entries[number].booked = amount?.mark ?? Entry.nothing }
    suspended[number] = nil
  }

  mutating func awaitSplit(_ e: PaymentEvent.Routed) { instants[add(e.payment)] = e }

  private mutating func change(_ number: Int, to phase: UInt8) {
    if entries[number].phase == Entry.valuing { valuing[number] = nil }
    if entries[number].phase >= Entry.held { held[number] = nil }
    entries[number].phase = phase
  }

  private mutating func add(_ id: PaymentID) -> Int {
    let number = ids.add(id)
    if number == entries.count { entries.append(Entry()) }
    return number
  }

  // The splits that payments and conversions wait for.

  /// What an instant payment without a split would be paid by.
  func instant(_ id: PaymentID) -> PaymentEvent.Routed? {
    ids.number(of: id).flatMap { instants[$0] }
  }

  func split(of id: PaymentID) -> SplitID? { split(ids.number(of: id), converting: false) }
  /// Of a conversion that was tried again nothing is known any more.
  func split(of id: ConversionID) -> SplitID? { split(current(id), converting: true) }

  private func split(_ number: Int?, converting isConverting: Bool) -> SplitID? {
    guard let number, entries[number].split > 0,
      (entries[number].converts == 1) == isConverting
    else { return nil }
    return SplitID(number: Int(entries[number].split))
  }

  mutating func give(_ split: Int, to id: PaymentID) {
    let number = add(id)
    instants[number] = nil
    set(split, number, converts: 0)
  }

  /// The payment's split came to nothing: there is room for another.
  mutating func takeSplit(of id: PaymentID) { entries[add(id)].split = 0 }

  mutating func give(_ split: Int, to id: ConversionID) {
    if let number = current(id) { set(split, number, converts: 1) }
  }

  /// A payment goes one way only, so there is room for one split.
  private mutating func set(_ split: Int, _ number: Int, converts: UInt8) {
    precondition(entries[number].split == 0, "split \(split) is a payment's second")
    entries[number].split = UInt32(split)
    entries[number].converts = converts
  }

  // Conversions, which are payments' own.
  /// Number of the payment, and which of its conversions it is.
  private func place(of id: ConversionID) -> (number: Int, attempt: Int)? {
    id.withBytes { bytes in
      ConversionID.parts(bytes).flatMap { parts in
        ids.number(of: UnsafeRawBufferPointer(rebasing: bytes[parts.payment])).map {
          ($0, parts.attempt)
        }
      }
    }
  }

  private func attempt(_ number: Int) -> Int { max(1, Int(entries[number].attempt)) }

  /// Number of the payment, where the conversion is the payment's newest.
  private func current(_ id: ConversionID) -> Int? {
    place(of: id).flatMap { $0.attempt == attempt($0.number) ? $0.number : nil }
  }

  /// What is known of a conversion; what it asked for is kept until it is completed.
  subscript(id: ConversionID) -> ConversionState? {
    guard let (number, attempt) = place(of: id), attempt <= self.attempt(number),
      let state = Conversion(rawValue: entries[number].conversion), state != .none
    else { return nil }
    let isCurrent = attempt == self.attempt(number)
    switch state {
    case .open, .failed:
      guard isCurrent, let requested = conversions[number] else { break }
      return ConversionState(
        requested: requested, isOpen: state == .open, isFailed: state == .failed)
    case .none, .closed: break
    }
    return ConversionState(requested: ConversionEvent.Requested(), isOpen: false)
  }

  mutating func open(_ e: ConversionEvent.Requested) {
    guard let (number, attempt) = place(of: e.conversion) else {
      preconditionFailure("conversion \(e.conversion) is of no payment")
    }
    let isNext = attempt == self.attempt(number) + 1
    precondition(
      entries[number].conversion == Conversion.none.rawValue && attempt == 1
        || entries[number].conversion == Conversion.closed.rawValue && isNext,
      "conversion \(e.conversion) before the one before it failed")
    if isNext {
      entries[number].attempt = UInt8(attempt)
      entries[number].split = 0
    }
    entries[number].conversion = Conversion.open.rawValue
    conversions[number] = e
  }

  mutating func close(_ id: ConversionID) {
    guard let number = current(id) else { return }
    entries[number].conversion = Conversion.closed.rawValue
    conversions[number] = nil
  }

  mutating func fail(_ id: ConversionID) {
    guard let number = current(id) else { return }
    entries[number].conversion = Conversion.failed.rawValue
  }

  mutating func list(_ fields: inout StateFields) {
    ids.list("payments", &fields)
    entries.list("entries", &fields)
    sightings.list("sightings", &fields)
    fields.map("valuing", &valuing, blank: (0, .init())) {
      $2.number("payment", &$0)
      $2.fact("observed", &$1)
    }
    fields.map("held", &held, blank: (0, .init())) {
      $2.number("payment", &$0)
      $2.fact("observed", &$1)
    }
    fields.map("suspended", &suspended, blank: (0, .blank)) {
      $2.number("payment", &$0)
      $2.money("money", &$1)
    }
    fields.map("instants", &instants, blank: (0, .init())) {
      $2.number("payment", &$0)
      $2.fact("routed", &$1)
    }
    fields.map("conversions", &conversions, blank: (0, .init())) {
      $2.number("payment", &$0)
      $2.fact("requested", &$1)
    }
    if ids.count != entries.count { fields.refuse() }
  }
}
