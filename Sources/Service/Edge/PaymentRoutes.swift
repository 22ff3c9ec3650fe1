import Engine
import HTTP
import JSON
import Kernel
import Log

// Payments that wait for a person (C-21, MO-12): GET /api/admin/payments lists them, GET …/{id}
// explains one, POST …/{id}/{action} rules on it: accept, refund, write-off, uphold. A refund of
// what is booked already undoes the booking.

/// What a person may say about a payment, in the words of the command line.
enum PaymentAction: String, Word {
  case accept, refund, uphold
  case writeOff = "write-off"

  static let words = WordList<PaymentAction>()
}

/// What came with it.
private struct PaymentWords: Sendable {
  var order: OrderID?
  /// USDT for one of what arrived, as decimal text.
  var rate: String?
  var transaction = ""
}

extension Call {
  func listPayments() {
    guard let limit = number("limit", 1...500, standard: 100),
      let after = number("after", 0...Int(Int32.max), standard: 0), let isHeld = flag("held"),
      let channel = only("channel")
    else { return }
    var matches: [(column: String, value: String?)] = isHeld ? [("is_waiting", "true")] : []
    if let channel = channel.value { matches.append(("channel", channel)) }
    readTables { [matches] in
      do throws(TableReadFailure) {
        let position = parts.tables.place
        let page = try parts.tables.lines(
          of: "held_payments", where: matches, by: "held_at", after: after, limit: limit)
        send(
          200,
          .object([
            "payments": .array(page.map { .object($0) }),
            "next": page.count == limit ? .integer(after + limit) : .null,
            "position": .position(position),
          ]), position: position)
      } catch {
        fail(error.words)
      }
    }
  }

  func showPayment() {
    guard let id = PaymentID(text: parameters["id"]) else { return refuse(.notFound) }
    readTables {
      do {
        let position = parts.tables.place
        let rows = try parts.tables.lines(
          of: "held_payments", where: [("payment", id.text)], by: nil, after: 0, limit: 1)
        let stored = try stream(of: id)
        guard !stored.isEmpty else { return refuse(.notFound, "no such payment") }
        let booked = try booked(stored)
        let events = try stored.map { (e) throws(StoreError) in try Self.json(e) }
        parts.gate.inspect { state in
          let now = parts.clock()
          let actions = PaymentAction.allCases.map { action in
            let words = PaymentWords(transaction: "0x")
            let command = command(id, action, words, "why", booked, in: state)
            return Self.json(action.text, command.map { state.decide($0, at: now) })
          }
          read {
            send(
              200,
              .object([
                "payment": .string(id.text), "held": rows.first.map { .object($0) } ?? .null,
                "actions": .array(actions), "events": .array(events),
                "position": .position(position),
              ]), position: position)
          }
        }
      } catch {
        fail("\(error)")
      }
    }
  }

  func ruleOnPayment() {
    guard let id = PaymentID(text: parameters["id"]),
      let action = PaymentAction(text: parameters["action"])
    else { return refuse(.notFound) }
    guard let (deed, words) = deed(canBeTried: true, { $0.words(for: action) }) else { return }
    let asked = JSONValue.object([
      "action": .string(action.text), "payment": .string(id.text), "body": deed.body,
    ])
    guard let (command, digest) = identity("operator/payment", asked) else { return }
    read {
      do {
        let stored = try stream(of: id)
        let booked = try booked(stored)
        parts.gate.inspect { state in
          guard let ruling = self.command(id, action, words, deed.reason, booked, in: state) else {
            return refuse(Problem(.rateMissing, Refusal.rateMissing.advice))
          }
          if deed.isDry { return sendDry(state.decide(ruling, at: parts.clock())) }
          parts.gate.submit(
            Submission(id: command, digest: digest, command: ruling, actor: deed.actor)
          ) { sendDone($0) }
        }
      } catch {
        fail("\(error)")
      }
    }
  }

  /// What its own stream says that was booked, and its order's that it gave.
  private func booked(_ stored: [StoredEvent]) throws(StoreError) -> BookedPayment? {
    let events = try stored.map { (e) throws(StoreError) in try e.event() }
    var order: [LedgerEvent] = []
    for case .payment(.finished(let e)) in events {
      guard let id = e.order, let stream = StreamName(text: "order-\(id)") else { continue }
      order += try parts.store.read(stream, after: 0, limit: 1_000)
        .map { (e) throws(StoreError) in try e.event() }
    }
    return BookedPayment(events, order: order)
  }

  /// Nil for a rate that is none.
  private func command(
    _ id: PaymentID, _ action: PaymentAction, _ words: PaymentWords, _ reason: String,
    _ booked: BookedPayment?, in state: LedgerState
  ) -> LedgerCommand? {
    let ruling: PaymentRuling
    switch action {
    case .accept:
      var rate: Rate?
      if let text = words.rate, let asset = state.heldOutcome(id)?.asset {
        rate = Rate(text, from: asset, to: .usdt)
        if rate == nil { return nil }
      }
      ruling = .accept(order: words.order, rate: rate, parts.configuration.policy)
    case .refund:
      ruling =
        booked.map { .reverse($0, transaction: words.transaction) }
        ?? .refund(transaction: words.transaction)
    case .writeOff: ruling = .writeOff
    case .uphold: ruling = .uphold
    }
    return .payment(.rule(id, ruling, reason: reason))
  }

  /// All facts of a payment's stream.
  private func stream(of id: PaymentID) throws(StoreError) -> [StoredEvent] {
    guard let name = StreamName(text: "payment-\(id)") else { return [] }
    var all: [StoredEvent] = []
    while true {
      let page = try parts.store.read(name, after: UInt64(all.count), limit: 1_000)
      all += page
      if page.count < 1_000 { return all }
    }
  }
}

extension FieldReader {
  fileprivate mutating func words(for action: PaymentAction) -> PaymentWords {
    var words = PaymentWords()
    switch action {
    case .accept:
      if let text = text("order", most: Limits.descriptionMost, isOptional: true) {
        words.order = OrderID(text: text)
        if words.order == nil { refuse("order", "is no order's id") }
      }
      words.rate = text("rate", most: 60, isOptional: true)
    case .refund: words.transaction = text("transaction", most: Limits.walletMost) ?? ""
    case .writeOff, .uphold: break
    }
    return words
  }
}
