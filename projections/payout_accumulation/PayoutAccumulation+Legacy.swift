import Kernel

extension PayoutAccumulation {
  /// The row as the old system had it, in the place of what the facts beside it would make.
  static func takeOver(
    _ e: LegacyEvent.Accumulated, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    let pair = notes["channel/\(e.channel)"]
    var row = Row(key: e.payment)
    row.id = e.row
    row.client = pair?.open ?? .blank
    row.closed = pair?.closed ?? .blank
    row.user = e.user.userNumber
    row.subscription = e.subscription
    row.received = e.received
    row.currency = e.currency
    row.paidAt = e.arrived
    row.locked = e.locked
    row.rate = e.rate.flatMap { AmountText(text: $0) } ?? .blank
    row.convertedAt = e.converted
    row.conversionTransaction = e.conversionTransaction
    row.wallet = e.wallet
    row.asset = e.asset
    row.isPaidOut = e.isPaid
    row.batch = e.batch
    row.paidOutAt = e.paid
    row.createdAt = e.created
    row.updatedAt = e.updated
    row.conversionStatus = ConversionStatus(text: e.conversionStatus.text) ?? .completed
    row.conversionAttempts = e.conversionAttempts
    row.lastConversionAt = e.lastConversion
    row.conversion = e.conversionGroup
    row.payAddress = e.payAddress
    row.outcome = e.outcomeAmount.flatMap { AmountText(text: $0) }
    row.isConversionComplete = e.isConverted
    row.channel = e.channel
    rows[e.payment] = row
  }
}
