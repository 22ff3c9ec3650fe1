import Gateways
import JSON
import Kernel

/// What the provider's endpoints answer, and what they refuse in its words.
extension Swaps {
  /// A pair as asked for by query or body.
  struct Pair {
    let from: Asset
    let to: Asset
    let flow: SwapFlow
  }

  /// Why not, in the provider's words.
  struct Refusal: Error {
    let code: String
    let message: String
    var payload: JSONValue?
    /// True where a script was used up by it.
    var isChange = false

    var reply: Reply {
      var members = [
        JSONMember("error", .string(code)), JSONMember("message", .string(message)),
      ]
      if let payload { members.append(JSONMember("payload", payload)) }
      return .refused(400, .object(members), isChange: isChange)
    }
  }

  func pair(_ body: JSONValue) throws(Refusal) -> Pair {
    func asset(_ side: String) throws(Refusal) -> Asset {
      let ticker = body["\(side)Currency"]?.text ?? ""
      let network = body["\(side)Network"]?.text ?? ticker
      guard ticker == ticker.lowercased(), let asset = Asset(currency: ticker, network: network),
        Prices.dollars(asset) != nil
      else {
        throw Refusal(code: "not_valid_params", message: "Currency \(ticker) is not supported")
      }
      return asset
    }
    guard let flow = SwapFlow(rawValue: body["flow"]?.text ?? "standard") else {
      throw Refusal(code: "not_valid_params", message: "flow must be standard or fixed-rate")
    }
    let pair = Pair(from: try asset("from"), to: try asset("to"), flow: flow)
    guard pair.from != pair.to else {
      throw Refusal(code: "pair_is_inactive", message: "Pair is inactive")
    }
    return pair
  }

  /// The amount to be paid in, within the provider's range.
  func amount(_ body: JSONValue, _ pair: Pair) throws(Refusal) -> Money {
    guard body["type"]?.text ?? "direct" == "direct" else {
      throw Refusal(code: "not_valid_params", message: "type must be direct")
    }
    guard let text = body["fromAmount"]?.decimal, let from = Money(text, pair.from),
      from.isPositive
    else { throw Refusal(code: "not_valid_params", message: "fromAmount must be a number") }
    let least = Self.least(pair.from)
    let most = Self.most(pair.from, pair.flow)
    let range = JSONValue.object([
      "range": .object([
        "minAmount": .number(amountToken(least)),
        "maxAmount": most.map { .number(amountToken($0)) } ?? .null,
      ])
    ])
    let ticker = pair.from.currency
    guard from >= least else {
      throw Refusal(
        code: "deposit_too_small", message: "Out of min amount \(amountToken(least)) \(ticker)",
        payload: range)
    }
    if let most, !(most >= from) {
      throw Refusal(
        code: "max_amount_exceeded", message: "Out of max amount \(amountToken(most)) \(ticker)",
        payload: range)
    }
    return from
  }

  /// `GET /v2/exchange/range` and `/min-amount`.
  func range(_ body: JSONValue) -> Reply {
    do throws(Refusal) {
      let pair = try pair(body)
      var members = Self.names(pair)
      members.append(JSONMember("minAmount", .number(amountToken(Self.least(pair.from)))))
      let most = Self.most(pair.from, pair.flow).map { JSONValue.number(amountToken($0)) }
      members.append(JSONMember("maxAmount", most ?? .null))
      return Reply(.object(members), isChange: false)
    } catch {
      return error.reply
    }
  }

  /// `GET /v2/exchange/estimated-amount`.
  mutating func quote(_ body: JSONValue, at time: Int) -> Reply {
    do throws(Refusal) {
      let pair = try pair(body)
      let from = try amount(body, pair)
      let behaviour = takeScript(to: pair.to, address: nil) { $0 == .refuse || $0 == .error500 }
      if let behaviour { return Self.refused(behaviour) }
      guard let to = price(from, to: pair.to, pair.flow) else {
        throw Refusal(code: "deposit_too_small", message: "Out of min amount")
      }
      let until = time + rules.rateMilliseconds
      let hasRate = pair.flow == .fixedRate && body["useRateId"]?.text == "true"
      return Reply(
        .object(
          Self.names(pair) + [
            JSONMember("type", .string("direct")),
            JSONMember(
              "rateId", hasRate ? .string(rateID(from, to: to, until: until)) : .null),
            JSONMember("validUntil", hasRate ? .string(isoTime(until)) : .null),
            JSONMember(
              "transactionSpeedForecast", pair.flow == .standard ? .string("10-60") : .null),
            JSONMember("warningMessage", .null),
            JSONMember("depositFee", .number(amountToken(Self.depositFee(pair.from)))),
            JSONMember("withdrawalFee", .number(amountToken(Self.withdrawalFee(pair.to)))),
            JSONMember("userId", .null),
            JSONMember("fromAmount", .number(amountToken(from))),
            JSONMember("toAmount", .number(amountToken(to))),
          ]), isChange: false)
    } catch {
      return error.reply
    }
  }

