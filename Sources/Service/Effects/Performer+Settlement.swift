import Engine
import Gateways
import Kernel
import Sagas

// After the signature (reliability 3.4, T5 to T9): the same bytes again and again, another attempt
// where they aren't mined, and the outcome at finality only.
extension Performer {
  /// Looks first, sends while nothing was mined, and decides nothing before all nodes agree.
  func settle(_ open: OpenTransfer) async throws(GatewayFailure) -> JobOutcome {
    let chain = try await endpoints.live(chain: open.requested.chain, at: clock())
    let hashes = open.attempts.map(\.hash)
    var trouble: String?
    switch await chain.sight(hashes, confirmations: settings.confirmations) {
    case .final(let index, let receipt):
      sendings.forget(open)
      return .report([outcome(of: open, open.attempts[index], receipt)])
    case .mined(let isAgreed, let because):
      // Who doesn't have it yet may get it from us.
      if !isAgreed { _ = try await broadcast(open, chain) }
      return wait(because)
    case .unseen:
      if let outcome = try await consumed(open, hashes, chain) { return outcome }
    case .unsure(let why): trouble = why
    }
    let answer = try await broadcast(open, chain)
    return try await follow(open, answer, chain, trouble)
  }

  private func wait(_ because: String? = nil) -> JobOutcome {
    .again([], afterSeconds: settings.chainPollSeconds, because: because)
  }

  private func ask(_ commands: TransferCommand...) -> JobOutcome {
    .again(commands.map { .transfer($0) }, afterSeconds: settings.chainPollSeconds)
  }

  /// T9, last line: the nonce is gone for good, and by none of ours.
  private func consumed(
    _ open: OpenTransfer, _ hashes: [String], _ chain: LiveEndpoints
  ) async throws(GatewayFailure) -> JobOutcome? {
    let isConsumed = try await chain.hasConsumed(
      open.nonce, of: open.requested.wallet, confirmations: settings.confirmations)
    guard isConsumed else { return nil }
    // Once more for receipts: a node may have been between two blocks.
    let again = await chain.sight(hashes, confirmations: settings.confirmations)
    guard again == .unseen else { return wait() }
    return ask(.noteForeignNonce(open.id))
  }

  /// T5: the newest bytes, which are durable since this call is owed; nil where there are none, or
  /// only such as are to be cancelled.
  private func broadcast(
    _ open: OpenTransfer, _ chain: LiveEndpoints
  ) async throws(GatewayFailure) -> SendAnswer? {
    guard let last = open.attempts.last, open.cancel == nil || last.isCancel else { return nil }
    guard await beforeBroadcast(open, last) else { return .unknown("the witness is silent") }
    sendings.note(open, last.raw)
    let answer = try await chain.send(raw: last.raw)
    guard case .notNow = answer else { return answer }
    // CH-06: a lower nonce may be missing there; the earliest goes first.
    let next = try await chain.nonces(of: open.requested.wallet).latest
    for raw in sendings.below(open, from: next) { _ = try await chain.send(raw: raw) }
    return try await chain.send(raw: last.raw)
  }

