public import HTTP
import JSON
public import Kernel

/// ChangeNOW's API v2: what a pair takes, what it gives, opening a swap, and how it stands.
///
/// It has no key against repeats: a second create makes a second swap, which does no harm while it
/// is not funded. Numbers are taken from their text.
public struct ChangeNOWClient: Sendable {
  private let call: JSONCall

  /// `url` is the service's address, without a path.
  public init(url: String, apiKey: String, http: any HTTPCaller) {
    call = JSONCall(
      http: http, url: url, headers: ["x-changenow-api-key": apiKey], secrets: [apiKey],
      refusal: Self.refusal)
  }

  /// The least and the most a pair takes now; limits differ by flow and move.
  public func range(
    from: Asset, to: Asset, flow: SwapFlow
  ) async throws(GatewayFailure) -> SwapRange {
    let pair = try Pair(from, to)
    let answer = try await call.get(
      "/v2/exchange/range", pair.query([("flow", flow.rawValue)])
    ).value
    try pair.check(answer)
    guard let least = answer["minAmount"]?.decimal else { throw unreadable("range") }
    let most = answer["maxAmount"]
    guard most == nil || most?.isNull == true || most?.decimal != nil else {
      throw unreadable("range")
    }
    return SwapRange(least: least, most: most?.decimal)
  }

  /// What an amount would become; with a fixed rate, the rate's id and how long it is held.
  public func estimate(
    _ from: Money, to: Asset, flow: SwapFlow
  ) async throws(GatewayFailure) -> SplitEstimate {
    let pair = try Pair(from.asset, to)
    var query = [("fromAmount", from.amountText), ("flow", flow.rawValue), ("type", "direct")]
    if flow == .fixedRate { query.append(("useRateId", "true")) }
    let answer = try await call.get("/v2/exchange/estimated-amount", pair.query(query)).value
    try pair.check(answer)
    guard let fromAmount = answer["fromAmount"]?.decimal,
      let toAmount = answer["toAmount"]?.decimal,
      let depositFee = Self.fee(answer["depositFee"]),
      let withdrawalFee = Self.fee(answer["withdrawalFee"])
    else { throw unreadable("estimate") }
    guard Money(fromAmount, from.asset) == from else {
      throw .permanent("an estimate of another amount", code: .answerDiffers)
    }
    let rate = answer["rateId"].words
    guard rate != nil || flow != .fixedRate else {
      throw .permanent("a fixed rate without its id", code: .fixedRateUnavailable)
    }
    return SplitEstimate(
      fromAmount: fromAmount, toAmount: toAmount, depositFee: depositFee,
      withdrawalFee: withdrawalFee, rate: rate, validUntil: answer["validUntil"].instant)
  }

  /// Opens a swap; an answer that doesn't come leaves it unknown whether one was opened.
  ///
  /// Pair, flow, refund address and payout tag of the answer must be those asked for, and a deposit
  /// address on Ethereum must be one; amount and payout address are the ledger's to compare. An XRP
  /// X-address is sent as account and tag, and answered for as the X-address it was.
  public func create(_ order: SwapOrder) async throws(GatewayFailure) -> OpenedSwap {
    let pair = try Pair(order.amount.asset, order.to)
    let answer = try await call.post(
      "/v2/exchange", pair.request(order), hasEffects: true
    ).value
    return try opened(answer, order, pair, amount: answer["fromAmount"], to: answer["toAmount"])
  }

  /// Looks for a swap that an order opened, by the order's own word in the partner's list; nil
  /// where there is none that still waits for its deposit.
  ///
  /// The list is enabled for partners on request; without it the call is refused.
  public func find(_ order: SwapOrder) async throws(GatewayFailure) -> OpenedSwap? {
    let pair = try Pair(order.amount.asset, order.to)
    let list = try await call.get(
      "/v2/exchanges", [("userId", order.correlator), ("limit", "100")]
    ).value
    guard let all = list["exchanges"]?.items else { throw unreadable("list") }
    // A list that doesn't know the filter gives everybody's.
    let ours = all.filter { item in
      item["userId"].words == order.correlator
        && ["new", "waiting"].contains(item["status"].words ?? "")
        && item["flow"].words ?? order.flow.rawValue == order.flow.rawValue
    }
    guard let id = ours.first?["exchangeId"].words.flatMap({ SwapID(text: $0) }) else {
      return nil
    }
    let answer = try await call.get("/v2/exchange/by-id", [("id", id.text)]).value
    guard answer["id"]?.text == id.text else {
      throw .permanent("the status of another swap", code: .answerDiffers)
    }
    return try opened(
      answer, order, pair, amount: answer["expectedAmountFrom"], to: answer["expectedAmountTo"])
  }