  /// `POST /v2/exchange`.
  mutating func open(_ body: JSONValue, at time: Int) -> Reply {
    do throws(Refusal) {
      let pair = try pair(body)
      let from = try amount(body, pair)
      guard let to = price(from, to: pair.to, pair.flow) else {
        throw Refusal(code: "deposit_too_small", message: "Out of min amount")
      }
      let request = try request(body, pair, from)
      if pair.flow == .fixedRate {
        guard let rate = request.rateID, isCurrent(rateID: rate, from, to: to, at: time) else {
          throw Refusal(
            code: "rate_id_not_found_or_expired", message: "RateId not found or expired")
        }
      }
      let behaviour = takeScript(to: pair.to, address: request.address)
      if let behaviour, behaviour == .refuse || behaviour == .error500 {
        return Self.refused(behaviour)
      }
      let riding = behaviour.flatMap { $0.isAtTheDoor ? nil : $0 }
      let swap = make(request, promised: to, behaviour: riding, at: time)
      return Reply(created(swap), isWithheld: behaviour == .hang)
    } catch {
      return error.reply
    }
  }

  private func request(
    _ body: JSONValue, _ pair: Pair, _ from: Money
  ) throws(Refusal) -> SwapRequest {
    func text(_ name: String) -> String? {
      body[name]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
    let address = text("address") ?? ""
    let refund = text("refundAddress") ?? ""
    guard Self.isAddress(address, on: pair.to), Self.isTag(text("extraId"), on: pair.to),
      refund.isEmpty || Self.isAddress(refund, on: pair.from)
    else { throw Refusal(code: "not_valid_address", message: "Address is not valid") }
    return SwapRequest(
      from: from, to: pair.to, flow: pair.flow, address: address, refundAddress: refund,
      rateID: text("rateId"), extraID: text("extraId"), userID: text("userId"),
      payload: body["payload"])
  }

  /// A tag is XRP's here, 32 bits of it.
  private static func isTag(_ text: String?, on asset: Asset) -> Bool {
    guard let text else { return true }
    return asset.network == "XRP" && UInt32(text).map { String($0) == text } ?? false
  }

  /// Strict for the chains of Ethereum's kind, and XRP's only in its classic form; elsewhere only
  /// text without blanks.
  private static func isAddress(_ text: String, on asset: Asset) -> Bool {
    if ["ETH", "BSC", "BASE", "MATIC"].contains(asset.network) {
      return EthereumAddress(text).map { !$0.isZero } ?? false
    }
    if asset.network == "XRP", !text.hasPrefix("r") { return false }
    return (20...120).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
  }

  private static func refused(_ behaviour: Behaviour) -> Reply {
    if behaviour == .error500 {
      return .refused(
        500,
        .object([
          "code": .string("INTERNAL_ERROR"),
          "message": .string("The server encountered an internal error"),
          "statusCode": .integer(500),
        ]), isChange: true)
    }
    return Refusal(code: "pair_is_inactive", message: "Pair is inactive", isChange: true).reply
  }

  static func names(_ pair: Pair) -> [JSONMember] {
    [
      JSONMember("fromCurrency", .string(pair.from.currency.lowercased())),
      JSONMember("fromNetwork", .string(pair.from.network.lowercased())),
      JSONMember("toCurrency", .string(pair.to.currency.lowercased())),
      JSONMember("toNetwork", .string(pair.to.network.lowercased())),
      JSONMember("flow", .string(pair.flow.rawValue)),
    ]
  }
}
