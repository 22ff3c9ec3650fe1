// What commands that move money on chain say; see CommandBytes+Rows.swift.

extension TransferCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .request(let split):
      bytes.put("transfer.request" as StaticString)
      bytes.put(split)
    case .reserveNonce(let transfer, let quote):
      bytes.put("transfer.reserveNonce" as StaticString)
      bytes.put(transfer)
      bytes.put(quote)
    case .noteSwapOver(let transfer, let swap, let reason):
      bytes.put("transfer.noteSwapOver" as StaticString)
      bytes.put(transfer)
      bytes.put(swap)
      bytes.put(reason)
    case .noteSigned(let transfer, let signed):
      bytes.put("transfer.noteSigned" as StaticString)
      bytes.put(transfer)
      bytes.put(signed)
    case .bump(let transfer, let bid, let reason):
      bytes.put("transfer.bump" as StaticString)
      bytes.put(transfer)
      bytes.put(bid) { $0.put($1) }
      bytes.put(reason)
    case .cancel(let transfer, let cause, let reason):
      bytes.put("transfer.cancel" as StaticString)
      bytes.put(transfer)
      bytes.put(cause)
      bytes.put(reason)
    case .noteCancelSigned(let transfer, let signed):
      bytes.put("transfer.noteCancelSigned" as StaticString)
      bytes.put(transfer)
      bytes.put(signed)
    case .confirm(let transfer, let mined, let amount):
      bytes.put("transfer.confirm" as StaticString)
      bytes.put(transfer)
      bytes.put(mined)
      bytes.put(amount)
    case .noteReverted(let transfer, let mined):
      bytes.put("transfer.noteReverted" as StaticString)
      bytes.put(transfer)
      bytes.put(mined)
    case .noteCancelled(let transfer, let mined):
      bytes.put("transfer.noteCancelled" as StaticString)
      bytes.put(transfer)
      bytes.put(mined)
    case .noteForeignNonce(let transfer):
      bytes.put("transfer.noteForeignNonce" as StaticString)
      bytes.put(transfer)
    case .park(let transfer, let reason):
      bytes.put("transfer.park" as StaticString)
      bytes.put(transfer)
      bytes.put(reason)
    case .approve(let transfer, let digest, let approver):
      bytes.put("transfer.approve" as StaticString)
      bytes.put(transfer)
      bytes.put(digest)
      bytes.put(approver)
    case .release(let transfer, let reason):
      bytes.put("transfer.release" as StaticString)
      bytes.put(transfer)
      bytes.put(reason)
    }
  }
}

extension WalletCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .claim(let address, let chain, let nonce):
      bytes.put("wallet.claim" as StaticString)
      bytes.put(address)
      bytes.put(chain)
      bytes.put(nonce)
    case .quarantine(let nonce, let reason):
      bytes.put("wallet.quarantine" as StaticString)
      bytes.put(nonce)
      bytes.put(reason)
    case .rotation(let command): command.write(to: &bytes)
    }
  }
}
