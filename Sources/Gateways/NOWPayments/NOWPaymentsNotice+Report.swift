import JSON
public import Kernel

/// Why a body is no statement about a payment.
public enum NoticeError: Error, Hashable, Sendable {
  /// No JSON object within the limits.
  case notAnObject
  /// A field that must be there is not.
  case missing(String)
  /// A field is not what it must be: an id of plain digits, an amount, a text.
  case malformed(String)
}

extension NOWPaymentsNotice {
  /// What a notice, or the provider's answer to our question, says; both have one shape.
  ///
  /// Ids are plain decimal digits, as text or as a number without point and exponent; amounts
  /// become plain decimal text; `null` and an empty text are nothing; `updated_at` stays as it was
  /// written. Unknown statuses are kept: they are the ledger's to judge. `raw` is the whole body.
  public static func report(
    _ body: [UInt8], source: ObservationSource
  ) throws(NoticeError) -> PaymentReport {
    guard let value = object(body) else { throw .notAnObject }
    let fields = NoticeFields(value: value)
    guard let payment = try fields.id("payment_id") else { throw .missing("payment_id") }
    guard let status = try fields.text("payment_status") else { throw .missing("payment_status") }
    var report = PaymentReport(
      payment: payment, status: status, source: source,
      raw: String(decoding: body, as: UTF8.self))
    report.parent = try fields.id("parent_payment_id")
    report.order = try fields.text("order_id")
    report.priceAmount = try fields.amount("price_amount")
    report.priceCurrency = try fields.text("price_currency")
    report.payAmount = try fields.amount("pay_amount")
    report.payCurrency = try fields.text("pay_currency")
    report.payAddress = try fields.text("pay_address")
    report.actuallyPaid = try fields.amount("actually_paid")
    report.outcomeAmount = try fields.amount("outcome_amount")
    report.outcomeCurrency = try fields.text("outcome_currency")
    report.updatedAt = try fields.token("updated_at")
    return report
  }
}

/// The members of a notice by name, each read as one kind of thing.
private struct NoticeFields {
  let value: JSONValue

  private func member(_ name: String) -> JSONValue? {
    guard let member = value[name], !member.isNull, member.text != "" else { return nil }
    return member
  }

  func text(_ name: String) throws(NoticeError) -> String? {
    guard let member = member(name) else { return nil }
    guard let text = member.text else { throw .malformed(name) }
    return text
  }

  /// A text, or a number as it was written.
  func token(_ name: String) throws(NoticeError) -> String? {
    guard let member = member(name) else { return nil }
    guard let token = member.text ?? member.number else { throw .malformed(name) }
    return token
  }

  func amount(_ name: String) throws(NoticeError) -> String? {
    guard let member = member(name) else { return nil }
    guard let amount = member.decimal else { throw .malformed(name) }
    return amount
  }

  func id(_ name: String) throws(NoticeError) -> PaymentID? {
    guard let token = try token(name) else { return nil }
    guard let id = PaymentID(text: token) else { throw .malformed(name) }
    return id
  }
}
