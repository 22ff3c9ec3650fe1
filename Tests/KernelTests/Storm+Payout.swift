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
    switch below(14) {
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
