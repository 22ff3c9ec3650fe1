import JSON
import Kernel
import Sandbox
import Service

// What payers and the payment provider do about an order, more or less.
extension Simulation {
  func pay(_ purchase: Purchase) {
    var members = Members(["order_id": purchase.order.text, "deliver": manner()])
    members.add("price_amount", .number(Self.prices[purchase.tier - 1]))
    members.add("callback_url", .string(settings.configuration.noticeURL))
    members.add(
      "outcome_currency",
      .string(streams.payers.pick(["usdterc20", "usdterc20", "usdterc20", "eth", "dai"])))
    if befalls(.noticeStorm, &streams.payers) {
      members.add("repeat", .integer(1 + streams.payers.below(20)))
      mark("payer: notices in many copies")
    }
    if befalls(.oddPayment, &streams.payers) { makeOdd(&members, purchase) }
    if befalls(.heldPayment, &streams.payers) { makeHeld(&members, purchase) }
    if befalls(.reusedID, &streams.payers) { reuseID(&members, purchase) }
    if befalls(.lateDeposit, &streams.payers) { settleLate(&members) }
    let reply = standIns.change(.pay, members.object)
    guard reply.isTaken, let id = reply.answer["payment_id"]?.text else {
      return witness.accuse("people", "a payment was refused: \(reply.answer)")
    }
    people.payments.append((id, purchase.order))
    lookForNoticesSoon()
  }

  private func manner() -> String {
    if befalls(.silence, &streams.payers) {
      mark("payer: no notice at all")
      return "none"
    }
    guard befalls(.forgery, &streams.payers) else { return "signed" }
    mark("payer: a forged notice")
    return streams.payers.pick(["forged", "unsigned", "altered"])
  }

  private func makeOdd(_ members: inout Members, _ purchase: Purchase) {
    let price = Self.prices[purchase.tier - 1]
    switch streams.payers.below(6) {
    case 0:
      mark("payer: paid too little")
      members.add("statuses", .array(["waiting", "partially_paid"].map { .string($0) }))
      members.add("actually_paid", .number("1.5"))
      members.add("outcome_amount", .number("1.5"))
    case 1:
      mark("payer: paid too much")
      members.add("actually_paid", .number(price + "0"))
    case 2:
      mark("payer: finished, then refunded")
      members.add("statuses", .array(["waiting", "finished", "refunded"].map { .string($0) }))
    case 3:
      mark("payer: finished, then failed")
      members.add("statuses", .array(["finished", "failed"].map { .string($0) }))
    case 4:
      mark("payer: statuses in no order")
      let words = ["finished", "confirming", "waiting", "sending"]
      members.add("statuses", .array(words.map { .string($0) }))
    default:
      mark("payer: never paid")
      members.add("statuses", .array(["waiting", "expired"].map { .string($0) }))
      members.add("actually_paid", .number("0"))
      members.add("outcome_amount", .number("0"))
    }
  }

  /// A payment that no machine can book.
  private func makeHeld(_ members: inout Members, _ purchase: Purchase) {
    switch streams.payers.below(4) {
    case 0:
      mark("payer: finished with far too little")
      members.add("actually_paid", .number("0.9"))
      members.add("outcome_amount", .number("0.9"))
    case 1:
      mark("payer: in a coin that nobody can send")
      members.add("outcome_currency", .string("btc"))
      members.add("outcome_amount", .number("0.0004"))
    case 2:
      mark("payer: finished with nothing")
      members.add("actually_paid", .number("0"))
    default:
      mark("payer: paid again to the same address")
      members.add("parent_payment_id", .integer(4_700_000_000 + purchase.number))
    }
  }

  /// The provider gives a payment an id that another order's has (PP-14).
  private func reuseID(_ members: inout Members, _ purchase: Purchase) {
    let others = people.payments.filter { $0.order != purchase.order }
    guard !others.isEmpty else { return }
    mark("payer: an id that another order's payment has")
    members.add("payment_id", .string(streams.payers.pick(others).id))
  }

  /// The provider says that it paid long before it does (PP-10); never later than the trouble ends.
  private func settleLate(_ members: inout Members) {
    let rest = plan.start.microseconds + Int64(plan.days) * Instant.perDay - now
    let seconds = min(streams.payers.loguniform(600...259_200), rest / 1_000_000)
    guard seconds > 0 else { return }
    mark("payer: finished long before the money comes")
    members.add("settles_after_seconds", .integer(Int(seconds)))
  }
}
