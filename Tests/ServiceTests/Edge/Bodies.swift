import Foundation

/// Bodies as callers send them.
enum Bodies {
  static let wallet = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

  /// A registration as members, so that a test can spoil one.
  static func registrationFields(
    open: String = "-1001234567890", closed: String = "-1009876543210", threshold: String? = "100"
  ) -> [String: String] {
    var fields = [
      "open_channel_id": "\"\(open)\"", "open_channel_title": "\"Open\"",
      "open_channel_description": "\"What is free\"", "closed_channel_id": "\"\(closed)\"",
      "closed_channel_title": "\"Closed\"", "closed_channel_description": "\"What is paid\"",
      "tier_count": "3", "sub_1_price": "25", "sub_1_time": "30", "sub_2_price": "\"50.00\"",
      "sub_2_time": "\"60\"", "sub_3_price": "30", "sub_3_time": "90",
      "client_wallet_address": "\"\(wallet)\"", "client_payout_currency": "\"usdt\"",
      "client_payout_network": "\"eth\"",
    ]
    if let threshold {
      fields["payout_strategy"] = "\"threshold\""
      fields["payout_threshold_usd"] = threshold
    }
    return fields
  }

  static func object(_ fields: [String: String]) -> String {
    "{"
      + fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
      .joined(separator: ",") + "}"
  }

  static func registration(
    open: String = "-1001234567890", closed: String = "-1009876543210", threshold: String? = "100"
  ) -> String {
    object(registrationFields(open: open, closed: closed, threshold: threshold))
  }

  /// A finished notice whose outcome is USDT of the order's price.
  static func notice(
    payment: Int, order: String, price: String, status: String = "finished"
  ) -> String {
    """
    {"actually_paid":\(price),"order_id":"\(order)","outcome_amount":\(price),\
    "outcome_currency":"usdterc20","pay_amount":\(price),"pay_currency":"usdterc20",\
    "payment_id":\(payment),"payment_status":"\(status)","price_amount":\(price),\
    "price_currency":"usd","updated_at":1764002831000}
    """
  }
}

func startThread(_ body: @escaping @Sendable () -> Void) {
  let thread = Thread(block: body)
  thread.stackSize = 8 << 20
  thread.start()
}
