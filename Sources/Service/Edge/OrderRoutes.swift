import Engine
import HTTP
import JSON
import Kernel
import Log

// POST /api/orders places an order and waits a little for its invoice; GET shows it.

extension Call {
  func placeOrder() {
    guard let body = object() else { return }
    var fields = FieldReader(body)
    let channel = fields.channel("channel")
    let tier = fields.integer("tier", 1...Limits.tiersMost, isOptional: true)
    let donation = fields.dollars("donation_usd", isOptional: true)
    let user = fields.id("user_id", UserID.self, "must be a Telegram user id")
    if tier == nil, donation == nil, fields.errors.isEmpty {
      fields.refuse("tier", "is missing, and so is donation_usd: one of them is needed")
    } else if tier != nil, donation != nil {
      fields.refuse("donation_usd", "can't stand beside tier")
    }
    if let problem = fields.problem() { return refuse(problem) }
    guard let channel, let user, let (id, digest) = identity("order.place", body) else { return }
    // The id is fresh each time: a replay's is read from the fact it made.
    let order = OrderID(environment: parts.configuration.environment, token: Token.fresh())
    let fee = parts.configuration.policy.fee
    let command: OrderCommand
    if let donation {
      command = .placeDonation(order, channel: channel, price: donation, user: user, fee: fee)
    } else {
      command = .placeSubscription(order, channel: channel, tier: tier ?? 0, user: user, fee: fee)
    }
    parts.gate.submit(
      Submission(id: id, digest: digest, command: .order(command), actor: "service")
    ) { answer in
      if let problem = obstacle(answer) { return refuse(problem) }
      guard case .accepted(let first, _) = answer else { return answerReplayedOrder(answer) }
      awaitInvoice(order, placedAt: first, since: ContinuousClock.now)
    }
  }

  private func answerReplayedOrder(_ answer: Answer) {
    guard case .replayed(let first, _) = answer else { return fail("an order was ignored") }
    read {
      do throws(StoreError) {
        let events = try parts.store.read(after: first - 1, limit: 1)
        guard let stored = events.first, case .order(.placed(let placed)) = try stored.event()
        else { return fail("position \(first) places no order") }
        awaitInvoice(placed.order, placedAt: first, since: ContinuousClock.now)
      } catch {
        fail(error.description)
      }
    }
  }

  /// Looks for the invoice now and then, on no thread of its own; after five seconds the order is
  /// answered without it.
  private func awaitInvoice(
    _ order: OrderID, placedAt position: UInt64, since start: ContinuousClock.Instant
  ) {
    let isLate = start.duration(to: .now) > .seconds(5)
    var version: UInt64 = 0
    do throws(StoreError) {
      if let stream = StreamName(text: "order-\(order)") {
        version = try parts.store.version(of: stream)
      }
    } catch {
      return fail(error.description)
    }
    guard version > 1 || isLate else {
      return readers.after(milliseconds: 20) {
        awaitInvoice(order, placedAt: position, since: start)
      }
    }
    read {
      do throws(StoreError) {
        guard let view = try OrderView(order, in: parts.store) else {
          return fail("order \(order) is not in its stream")
        }
        var response = HTTPResponse.json(view.json.written(.asIs), status: 201)
        response.headers.add("Location", "/api/orders/\(order)")
        response.headers.add("Weir-Position", String(position))
        send(response)
      } catch {
        fail(error.description)
      }
    }
  }

  func showOrder() {
    guard let order = OrderID(text: parameters["id"]) else { return refuse(.notFound) }
    read {
      do throws(StoreError) {
        guard let view = try OrderView(order, in: parts.store), maySee(view.channel) else {
          return refuse(.notFound)
        }
        send(200, view.json)
      } catch {
        fail(error.description)
      }
    }
  }
}

extension FieldReader {
  /// A channel by its open id or its key.
  mutating func channel(_ field: String) -> ChannelKey? {
    guard let value = value(field, isOptional: false) else { return nil }
    guard let text = value.text?.trimmed ?? value.number, let key = ChannelKey(naming: text) else {
      refuse(field, "must be a channel's open id or key")
      return nil
    }
    return key
  }
}

/// One order as its stream tells it.
struct OrderView {
  private let placed: OrderEvent.Placed
  var channel: ChannelKey { placed.channel }
  private var invoice: OrderEvent.Invoiced?
  private var failure: String?
  private var granted: OrderEvent.Granted?

  /// Nil where the stream has no order that was placed here.
  init?(_ order: OrderID, in store: any EventStore) throws(StoreError) {
    guard let stream = StreamName(text: "order-\(order)") else { return nil }
    let events = try store.read(stream, after: 0, limit: 100)
    guard let first = events.first, case .order(.placed(let placed)) = try first.event() else {
      return nil
    }
    self.placed = placed
    for stored in events.dropFirst() {
      guard case .order(let event) = try stored.event() else { continue }
      switch event {
      case .placed: break
      case .invoiced(let e): invoice = e
      case .invoiceFailed(let e): failure = e.reason
      case .granted(let e): granted = e
      }
    }
  }

  private var status: String {
    if granted != nil { return "granted" }
    if invoice != nil { return "invoiced" }
    return failure == nil ? "placed" : "invoice_failed"
  }

  var json: JSONValue {
    var members = [
      JSONMember("order_id", .string(placed.order.text)),
      JSONMember("channel", .string(placed.channel.text)),
      JSONMember("kind", .string(placed.kind.text)),
      JSONMember("price", .money(placed.price)),
      JSONMember("days", .integer(placed.days)),
      JSONMember("user_id", .string(placed.user.value)),
      JSONMember("status", .string(status)),
    ]
    if let tier = placed.tier { members.append(JSONMember("tier", .integer(tier))) }
    if let invoice {
      members.append(JSONMember("invoice_id", .string(invoice.invoice.text)))
      members.append(JSONMember("invoice_url", .string(invoice.url)))
    }
    if let granted {
      members.append(JSONMember("payment_id", .string(granted.payment.text)))
      members.append(JSONMember("expires_at", .string(granted.expires.text)))
    }
    return .object(members)
  }
}
