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
    let pair = Pair(from: request.from.asset, to: request.to, flow: request.flow)
    var members = Members([JSONMember("id", .string(swap.id))] + Self.names(pair))
    members.text("status", swap.status.rawValue)
    members.add("actionsAvailable", .bool(swap.status == .failed))
    members.amount("expectedAmountFrom", request.from)
    members.amount("expectedAmountTo", swap.promised)
    members.amount("amountFrom", isOver ? swap.deposit?.money : nil)
    members.amount("amountTo", isOver ? swap.paid : nil)
    members.text("payinAddress", swap.payin)
    members.text("payoutAddress", request.address)
    members.text("payinExtraId", nil)
    members.text("payoutExtraId", request.extraID)
    members.text("refundAddress", request.refundAddress.isEmpty ? nil : request.refundAddress)
    members.text("refundExtraId", nil)
    members.time("createdAt", swap.createdAt)
    members.time("updatedAt", swap.updatedAt)
    members.time("depositReceivedAt", swap.depositedAt)
    members.text("payinHash", swap.deposit?.hash)
    members.text("payoutHash", isOver ? swap.payoutHash : nil)
    members.text("fromLegacyTicker", Self.legacyTicker(request.from.asset))
    members.text("toLegacyTicker", Self.legacyTicker(request.to))
    let isRefunded = swap.status == .refunded
    members.text("refundHash", isRefunded ? swap.refundHash : nil)
    members.amount("refundAmount", isRefunded ? swap.refund : nil)
    members.text("userId", request.userID)
    members.add("payload", request.payload ?? .null)
    members.time("validUntil", isOver ? nil : swap.validUntil)
    members.add("relatedExchangesInfo", others(swap.related))
    members.add("repeatedExchangesInfo", others(swap.repeated))
    members.add("originalExchangeInfo", swap.original.map { .object(["id": .string($0)]) } ?? .null)
    return members.object
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