  /// The partner's newest swaps, a hundred at most, and the provider's word on each.
  ///
  /// The list is enabled for partners on request; without it the call is refused.
  public func newest() async throws(GatewayFailure) -> [SwapLook] {
    let list = try await call.get(
      "/v2/exchanges", [("limit", "100"), ("sortDirection", "DESC"), ("sortField", "createdAt")]
    ).value
    guard let all = list["exchanges"]?.items else { throw unreadable("list") }
    return all.compactMap { item in
      guard let id = item["exchangeId"].words.flatMap({ SwapID(text: $0) }) else { return nil }
      return SwapLook(swap: id, status: item["status"].words)
    }
  }

  /// Those of the partner's newest swaps, a hundred at most, that wait or waited for a deposit at
  /// one of these addresses; any case of letters.
  public func swaps(paidInto addresses: [String]) async throws(GatewayFailure) -> [FoundSwap] {
    let wanted = Set(addresses.map { $0.lowercased() })
    let list = try await call.get(
      "/v2/exchanges", [("limit", "100"), ("sortDirection", "DESC"), ("sortField", "createdAt")]
    ).value
    guard let all = list["exchanges"]?.items else { throw unreadable("list") }
    var found: [FoundSwap] = []
    for item in all {
      guard let address = item["payin"]?["address"].words, wanted.contains(address.lowercased()),
        let id = item["exchangeId"].words.flatMap({ SwapID(text: $0) })
      else { continue }
      let answer = try await call.get("/v2/exchange/by-id", [("id", id.text)]).value
      guard answer["id"]?.text == id.text, let payin = answer["payinAddress"].words,
        let payout = answer["payoutAddress"].words, let ticker = answer["toCurrency"].words,
        let to = ChangeNOWCurrency.asset(
          ticker: ticker, network: answer["toNetwork"].words ?? ticker)
      else { throw unreadable("status") }
      found.append(
        FoundSwap(
          swap: id, payin: payin, payout: payout, to: to,
          toAmount: answer["expectedAmountTo"]?.decimal,
          payoutExtra: answer["payoutExtraId"].words))
    }
    return found
  }

  private func opened(
    _ answer: JSONValue, _ order: SwapOrder, _ pair: Pair, amount: JSONValue?, to: JSONValue?
  ) throws(GatewayFailure) -> OpenedSwap {
    guard let id = answer["id"]?.text, let swap = SwapID(text: id),
      let fromAmount = amount?.decimal, let payin = answer["payinAddress"].words,
      let payout = answer["payoutAddress"].words
    else { throw .unknown("a swap without id, amount or addresses") }
    try pair.check(answer)
    guard answer["flow"].words ?? order.flow.rawValue == order.flow.rawValue,
      (answer["refundAddress"].words ?? order.refund).lowercased() == order.refund.lowercased()
    else { throw .permanent("swap \(swap) has another flow or refund", code: .answerDiffers) }
    if order.amount.asset.network == "ETH" {
      guard let address = EthereumAddress(payin), !address.isZero else {
        throw .permanent("swap \(swap) has no deposit address", code: .answerDiffers)
      }
    }
    // The ledger knows the one address that was registered, not the two parts it was sent as.
    let place = PayoutPlace(order.wallet, of: order.to)
    let extra = answer["payoutExtraId"].words
    let isSame = place.isMeant(by: payout, extra, of: order.to)
    guard isSame || place.extra == extra else {
      throw .permanent("swap \(swap) pays to another tag", code: .answerDiffers)
    }
    return OpenedSwap(
      swap: swap, attempt: order.attempt, fromAmount: fromAmount, payin: payin,
      payinExtra: answer["payinExtraId"].words, payout: isSame ? order.wallet : payout,
      toAmount: to?.decimal, validUntil: answer["validUntil"].instant)
  }

