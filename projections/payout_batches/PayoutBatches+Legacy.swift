import Kernel

extension PayoutBatches {
  /// The row as the old system had it.
  static func takeOver(
    _ e: LegacyEvent.Batched, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    let pair = notes["channel/\(e.channel)"]
    var row = Row(key: e.batch)
    row.client = pair?.open ?? .blank
    row.closed = pair?.closed ?? .blank
    row.wallet = e.wallet
    row.asset = e.asset
    row.total = e.total
    row.count = e.count
    row.delivered = e.deliveredAmount.flatMap { Money(truncating: $0, e.asset) }
    row.rate = e.rate.flatMap { AmountText(text: $0) }
    row.fee = e.fee.flatMap { AmountText(text: $0) }
    row.swap = e.swap
    row.payin = e.payin
    row.transaction = e.transaction
    row.transactionStatus = e.transactionStatus.flatMap { TransactionStatus(text: $0.text) }
    row.status = Status(text: e.status.text) ?? .pending
    row.createdAt = e.created
    row.startedAt = e.started
    row.completedAt = e.completed
    row.channel = e.channel
    rows[e.batch] = row
  }
}
