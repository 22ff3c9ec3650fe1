import JSON
import Kernel

/// Exchanges as the provider shows them.
extension Swaps {
  /// The reply to a create.
  func created(_ swap: Swap) -> JSONValue {
    let request = swap.request
    var members = Self.names(Pair(from: request.from.asset, to: request.to, flow: request.flow))
    members.insert(JSONMember("id", .string(swap.id)), at: 0)
    members += [
      JSONMember("type", .string("direct")),
      JSONMember("fromAmount", .number(amountToken(request.from))),
      JSONMember("toAmount", .number(amountToken(swap.promised))),
      JSONMember("payinAddress", .string(swap.payin)),
      JSONMember("payoutAddress", .string(request.address)),
      JSONMember("refundAddress", .string(request.refundAddress)),
    ]
    if let extra = request.extraID { members.append(JSONMember("payoutExtraId", .string(extra))) }
    if let rate = request.rateID { members.append(JSONMember("rateId", .string(rate))) }
    if let until = swap.validUntil {
      members.append(JSONMember("validUntil", .string(isoTime(until))))
    }
    return .object(members)
  }

  /// `GET /v2/exchange/by-id`; nothing is said of amounts before the end.
  func status(_ swap: Swap) -> JSONValue {
    let request = swap.request
    let isOver = swap.status == .finished
    var members = Self.names(Pair(from: request.from.asset, to: request.to, flow: request.flow))
    members.insert(JSONMember("id", .string(swap.id)), at: 0)
    func text(_ name: String, _ value: String?) {
      members.append(JSONMember(name, value.map { .string($0) } ?? .null))
    }
    func amount(_ name: String, _ value: Money?) {
      members.append(JSONMember(name, value.map { .number(amountToken($0)) } ?? .null))
    }
    text("status", swap.status.rawValue)
    members.append(JSONMember("actionsAvailable", .bool(swap.status == .failed)))
    amount("expectedAmountFrom", request.from)
    amount("expectedAmountTo", swap.promised)
    amount("amountFrom", isOver ? swap.deposit?.money : nil)
    amount("amountTo", isOver ? swap.paid : nil)
    text("payinAddress", swap.payin)
    text("payoutAddress", request.address)
    text("payinExtraId", nil)
    text("payoutExtraId", request.extraID)
    text("refundAddress", request.refundAddress.isEmpty ? nil : request.refundAddress)
    text("refundExtraId", nil)
    text("createdAt", isoTime(swap.createdAt))
    text("updatedAt", isoTime(swap.updatedAt))
    text("depositReceivedAt", swap.depositedAt.map(isoTime))
    text("payinHash", swap.deposit?.hash)
    text("payoutHash", isOver ? swap.payoutHash : nil)
    text("fromLegacyTicker", Self.legacyTicker(request.from.asset))
    text("toLegacyTicker", Self.legacyTicker(request.to))
    let isRefunded = swap.status == .refunded
    text("refundHash", isRefunded ? swap.refundHash : nil)
    amount("refundAmount", isRefunded ? swap.refund : nil)
    text("userId", request.userID)
    members.append(JSONMember("payload", request.payload ?? .null))
    text("validUntil", isOver ? nil : swap.validUntil.map(isoTime))
    members.append(JSONMember("relatedExchangesInfo", others(swap.related)))
    members.append(JSONMember("repeatedExchangesInfo", others(swap.repeated)))
    let original = swap.original.map { JSONValue.object(["id": .string($0)]) }
    members.append(JSONMember("originalExchangeInfo", original ?? .null))
    return .object(members)
  }

  private func others(_ ids: [String]) -> JSONValue {
    .array(
      ids.compactMap { all[$0] }.map { swap in
        .object([
          "id": .string(swap.id), "status": .string(swap.status.rawValue),
          "createdAt": .string(isoTime(swap.createdAt)),
          "fromCurrency": .string(swap.request.from.asset.currency.lowercased()),
          "fromNetwork": .string(swap.request.from.asset.network.lowercased()),
          "amountFrom": .number(amountToken(swap.deposit?.money ?? swap.request.from)),
          "amountTo": swap.paid.map { .number(amountToken($0)) } ?? .null,
        ])
      })
  }

  /// `GET /v2/exchanges`, newest first.
  func list(userID: String?, address: String?, limit: Int, offset: Int) -> JSONValue {
    let found = order.reversed().compactMap { all[$0] }.filter { swap in
      (userID == nil || swap.request.userID == userID)
        && (address == nil || swap.request.address == address)
    }
    return .object([
      "count": .integer(found.count),
      "exchanges": .array(found.dropFirst(offset).prefix(limit).map(listed)),
    ])
  }

  private func listed(_ swap: Swap) -> JSONValue {
    let request = swap.request
    func side(_ asset: Asset, _ address: String, _ money: Money?, _ expected: Money) -> JSONValue {
      .object([
        "currency": .string(Self.legacyTicker(asset)), "address": .string(address),
        "amount": money.map { .number(amountToken($0)) } ?? .null,
        "expectedAmount": .number(amountToken(expected)),
      ])
    }
    return .object([
      "createdAt": .string(isoTime(swap.createdAt)), "updatedAt": .string(isoTime(swap.updatedAt)),
      "exchangeId": .string(swap.id), "requestId": .string(swap.id),
      "status": .string(swap.status.rawValue), "flow": .string(request.flow.rawValue),
      "payin": side(request.from.asset, swap.payin, swap.deposit?.money, request.from),
      "payout": side(request.to, request.address, swap.paid, swap.promised),
      "userId": request.userID.map { .string($0) } ?? .null,
      "payload": request.payload ?? .null,
    ])
  }

  /// The name of version 1, which NOWPayments' codes look like.
  static func legacyTicker(_ asset: Asset) -> String {
    let ticker = asset.currency.lowercased()
    guard ticker == "usdt" else { return ticker }
    switch asset.network {
    case "ETH": return "usdterc20"
    case "TRX": return "usdttrc20"
    case let network: return "usdt" + network.lowercased()
    }
  }
}
