// One payment under two orders (PP-14): an id that the provider used again, or that wrapped around.
// What came first stands; nothing is booked on the other's word, and a person decides.

extension PaymentRulingEvent {
  /// The provider says of a known payment that it is for another order than it said first.
  ///
  /// Which order that is stands with the observation before it: an order's text may be personal.
  public struct Misnamed: BlankFact {
    public static let name = "payment.misnamed.v1"
    /// The client whose books have the payment; nil where none's have it.
    public internal(set) var channel: ChannelKey?
    /// The client of the order that is named now, where it could be resolved.
    public internal(set) var named: ChannelKey?
    public internal(set) var payment: PaymentID = .blank
    /// The provider's word now.
    public internal(set) var status = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("named", &named)
      fields.text("payment", &payment)
      fields.text("status", &status)
    }

    /// For people.
    public var words: String {
      "the provider names another order now\(named.map { ", of \($0)" } ?? ""), as \(status)"
    }
  }
}

extension LedgerState {
  func isMisnamed(_ report: PaymentReport) -> Bool {
    report.order.map { payments.isNamed(report.payment, otherThan: $0) } ?? false
  }

  /// What a report of another order says, once until a person has looked.
  func misnaming(_ report: PaymentReport, of channel: ChannelKey?) -> [LedgerEvent] {
    guard isMisnamed(report), contests[report.payment]?.isMisnamed != true else { return [] }
    let misnamed = PaymentRulingEvent.Misnamed(
      channel: channel, named: channelKey(of: report), payment: report.payment,
      status: report.status)
    return [.payment(.ruled(.misnamed(misnamed)))]
  }

  /// What follows from any word about a payment of two orders that isn't booked: what is known to
  /// have arrived waits in suspense, and no notice books it any more.
  func holdMisnamed(_ report: PaymentReport, _ state: PaymentState) -> [LedgerEvent] {
    var arrived = report.status == ProviderStatus.finished.text ? arrived(by: report) : nil
    if case .valuing(let first) = state.phase { arrived = outcome(of: first) }
    let held = held(report.payment, of: nil, .unknownOrder, arrived)
    let events = misnaming(report, of: nil)
    // Held again for the same reason is nothing new.
    if case .held(.unknownOrder) = state.phase, held.received == nil { return events }
    return events + [.payment(.held(held))]
  }
}

extension String {
  /// 31 bits of an order's text, never 0: two that differ are taken for one once in two thousand
  /// million times.
  var orderMark: UInt32 {
    var text = self
    let sum = text.withUTF8 { Mix.sum(UnsafeRawBufferPointer($0), from: 0x2d35_8dcc_aa6c_78a5) }
    return UInt32(truncatingIfNeeded: sum >> 32) | 1
  }
}
