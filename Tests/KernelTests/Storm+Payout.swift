@testable import Kernel

// What a storm asks of the payout's last legs, and seldom.
extension Storm {
  mutating func hostpayCommand(_ id: SplitID) -> LedgerCommand {
    switch below(10) {
    case 0, 1, 2, 3: return .hostpay(.request(id))
    case 4, 5:
      return .hostpay(
        .noteCheck(id, swaps[id]?.swap ?? SwapID(composed: "s1"), status: "waiting"))
    case 6, 7, 8: return .hostpay(.noteFunded(id))
    default: return chance(2) ? .hostpay(.hold(id, reason: "x")) : .hostpay(.request(id))
    }
  }

  mutating func transferCommand(_ id: TransferID) -> LedgerCommand {
    let amount = transfers[id]?.amount ?? Sample.usdt("1")
    switch below(18) {
    case 14: return bump(id)
    case 15: return signature(of: id)
    case 16: return .transfer(.release(id, reason: "x"))
    case 17:
      let cause = pick([TransferCancelCause.operator, .swapExpired, .neverMinable])
      return chance(5) ? .transfer(.cancel(id, cause, reason: "x")) : bump(id)
    case 0, 1, 2, 3: return .transfer(.request(id.split!))
    case 4, 5, 6: return .transfer(.reserveNonce(id, World.quote))
    case 7, 8:
      return .transfer(.noteSigned(id, World.signed(nonces[id] ?? 7, hash: "0x\(id)")))
    case 9, 10, 11: return .transfer(.confirm(id, World.mined("0x\(id)"), amount: amount))
    case 12:
      let mined = World.mined("0x\(id)")
      return .transfer(chance(5) ? .noteReverted(id, mined) : .noteCancelled(id, mined))
    default: return .transfer(.park(id, reason: "x"))
    }
  }

  /// Mostly the least that is taken, seldom too little, or with fees of its own.
  mutating func bump(_ id: TransferID) -> LedgerCommand {
    let bids = [
      TransferBid(
        gasLimit: 30_000, maxFeePerGas: "99000000000", maxPriorityFeePerGas: "9000000000"),
      TransferBid(maxFeePerGas: "50000000001", maxPriorityFeePerGas: "9000000000"),
    ]
    return .transfer(.bump(id, chance(7) ? nil : pick(bids), reason: "x"))
  }

  /// What the last bump asked for.
  mutating func signature(of id: TransferID) -> LedgerCommand {
    guard let bump = bumps[id] else { return .transfer(.noteSigned(id, World.signed(7))) }
    let signed = SignedTransfer(
      nonce: bump.nonce, attempt: bump.attempt, raw: "0x02",
      hash: bump.cancels ? "0xc\(id)" : "0x\(id)-\(bump.attempt)",
      maxFeePerGas: bump.maxFeePerGas, maxPriorityFeePerGas: bump.maxPriorityFeePerGas)
    return .transfer(
      bump.cancels != chance(1) ? .noteCancelSigned(id, signed) : .noteSigned(id, signed))
  }

  mutating func rareCommand() -> LedgerCommand {
    switch below(12) {
    case 0: return .wallet(.claim(address: Sample.host, chain: 1, nonce: 7))
    case 1: return .channel(.register(Sample.form()))
    case 2:
      let strategy: PayoutStrategy = chance(5) ? .threshold : .instant
      return .channel(.changePayoutSettings(pick(channels), Sample.payout(strategy)))
    case 3: return .transfer(.noteForeignNonce(TransferID(composed: "x.fund")))
    default: return noteCommand()
    }
  }
}
