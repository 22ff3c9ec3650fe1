import Engine
import Gateways
import Kernel

// The transfer protocol's calls (reliability 3.4): T1 to T6, and T9 by lookup.
extension Performer {
  /// T1 to T3: everything the chain has to say before a nonce is reserved.
  func prepare(_ request: TransferEvent.Requested) async throws(GatewayFailure) -> JobOutcome {
    let chain = try await node.chainID()
    guard chain == request.chain else {
      throw .permanent(
        "the node is on chain \(chain), the wallet on \(request.chain)", code: .wrongChain)
    }
    guard let call = call(of: request) else {
      return .permanent("\(request.amount.asset) to \(request.to) can't be sent")
    }
    let latest = try await node.nonce(of: request.wallet, at: .latest)
    let pending = try await node.nonce(of: request.wallet, at: .pending)
    let holdings = try await holdings(request)
    if let held = holdings.first, !(held >= request.amount) {
      // Money that isn't there may come: no nonce is reserved, and it is said aloud (P-56).
      return .again(
        [], afterSeconds: settings.chainPollSeconds * 5,
        because: "the host wallet holds \(held.amountText) \(held.asset) "
          + "and owes \(request.amount.amountText)")
    }
    try await node.simulate(call)
    let gas = try await node.gasLimit(call)
    let fees = try await node.fees()
    let quote = TransferQuote(
      latestNonce: latest, pendingNonce: pending, gasLimit: gas,
      maxFeePerGas: fees.maxFeePerGas, maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
      holdings: holdings)
    return .report([.transfer(.reserveNonce(request.transfer, quote))])
  }

  /// What the host wallet has of the asset to be sent, and of ETH beside it.
  private func holdings(
    _ request: TransferEvent.Requested
  ) async throws(GatewayFailure) -> [Money] {
    let ether = Money(try await node.balance(of: request.wallet), .eth)
    guard let contract = contract(of: request.amount.asset) else { return [ether] }
    let units = try await node.tokenBalance(of: request.wallet, contract: contract)
    return [Money(units, request.amount.asset), ether]
  }

  /// T4: the same input gives the same bytes (RFC 6979); they are a fact before any of them leaves.
  func sign(
    _ request: TransferEvent.Requested, _ reserved: TransferEvent.NonceReserved
  ) -> JobOutcome {
    guard key.address.lowercased() == request.wallet.lowercased() else {
      // A reserved nonce must not be lost to a wrong key file: it waits for the right one.
      return .again(
        [], afterSeconds: settings.chainPollSeconds * 5,
        because: "the key at hand is not that of \(request.wallet)")
    }
    guard let call = call(of: request),
      let transaction = EthereumTransaction(
        call, chainID: request.chain, nonce: reserved.nonce,
        maxFeePerGas: reserved.maxFeePerGas,
        maxPriorityFeePerGas: reserved.maxPriorityFeePerGas, gasLimit: reserved.gasLimit)
    else { return .permanent("transfer \(request.transfer) can't be written as a transaction") }
    let signed = transaction.signed(with: key)
    return .report([
      .transfer(
        .noteSigned(
          request.transfer,
          SignedTransfer(
            nonce: reserved.nonce, attempt: 1, raw: signed.raw, hash: signed.hash,
            maxFeePerGas: reserved.maxFeePerGas,
            maxPriorityFeePerGas: reserved.maxPriorityFeePerGas)))
    ])
  }

  /// T5, T6, T9: look first, send the same bytes while nothing was mined, decide at finality only.
  func settle(
    _ request: TransferEvent.Requested, _ attempts: [TransferEvent.Signed]
  ) async throws(GatewayFailure) -> JobOutcome {
    let wait = JobOutcome.again([], afterSeconds: settings.chainPollSeconds)
    let final = try await finalBlock()
    for attempt in attempts {
      guard let receipt = try await node.receipt(attempt.hash) else { continue }
      // Final, and in the block that the chain still has there.
      guard receipt.block <= final, try await node.blockHash(at: receipt.block) == receipt.blockHash
      else { return wait }
      return .report([outcome(of: request, attempt, receipt)])
    }
    guard let last = attempts.last else { return wait }
    if try await finalNonce(of: request.wallet, final) > last.nonce {
      // Consumed for good. Once more for receipts: the node may have been between two blocks.
      for attempt in attempts where try await node.receipt(attempt.hash) != nil { return wait }
      return .report([.transfer(.noteForeignNonce(request.transfer))])
    }
    switch try await node.send(raw: last.raw) {
    case .accepted, .alreadyKnown, .nonceTooLow, .replacementUnderpriced: return wait
    case .neverMinable(let why):
      // A nonce that can't be used blocks all behind it: a person must hear of it.
      return .again(
        [.transfer(.park(request.transfer, reason: "the node will never take it: \(why)"))],
        afterSeconds: settings.chainPollSeconds * 5)
    case .insufficientFunds, .notNow, .unknown:
      return .again(
        [], afterSeconds: settings.chainPollSeconds, because: "the node did not take \(last.hash)")
    }
  }

  private func finalBlock() async throws(GatewayFailure) -> Int {
    guard let confirmations = settings.confirmations else {
      return try await node.blockNumber(.finalized)
    }
    return try await node.blockNumber(.latest) - confirmations + 1
  }

  /// Nonces that are consumed for good; a chain whose finality is a count may not know the tag.
  private func finalNonce(of wallet: String, _ final: Int) async throws(GatewayFailure) -> Int {
    guard settings.confirmations != nil else {
      return try await node.nonce(of: wallet, at: .finalized)
    }
    return final < 0 ? 0 : try await node.nonce(of: wallet, atBlock: final)
  }

  private func outcome(
    of request: TransferEvent.Requested, _ attempt: TransferEvent.Signed, _ receipt: Receipt
  ) -> LedgerCommand {
    let mined = MinedTransfer(
      hash: attempt.hash, block: receipt.block, gasUsed: receipt.gasUsed, fee: receipt.fee)
    guard receipt.isSuccess else { return .transfer(.noteReverted(request.transfer, mined)) }
    return .transfer(.confirm(request.transfer, mined, amount: moved(request, receipt)))
  }

  /// What the chain says was moved: the value our signed bytes carry, or the token's own log.
  private func moved(_ request: TransferEvent.Requested, _ receipt: Receipt) -> Money {
    guard let contract = contract(of: request.amount.asset) else { return request.amount }
    let units = receipt.moved(contract: contract, from: request.wallet, to: request.to)
    return Money(units, request.amount.asset)
  }

  private func call(of request: TransferEvent.Requested) -> EthereumCall? {
    EthereumCall.paying(
      request.amount, from: request.wallet, to: request.to,
      contract: contract(of: request.amount.asset))
  }

  private func contract(of asset: Asset) -> String? {
    settings.contracts[asset.text] ?? asset.contract
  }
}
