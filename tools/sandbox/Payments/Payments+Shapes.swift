import JSON

/// Payments as the provider tells of them.
extension Payments {
  /// The body of a notice (IPN); its ids and times are numbers, its purchase a text.
  func notice(_ payment: SandboxPayment) -> JSONValue {
    .object([
      "actually_paid": .number(payment.paid),
      "actually_paid_at_fiat": .integer(0),
      "fee": .object([
        "currency": .string(payment.outcomeCurrency), "depositFee": .integer(0),
        "serviceFee": .integer(0), "withdrawalFee": .integer(0),
      ]),
      "invoice_id": number(payment.invoice),
      "order_description": text(payment.description),
      "order_id": .string(payment.order),
      "outcome_amount": .number(payment.outcome),
      "outcome_currency": .string(payment.outcomeCurrency),
      "parent_payment_id": number(payment.parent),
      "pay_address": .string(payment.payAddress),
      "pay_amount": .number(payment.pay),
      "pay_currency": .string(payment.payCurrency),
      "payin_extra_id": .null,
      "payment_extra_ids": .null,
      "payment_id": .integer(payment.id),
      "payment_status": .string(payment.status),
      "price_amount": .number(payment.price),
      "price_currency": .string(payment.priceCurrency.lowercased()),
      "purchase_id": .string(String(payment.id + 1_000_000_000)),
      "updated_at": .integer(payment.updatedAt),
    ])
  }

  /// `GET /v1/payment/{id}`: children are not found, for no key made them.
  func status(_ payment: SandboxPayment) -> JSONValue {
    let children = all.values.filter { $0.parent == payment.id }.map(\.id).sorted()
    return .object([
      "payment_id": .integer(payment.id),
      "invoice_id": number(payment.invoice),
      "payment_status": .string(payment.status),
      "pay_address": .string(payment.payAddress),
      "payin_extra_id": .null,
      "price_amount": .number(payment.price),
      "price_currency": .string(payment.priceCurrency.lowercased()),
      "pay_amount": .number(payment.pay),
      "actually_paid": .number(payment.paid),
      "pay_currency": .string(payment.payCurrency),
      "order_id": .string(payment.order),
      "order_description": text(payment.description),
      "purchase_id": .integer(payment.id + 1_000_000_000),
      "outcome_amount": .number(payment.outcome),
      "outcome_currency": .string(payment.outcomeCurrency),
      "payout_hash": text(payment.payoutHash),
      "payin_hash": .string(payment.payinHash),
      "created_at": .string(isoTime(payment.createdAt)),
      "updated_at": .string(isoTime(payment.updatedAt)),
      "burning_percent": .string("null"),
      "type": .string("crypto2crypto"),
      "payment_extra_ids": children.isEmpty ? .null : .array(children.map { .integer($0) }),
    ])
  }

  /// What `/admin/deliveries` shows.
  func shown(_ notice: Notice) -> JSONValue {
    .object([
      "notice": .integer(notice.id),
      "payment_id": .string(String(notice.payment)),
      "order_id": .string(notice.order),
      "payment_status": .string(notice.status),
      "deliver": .string(notice.delivery.manner.rawValue),
      "is_over": .bool(notice.dueAt == nil),
      "is_taken": .bool(notice.attempts.last?.isTaken ?? false),
      "attempts": .array(
        notice.attempts.map {
          .object(["at": .string(isoTime($0.at)), "answer": .string($0.answer)])
        }),
    ])
  }

  private func number(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
  private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}
