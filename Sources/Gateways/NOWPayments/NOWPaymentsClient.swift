public import HTTP
import JSON
public import Kernel

/// A page of NOWPayments on which one order can be paid.
public struct Invoice: Hashable, Sendable {
  public let id: InvoiceID
  public let url: String

  public init(id: InvoiceID, url: String) {
    self.id = id
    self.url = url
  }
}

/// NOWPayments' API: invoices, and the status of payments.
public struct NOWPaymentsClient: Sendable {
  private let call: JSONCall

  /// `url` is the service's address, with or without its `/v1`.
  public init(url: String, apiKey: String, http: any HTTPCaller) {
    var root = url[...]
    while root.hasSuffix("/") { root = root.dropLast() }
    if root.hasSuffix("/v1") { root = root.dropLast(3) }
    call = JSONCall(
      http: http, url: String(root), headers: ["x-api-key": apiKey], secrets: [apiKey],
      refusal: Self.refusal)
  }

  /// Makes a page to pay an order on.
  ///
  /// A second call makes a second page for the same order, which does no harm: both lead to
  /// payments that carry the order's id.
  public func createInvoice(
    order: OrderID, price: Money, description: String, successURL: String?, callbackURL: String
  ) async throws(GatewayFailure) -> Invoice {
    var members = [
      JSONMember("price_amount", .number(price.amountText)),
      JSONMember("price_currency", .string(price.asset.currency.lowercased())),
      JSONMember("order_id", .string(order.text)),
      JSONMember("order_description", .string(description)),
      JSONMember("ipn_callback_url", .string(callbackURL)),
    ]
    if let successURL { members.append(JSONMember("success_url", .string(successURL))) }
    let answer = try await call.post("/v1/invoice", .object(members), hasEffects: true).value
    guard let token = answer["id"]?.text ?? answer["id"]?.number, let id = InvoiceID(text: token),
      let url = answer["invoice_url"]?.text, url.hasPrefix("https://") || url.hasPrefix("http://")
    else { throw .unknown("an invoice without an id and an address") }
    guard answer["order_id"]?.text == order.text else {
      throw .permanent("an invoice of another order", code: .answerDiffers)
    }
    return Invoice(id: id, url: url)
  }

  /// What NOWPayments says of a payment now; only payments made with this key are found.
  public func payment(_ id: PaymentID) async throws(GatewayFailure) -> PaymentReport {
    let body = try await call.get("/v1/payment/" + PercentEncoding.of(id.text)).body
    let report: PaymentReport
    do throws(NoticeError) {
      report = try NOWPaymentsNotice.report(body, source: .poll)
    } catch {
      throw .transient("a payment's status could not be read: \(error)", retryAfterSeconds: nil)
    }
    guard report.payment == id else {
      throw .permanent("the status of another payment", code: .answerDiffers)
    }
    return report
  }

  /// Payments made with this key since a day, newest first, as far as `most` goes.
  ///
  /// The account's address and password are needed, as the key doesn't open the list. What
  /// can't be read as a payment is left out.
  public func payments(
    since: Instant, email: String, password: String, most: Int = 10_000
  ) async throws(GatewayFailure) -> [PaymentReport] {
    let login = JSONValue.object(["email": .string(email), "password": .string(password)])
    let answer = try await call.post("/v1/auth", login, hasEffects: false).value
    guard let token = answer["token"]?.text, !token.isEmpty else {
      throw .permanent("a login without a token", code: .credentials)
    }
    let account = call.signedIn(token)
    var reports: [PaymentReport] = []
    var page = 0
    while reports.count < most {
      let query = [
        ("limit", "100"), ("page", String(page)), ("sortBy", "created_at"), ("orderBy", "desc"),
        ("dateFrom", String(since.text.prefix(10))),
      ]
      let list = try await account.get("/v1/payment/", query).value
      guard let items = list["data"]?.items else {
        throw .transient("the list of payments could not be read", retryAfterSeconds: nil)
      }
      reports += items.compactMap {
        try? NOWPaymentsNotice.report($0.written(.asIs), source: .poll)
      }
      page += 1
      guard items.count == 100 else { break }
    }
    return reports
  }

  private static func refusal(_ code: String) -> GatewayRefusal? {
    switch code {
    case "INVALID_API_KEY": .credentials
    case "AMOUNT_MINIMAL_ERROR": .amountTooSmall
    case "CURRENCY_UNAVAILABLE": .pairInactive
    case "BAD_CREATE_WITHDRAWAL_REQUEST": .addressInvalid
    case "PAYMENT_NOT_FOUND": .notFound
    case "BAD_REQUEST": .badRequest
    default: nil
    }
  }
}