  /// What a node's answer, time and blocks ask for next.
  private func follow(
    _ open: OpenTransfer, _ answer: SendAnswer?, _ chain: LiveEndpoints, _ trouble: String?
  ) async throws(GatewayFailure) -> JobOutcome {
    // One attempt at a time: the next one's signature is owed already.
    guard open.bump == nil else { return wait(trouble) }
    if open.cancel == nil, let end = open.swap?.validUntil, end <= clock() {
      return ask(.cancel(open.id, .swapExpired, reason: "the swap ran out at \(end.text)"))
    }
    guard let last = open.attempts.last, let answer else {
      return try await bid(open, chain, "closes the nonce")
    }
    let words = "the node did not take \(last.hash)"
    let isOdd = if case .unknown = answer { true } else { answer == .replacementUnderpriced }
    let times = sendings.oddAnswers(open.id, isOdd)
    switch answer {
    case .accepted, .alreadyKnown, .nonceTooLow: break
    case .replacementUnderpriced:
      if try await chain.knowsAny(open.attempts.map(\.hash)) {
        return try await bid(open, chain, "an earlier attempt holds the nonce")
      }
      // Asked twice, as a pool may have changed between two questions.
      guard times < 2 else { return stop(open) }
    case .underpriced(let why): return try await bid(open, chain, why)
    case .insufficientFunds: return wait("\(words): the wallet's ETH doesn't cover it")
    case .notNow(let why): return wait("\(words): \(why)")
    case .neverMinable(let why):
      guard !last.isCancel else { return wait("\(words), a cancel: \(why)") }
      return ask(.cancel(open.id, .neverMinable, reason: why))
    case .unknown(let why):
      // As good as no answer; only when it stays so must somebody hear of it.
      return wait(times < 3 ? trouble : "\(words): \(why)")
    }
    let wallet = open.requested.wallet
    let next = try await chain.each { node throws(GatewayFailure) in
      try await node.nonce(of: wallet, at: .latest)
    }
    // Behind a nonce that isn't mined no fee helps, and time spent there is no wait.
    guard next.contains(open.nonce) else { return wait(trouble) }
    let heads = try await chain.each { node throws(GatewayFailure) in
      try await node.blockNumber(.latest)
    }
    let waited = sendings.blocksWaited(last.hash, head: heads.min() ?? 0)
    guard waited >= settings.bumpAfterBlocks else { return wait(trouble) }
    return try await bid(open, chain, "no receipt for \(waited) blocks")
  }

  /// T7, T8: another attempt on the same nonce, or, at the cap, a wait that is told (CH-12).
  private func bid(
    _ open: OpenTransfer, _ chain: LiveEndpoints, _ reason: String
  ) async throws(GatewayFailure) -> JobOutcome {
    let isCancel = open.cancel != nil
    let last = open.attempts.last.map {
      EthereumFees(
        maxFeePerGas: $0.maxFeePerGas, maxPriorityFeePerGas: $0.maxPriorityFeePerGas)
    }
    do throws(GatewayFailure) {
      let fees = try await chain.any { node throws(GatewayFailure) in
        try await node.bid(above: last, isCancel: isCancel)
      }
      var gas: Int?
      if isCancel {
        let call = cancel(of: open.requested)
        gas = try await chain.any { node throws(GatewayFailure) in try await node.gasLimit(call) }
      }
      return ask(
        .bump(
          open.id,
          TransferBid(
            gasLimit: gas, maxFeePerGas: fees.maxFeePerGas,
            maxPriorityFeePerGas: fees.maxPriorityFeePerGas), reason: reason))
    } catch {
      return wait("\(reason), and no other attempt can be made: \(error)")
    }
  }

  /// Somebody else's bytes hold our nonce: the key is used elsewhere (CH-19).
  private func stop(_ open: OpenTransfer) -> JobOutcome {
    let reason = "a transaction that is none of ours holds nonce \(open.nonce)"
    return .again(
      [
        .wallet(.quarantine(nonce: open.nonce, reason: reason)),
        .transfer(.park(open.id, reason: reason)),
      ], afterSeconds: settings.chainPollSeconds * 5)
  }

  private func outcome(
    of open: OpenTransfer, _ attempt: OpenTransfer.Attempt, _ receipt: Receipt
  ) -> LedgerCommand {
    let mined = MinedTransfer(
      hash: attempt.hash, block: receipt.block, gasUsed: receipt.gasUsed, fee: receipt.fee)
    // Whether a cancel does anything or fails, it takes the nonce and moves nothing.
    guard !attempt.isCancel else { return .transfer(.noteCancelled(open.id, mined)) }
    guard receipt.isSuccess else { return .transfer(.noteReverted(open.id, mined)) }
    return .transfer(.confirm(open.id, mined, amount: moved(open.requested, receipt)))
  }

  /// What the chain says was moved: the value our signed bytes carry, or the token's own log.
  func moved(_ request: TransferEvent.Requested, _ receipt: Receipt) -> Money {
    guard let contract = contract(of: request.amount.asset) else { return request.amount }
    let units = receipt.moved(contract: contract, from: request.wallet, to: request.to)
    return Money(units, request.amount.asset)
  }
}
