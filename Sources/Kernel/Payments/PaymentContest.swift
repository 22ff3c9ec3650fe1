// What the provider says against a booking (PP-03, PP-04, MO-12): nothing is taken back, nothing
// more of it is paid out, and a person decides.

extension PaymentRulingEvent {
  /// The provider says of a booked payment that it failed, or that something else arrived; what was
  /// booked first stands until a person says otherwise.
  public struct Contradicted: BlankFact {
    public static let name = "payment.contradicted.v1"
    /// What it says now that arrived; nil where it says that the payment came to nothing.
    public internal(set) var amount: Money?
    public internal(set) var channel: ChannelKey?
    public internal(set) var payment: PaymentID = .blank
    /// The provider's word now.
    public internal(set) var status = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.text("payment", &payment)
      fields.text("status", &status)
    }

    /// For people.
    public var words: String {
      amount.map { "the provider says now that \($0.amountText) \($0.asset) arrived" }
        ?? "the provider says now that it is \(status)"
    }
  }

  /// A person says that a booking stands, whatever was said against it.
  public struct Upheld: BlankFact {
    public static let name = "payment.upheld.v1"
    public internal(set) var channel: ChannelKey?
    public internal(set) var payment: PaymentID = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("payment", &payment)
      fields.text("reason", &reason)
    }
  }
}

/// What stands against a payment.
struct Contest: Sendable {
  var channel: ChannelKey?
  /// The provider's word; empty where it said none against the booking.
  var status = ""
  /// Whether it was said to be for two orders.
  var isMisnamed = false
}

extension LedgerState {
  /// What follows from a word about a payment that is booked.
  func contest(_ report: PaymentReport, at now: Instant) -> [LedgerEvent] {
    let id = report.payment
    let channel = holder(of: id) ?? channelKey(of: report)
    let contradiction = contradiction(of: report, channel)
    let events = misnaming(report, of: channel) + contradiction
    guard !events.isEmpty, contests[id] == nil else { return events }
    let said = contradiction.isEmpty ? "for another order" : report.status
    return events + stopping(id, of: channel, "payment \(id) is said to be \(said)", now)
  }

  /// What follows from a word about a payment that a person ended: money of which the ending knew
  /// nothing is booked nowhere, and said aloud.
  func contestEnded(_ report: PaymentReport) -> [LedgerEvent] {
    let isPaid = report.status == ProviderStatus.finished.text && arrived(by: report) != nil
    return misnaming(report, of: nil) + (isPaid ? contradiction(of: report, nil) : [])
  }

  private func contradiction(
    of report: PaymentReport, _ channel: ChannelKey?
  ) -> [LedgerEvent] {
    guard let status = ProviderStatus(rawValue: report.status) else { return [] }
    let id = report.payment
    var amount: Money?
    switch status {
    case .waiting, .confirming, .confirmed, .sending, .partiallyPaid: return []
    case .refunded:
      let takenBack = PaymentRulingEvent.TakenBack(channel: channel, payment: id)
      return [.payment(.ruled(.takenBack(takenBack)))]
    case .failed, .expired, .cancelled: break
    case .finished:
      guard let said = outcome(of: report), !payments.isBooked(id, as: said) else { return [] }
      amount = said
    }
    guard contests[id]?.status != status.text || amount != nil else { return [] }
    let contradicted = PaymentRulingEvent.Contradicted(
      amount: amount, channel: channel, payment: id, status: status.text)
    return [.payment(.ruled(.contradicted(contradicted)))]
  }

  /// The client whose books still have a booked payment, whatever order is named now; nil where it
  /// is paid out.
  private func holder(of id: PaymentID) -> ChannelKey? {
    if let routed = payments.instant(id) { return routed.channel }
    if let split = split(of: .payment(id)).flatMap({ splits[$0] }), split.isOpen {
      return split.requested.channel
    }
    return accumulations.first { !$0.value.members(of: [id]).isEmpty }?.key
  }

  /// What keeps a payment's money here, as far as none of it can have left: its batch is undone, or
  /// the split that pays it alone is held.
  private func stopping(
    _ id: PaymentID, of channel: ChannelKey?, _ reason: String, _ now: Instant
  ) -> [LedgerEvent] {
    if let split = split(of: .payment(id)) {
      guard case .accept(let events) = operate(split, .hold, reason) else { return [] }
      return events
    }
    let member = channel.flatMap { accumulations[$0]?.members(of: [id]).first }
    return (member?.batch).flatMap { undoing($0, because: reason, at: now) } ?? []
  }

  /// A person's word for the booking, or for what became of the payment.
  func uphold(_ id: PaymentID, _ reason: String) -> Decision {
    guard let contest = contests[id], payments[id]?.isOpen == false else {
      return .refuse(.notHeld)
    }
    let upheld = PaymentRulingEvent.Upheld(
      channel: contest.channel, payment: id, reason: reason)
    return .accept([.payment(.ruled(.upheld(upheld)))])
  }

  mutating func contest(
    _ id: PaymentID, _ channel: ChannelKey?, _ edit: (inout Contest) -> Void
  ) {
    var contest = contests[id] ?? Contest()
    contest.channel = channel ?? contest.channel
    edit(&contest)
    set(contest, against: id, of: contest.channel)
  }

  /// Something speaks against a booking, or nothing does any more.
  mutating func set(_ contest: Contest?, against id: PaymentID, of channel: ChannelKey?) {
    contests[id] = contest
    guard let channel else { return }
    accumulations[channel]?.change(id) { $0.isContested = contest != nil }
  }
}

extension Money {
  /// 31 bits of an amount, never 0: two that differ are taken for one once in two thousand million
  /// times.
  var mark: UInt32 {
    let low = UInt64(truncatingIfNeeded: units) &+ UInt64(asset.index) << 56
    let high = UInt64(truncatingIfNeeded: units >> 64)
    let mixed = (low ^ high &* 0xff51_afd7_ed55_8ccd) &* 0x9e37_79b9_7f4a_7c15
    return UInt32(truncatingIfNeeded: mixed >> 32) | 1
  }
}
