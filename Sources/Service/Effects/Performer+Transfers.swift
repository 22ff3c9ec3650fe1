import Engine
import Gateways
import Kernel

// Before anything is sent (reliability 3.4, T1 to T4): what the chain says, and the signatures.
extension Performer {
  /// T1 to T3: everything the chain has to say before a nonce is reserved, and S4 for the last
  /// time: since the swap was checked hours may have gone by, and not every swap says how long it
  /// waits.
  func prepare(
    _ request: TransferEvent.Requested, _ swap: SplitEvent.SwapOpened?
  ) async throws(GatewayFailure) -> JobOutcome {
    // Another wallet may have taken over since it was asked for.
    var request = request
    request.move(to: key.address)
    let chain = try await endpoints.live(chain: request.chain, at: clock())
    guard let call = call(of: request) else {
      return .permanent("\(request.amount.asset) to \(request.to) can't be sent")
    }
    let nonces = try await chain.nonces(of: request.wallet)
    let holdings = try await holdings(request, chain)
    if let held = holdings.first, !(held >= request.amount) {
      // Money that isn't there may come: no nonce is reserved, and it is said aloud (P-56).
      return .again(
        [], afterSeconds: settings.chainPollSeconds * 5,
        because: "the host wallet holds \(held.amountText) \(held.asset) "
          + "and owes \(request.amount.amountText)")
    }
    try await chain.any { node throws(GatewayFailure) in try await node.simulate(call) }
    let gas = try await chain.any { node throws(GatewayFailure) in try await node.gasLimit(call) }
    let fees = try await chain.any { node throws(GatewayFailure) in try await node.fees() }
    var quote = TransferQuote(
      latestNonce: nonces.latest, pendingNonce: nonces.pending, gasLimit: gas,
      maxFeePerGas: fees.maxFeePerGas, maxPriorityFeePerGas: fees.maxPriorityFeePerGas,
      holdings: holdings)
    quote.deposits = try await conversionCoin(request.split, chain)
    if let swap, let outcome = try await lookAgain(swap, for: request.transfer) { return outcome }
    return .report([.transfer(.reserveNonce(request.transfer, quote))])
  }

  /// What the host wallet has of the asset to be sent, and of ETH beside it: the least that any
  /// node says.
  private func holdings(
    _ request: TransferEvent.Requested, _ chain: LiveEndpoints
  ) async throws(GatewayFailure) -> [Money] {
    let wei = try await chain.each { node throws(GatewayFailure) in
      try await node.balance(of: request.wallet)
    }
    let ether = Money(wei.min() ?? 0, .eth)
    guard let contract = contract(of: request.amount.asset) else { return [ether] }
    let units = try await chain.each { node throws(GatewayFailure) in
      try await node.tokenBalance(of: request.wallet, contract: contract)
    }
    return [Money(units.min() ?? 0, request.amount.asset), ether]
  }

  /// T4: the same input gives the same bytes (RFC 6979); they are a fact before any of them leaves.
  func sign(
    _ request: TransferEvent.Requested, _ reserved: TransferEvent.NonceReserved
  ) -> JobOutcome {
    sign(
      request, call(of: request), nonce: reserved.nonce, attempt: 1,
      TransferBid(
        gasLimit: reserved.gasLimit, maxFeePerGas: reserved.maxFeePerGas,
        maxPriorityFeePerGas: reserved.maxPriorityFeePerGas)
    ) { .noteSigned(request.transfer, $0) }
  }

  /// T7, T8: the same payment for more gas, or nothing to ourselves in its place.
  func sign(
    _ request: TransferEvent.Requested, _ bump: TransferEvent.BumpRequested
  ) -> JobOutcome {
    let call = bump.cancels ? cancel(of: request) : call(of: request)
    return sign(
      request, call, nonce: bump.nonce, attempt: bump.attempt,
      TransferBid(
        gasLimit: bump.gasLimit, maxFeePerGas: bump.maxFeePerGas,
        maxPriorityFeePerGas: bump.maxPriorityFeePerGas)
    ) {
      bump.cancels
        ? .noteCancelSigned(request.transfer, $0) : .noteSigned(request.transfer, $0)
    }
  }

  private func sign(
    _ request: TransferEvent.Requested, _ call: EthereumCall?, nonce: Int, attempt: Int,
    _ bid: TransferBid, note: (SignedTransfer) -> TransferCommand
  ) -> JobOutcome {
    guard key.address.lowercased() == request.wallet.lowercased() else {
      // A reserved nonce must not be lost to a wrong key file: it waits for the right one.
      return .again(
        [], afterSeconds: settings.chainPollSeconds * 5,
        because: "the key at hand is not that of \(request.wallet)")
    }
    guard let call, let gasLimit = bid.gasLimit,
      let transaction = EthereumTransaction(
        call, chainID: request.chain, nonce: nonce, maxFeePerGas: bid.maxFeePerGas,
        maxPriorityFeePerGas: bid.maxPriorityFeePerGas, gasLimit: gasLimit)
    else { return .permanent("transfer \(request.transfer) can't be written as a transaction") }
    let signed = transaction.signed(with: key)
    // Read back as a node would read it (I9): what is signed is what the facts say, and by whom.
    guard let read = try? EthereumTransaction.decode(raw: signed.raw),
      read.transaction == transaction, read.hash == signed.hash,
      read.sender.lowercased() == request.wallet.lowercased()
    else { return .permanent("the signature of \(request.transfer) can't be read back") }
    return .report([
      .transfer(
        note(
          SignedTransfer(
            nonce: nonce, attempt: attempt, raw: signed.raw, hash: signed.hash,
            maxFeePerGas: bid.maxFeePerGas, maxPriorityFeePerGas: bid.maxPriorityFeePerGas)))
    ])
  }

  func call(of request: TransferEvent.Requested) -> EthereumCall? {
    EthereumCall.paying(
      request.amount, from: request.wallet, to: request.to,
      contract: contract(of: request.amount.asset))
  }

  /// What takes a nonce and moves nothing (T8).
  func cancel(of request: TransferEvent.Requested) -> EthereumCall {
    EthereumCall(from: request.wallet, to: request.wallet)
  }

  func contract(of asset: Asset) -> String? {
    settings.contracts[asset.text] ?? asset.contract
  }
}