  /// How a swap stands.
  public func status(_ swap: SwapID) async throws(GatewayFailure) -> SwapStatus {
    let answer = try await call.get("/v2/exchange/by-id", [("id", swap.text)]).value
    guard let status = answer["status"].words else { throw unreadable("status") }
    guard answer["id"]?.text == swap.text else {
      throw .permanent("the status of another swap", code: .answerDiffers)
    }
    return SwapStatus(
      status: status, amountFrom: answer["amountFrom"]?.decimal,
      amountTo: answer["amountTo"]?.decimal, payinHash: answer["payinHash"].words,
      payoutHash: answer["payoutHash"].words, refundHash: answer["refundHash"].words,
      refundAmount: answer["refundAmount"]?.decimal, validUntil: answer["validUntil"].instant,
      expectedFrom: answer["expectedAmountFrom"]?.decimal, payin: answer["payinAddress"].words,
      refundAddress: answer["refundAddress"].words, payoutNetwork: answer["toNetwork"].words)
  }

  /// A fee that is not named is none.
  private static func fee(_ value: JSONValue?) -> String? {
    guard let value, !value.isNull else { return "0" }
    return value.decimal
  }

  private func unreadable(_ what: String) -> GatewayFailure {
    .transient("the \(what) could not be read", retryAfterSeconds: nil)
  }

  private static func refusal(_ code: String) -> GatewayRefusal? {
    switch code {
    case "deposit_too_small": .amountTooSmall
    case "max_amount_exceeded": .amountTooLarge
    case "out_of_range": .amountOutOfRange
    case "pair_is_inactive": .pairInactive
    case "fixed_rate_not_enabled": .fixedRateUnavailable
    case "rate_id_not_found_or_expired": .rateExpired
    case "not_valid_address": .addressInvalid
    case "not_valid_params": .badRequest
    case "not_found": .notFound
    case "not_available": .notAvailable
    case "unauthorized", "invalid_api_key", "forbidden": .credentials
    default: nil
    }
  }
}

/// Two assets in the provider's names.
private struct Pair {
  let from: ChangeNOWCurrency
  let to: ChangeNOWCurrency

  init(_ from: Asset, _ to: Asset) throws(GatewayFailure) {
    guard let source = ChangeNOWCurrency(from), let target = ChangeNOWCurrency(to) else {
      throw .permanent("\(from) to \(to) can't be swapped", code: .assetUnsupported)
    }
    self.from = source
    self.to = target
  }

  private var names: [(String, String)] {
    [
      ("fromCurrency", from.ticker), ("fromNetwork", from.network), ("toCurrency", to.ticker),
      ("toNetwork", to.network),
    ]
  }

  func query(_ more: [(String, String)]) -> [(String, String)] { names + more }

  /// An answer that names another pair is not about our question.
  func check(_ answer: JSONValue) throws(GatewayFailure) {
    for (name, wanted) in names {
      guard (answer[name].words ?? wanted).lowercased() == wanted else {
        throw .permanent("\(name) is not \(wanted)", code: .answerDiffers)
      }
    }
  }

  func request(_ order: SwapOrder) -> JSONValue {
    var texts = names
    let place = PayoutPlace(order.wallet, of: order.to)
    texts += [
      ("fromAmount", order.amount.amountText), ("toAmount", ""), ("address", place.address),
      ("extraId", place.extra ?? ""), ("refundAddress", order.refund), ("refundExtraId", ""),
      ("userId", order.correlator), ("contactEmail", ""), ("flow", order.flow.rawValue),
      ("type", "direct"), ("rateId", order.rate ?? ""),
    ]
    let payload = JSONValue.object(["ref": .string(order.correlator)])
    return .object(
      texts.map { JSONMember($0, .string($1)) } + [JSONMember("payload", payload)])
  }
}

extension JSONValue? {
  /// A text that says something.
  fileprivate var words: String? {
    guard let text = self?.text, !text.isEmpty else { return nil }
    return text
  }

  fileprivate var instant: Instant? { words.flatMap { Instant(provider: $0) } }
}
