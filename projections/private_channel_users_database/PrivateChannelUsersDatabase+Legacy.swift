import Kernel

extension PrivateChannelUsersDatabase {
  /// The row as the old system had it.
  static func takeOver(
    _ e: LegacyEvent.Subscribed, _ rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) {
    guard let closed = notes["channel/\(e.channel)"]?.channel else { return }
    var row = Row(key: Key(user: e.user.userNumber, channel: closed))
    // One who has bought here since has a newer row.
    guard rows[row.key] == nil else { return }
    row.id = e.row
    row.days = e.days
    row.price = e.price
    (row.date, row.time) = (e.bought.dateText, e.bought.timeText)
    (row.expireDate, row.expireTime) = (e.expires.dateText, e.expires.timeText)
    row.isActive = e.isActive
    row.payment = e.payment
    row.status = e.status
    row.said = ProviderWords(e)
    rows[row.key] = row
    // What the provider still says of it is shown here.
    guard let payment = e.payment else { return }
    notes.change(making: "payment/\(payment)") { note in
      note.user = row.user
      note.channel = closed
      note.said = row.said
    }
  }
}

extension PrivateChannelUsersDatabase.ProviderWords {
  fileprivate init(_ e: LegacyEvent.Subscribed) {
    invoice = e.invoice
    order = e.orderText?.value
    payAddress = e.payAddress
    status = e.providerStatus
    payAmount = e.payAmount.flatMap { AmountText(text: $0) }
    payCurrency = e.payCurrency
    outcomeAmount = e.outcomeAmount.flatMap { AmountText(text: $0) }
    outcomeCurrency = e.outcomeCurrency
    priceAmount = e.priceAmount.flatMap { AmountText(text: $0) }
    priceCurrency = e.priceCurrency
    outcomeUSD = e.outcomeUSD.flatMap { Money(truncating: $0, .usdt) }
    updatedAt = e.updated?.text
  }
}
