/// The body of one notice as NOWPayments sends it: every field, names sorted, numbers bare.
struct NoticeText {
  var payment: Int
  var status: String
  var order: String
  /// Dollars, and what arrives, as decimal text.
  var price: String
  var amount: String
  var currency: String
  var address: String
  /// Milliseconds since 1970.
  var updatedAt: Int

  /// What has been paid so far, and what it became, shows in some statuses only.
  private var paid: String { ["waiting", "expired"].contains(status) ? "0" : amount }
  private var outcome: String { status == "finished" ? amount : "null" }
  private var outcomeCurrency: String { status == "finished" ? "\"\(currency)\"" : "null" }

  var bytes: [UInt8] {
    Array(
      """
      {"actually_paid":\(paid),"actually_paid_at_fiat":0,"fee":{"currency":"\(currency)",\
      "depositFee":0,"serviceFee":0.25,"withdrawalFee":0},"invoice_id":\(payment + 7),\
      "order_description":"30 days of access","order_id":"\(order)",\
      "outcome_amount":\(outcome),"outcome_currency":\(outcomeCurrency),\
      "parent_payment_id":null,"pay_address":"\(address)","pay_amount":\(amount),\
      "pay_currency":"\(currency)","payin_extra_id":null,"payment_extra_ids":null,\
      "payment_id":\(payment),"payment_status":"\(status)","price_amount":\(price),\
      "price_currency":"usd","purchase_id":"\(payment + 3)","updated_at":\(updatedAt)}
      """.utf8)
  }
}
