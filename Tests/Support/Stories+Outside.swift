import Kernel

extension Story {
  /// Answers every intent that has no outcome yet, until nothing is left to do.
  public mutating func settle() {
    while reacted < log.count {
      let recorded = log[reacted]
      reacted += 1
      for command in reactions(to: recorded.event) { must(command) }
    }
  }

  private mutating func meets(_ trouble: Trouble) -> Bool {
    guard troubles.first == trouble else { return false }
    troubles.removeFirst()
    return true
  }

  private mutating func reactions(to event: LedgerEvent) -> [LedgerCommand] {
    switch event {
    case .payment(.valuationRequested(let e)):
      guard let rate = Rate(rate, from: e.outcome.asset, to: .usdt) else { return [] }
      return [.payment(.noteRate(e.payment, rate, source: "the story", policy))]
    case .payment(.routed(let e)) where e.strategy == .instant:
      return [.split(.request(.payment(e.payment), .fixedRate))]
    case .accumulation(.locked(let e)) where !e.net.asset.isTether:
      return [.conversion(.request(e.channel, e.payment))]
    case .conversion(.requested(let e)):
      return [.split(.request(.conversion(e.conversion), .standard))]
    case .batch(.opened(let e)): return [.split(.request(.batch(e.batch), .fixedRate))]
    case .split(let event): return reactions(to: event)
    case .hostpay(let event): return reactions(to: event)
    case .transfer(let event): return reactions(to: event)
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .wallet, .account,
      .invite, .membership, .chat:
      return []
    }
  }

  private mutating func reactions(to event: SplitEvent) -> [LedgerCommand] {
    switch event {
    case .requested(let e):
      splits[e.split] = e
      let handOff = e.purpose.batch.map { [LedgerCommand.batch(.handOff($0, e.split))] } ?? []
      guard e.route == .swap else { return handOff + [.hostpay(.request(e.split))] }
      if meets(.swapRefused) {
        return handOff + [.split(.fail(e.split, reason: "the pair is inactive"))]
      }
      return handOff + [estimate(e.split)]
    case .estimated(let e): return [.split(.intendSwap(e.split))]
    case .swapIntended(let e):
      guard let swap = SwapID(text: "sw\(e.split)\(e.attempt)") else { return [] }
      return [
        .split(
          .noteSwap(
            e.split,
            OpenedSwap(
              swap: swap, attempt: e.attempt, fromAmount: e.amount.amountText,
              payin: "0x00000000000000000000000000000000000000a\(e.attempt)", payinExtra: nil,
              payout: e.wallet, toAmount: promised(e.split),
              validUntil: now.adding(seconds: 1200))))
      ]
    case .swapOpened(let e):
      guard meets(.swapExpired) else { return [.hostpay(.request(e.split))] }
      return [.split(.abandonSwap(e.split, attempt: e.attempt, reason: "expired"))]
    case .swapAbandoned(let e): return [estimate(e.split)]
    case .completed(let e):
      if e.source.asset == .usdt, e.delivered.asset != .usdt {
        bought[e.delivered.asset] = Rate(selling: e.source, for: e.delivered)
      }
      if let batch = e.purpose.batch {
        return [
          .batch(
            .complete(batch, e.split, delivered: e.delivered, transaction: e.transaction))
        ]
      }
      guard let conversion = e.purpose.conversion else { return [] }
      return [.conversion(.complete(conversion, e.split, received: e.delivered))]
    case .failed(let e):
      if let batch = e.purpose.batch { return [.batch(.fail(batch, reason: e.reason))] }
      guard let conversion = e.purpose.conversion else { return [] }
      return [.conversion(.fail(conversion, reason: e.reason))]
    case .refunded(let e):
      let reason = "the swap provider sent it back"
      if let batch = e.purpose.batch { return [.batch(.fail(batch, reason: reason))] }
      guard let conversion = e.purpose.conversion else { return [] }
      return [.conversion(.fail(conversion, reason: reason))]
    case .swapObserved, .held, .asked, .swapRegressed, .replaced: return []
    case .released(let e): return resumption(of: e.split, at: e.next)
    case .retried(let e): return resumption(of: e.split, at: e.next)
    }
  }

  private func resumption(of split: SplitID, at next: SplitStep) -> [LedgerCommand] {
    switch next {
    case .estimate: [estimate(split)]
    case .fund: [.hostpay(.request(split))]
    case .watch: []
    }
  }

  /// What a swap is to bring: ETH's worth in USDT, and of another coin what it cost last.
  private func promised(_ split: SplitID) -> String {
    guard let requested = splits[split], let rate = rate(of: requested) else { return "0.0099" }
    return rate.applied(to: requested.source).amountText
  }

  private func rate(of requested: SplitEvent.Requested) -> Rate? {
    switch requested.source.asset {
    case .eth: Rate(rate, from: .eth, to: .usdt)
    case .usdt: bought[requested.asset]
    default: nil
    }
  }

  private func estimate(_ split: SplitID) -> LedgerCommand {
    let source = splits[split]?.source ?? .zero(.usdt)
    return .split(
      .noteEstimate(
        split,
        SplitEstimate(
          fromAmount: source.amountText, toAmount: promised(split), depositFee: "0.01",
          withdrawalFee: "0.0001", rate: "r\(split)", validUntil: now.adding(seconds: 600))))
  }

  private mutating func reactions(to event: HostpayEvent) -> [LedgerCommand] {
    switch event {
    case .requested(let e):
      guard let swap = e.swap else { return [.transfer(.request(e.split))] }
      if meets(.hostpayHeld) { return [.hostpay(.hold(e.split, reason: "the swap is verifying"))] }
      return [.hostpay(.noteCheck(e.split, swap, status: "waiting"))]
    case .checked(let e): return [.transfer(.request(e.split))]
    case .funded(let e):
      guard let swap = e.swap else { return [.split(.completeDirect(e.split))] }
      if meets(.swapRefunded) {
        return [
          .split(.noteStatus(e.split, swap, status: "sending")),
          .split(
            .noteRefunded(
              e.split, swap, amount: refunded(e.transfer), transaction: "0xback\(e.split)")),
        ]
      }
      let delivered = meets(.nothingDelivered) ? "0" : delivered(e.transfer, of: e.split)
      return [
        .split(.noteStatus(e.split, swap, status: "exchanging")),
        .split(.noteFinished(e.split, delivered: delivered, payoutHash: "0xpaid\(e.split)")),
      ]
    case .held: return []
    }
  }

  /// What a provider sends back of a deposit: one percent stays with it.
  private func refunded(_ transfer: TransferID) -> String {
    guard let amount = amounts[transfer], let share = BasisPoints(9_900) else { return "0" }
    return amount.taking(share).part.amountText
  }

  /// What a swap of the transfer's amount brings: ETH and USDT at the rate, less one percent.
  private func delivered(_ transfer: TransferID, of split: SplitID) -> String {
    guard let amount = amounts[transfer], let share = BasisPoints(9_900) else { return "0" }
    let part = amount.taking(share).part
    guard let rate = splits[split].flatMap({ rate(of: $0) }) else { return "0.0097" }
    return rate.applied(to: part).amountText
  }

  private mutating func reactions(to event: TransferEvent) -> [LedgerCommand] {
    switch event {
    case .requested(let e):
      amounts[e.transfer] = e.amount
      if meets(.transferParked) {
        return [.transfer(.park(e.transfer, reason: "the wallet holds too little"))]
      }
      let next = state.hostWallet?.nextNonce ?? 0
      let quote = TransferQuote(
        latestNonce: next, pendingNonce: next, gasLimit: 65_000, maxFeePerGas: "30000000000",
        maxPriorityFeePerGas: "1000000000")
      return [.transfer(.reserveNonce(e.transfer, quote))]
    case .nonceReserved(let e):
      return [
        .transfer(
          .noteSigned(
            e.transfer,
            SignedTransfer(
              nonce: e.nonce, attempt: 1, raw: "0x02\(e.nonce)", hash: "0xhash\(e.nonce)",
              maxFeePerGas: e.maxFeePerGas, maxPriorityFeePerGas: e.maxPriorityFeePerGas)))
      ]
    case .signed(let e):
      let mined = MinedTransfer(
        hash: e.hash, block: 19_000_000 + e.nonce, gasUsed: 48_000,
        fee: Self.money("0.00096", .eth))
      if meets(.transferReverts) { return [.transfer(.noteReverted(e.transfer, mined))] }
      if meets(.transferWaits) { return [.transfer(.bump(e.transfer, nil, reason: "no receipt"))] }
      if meets(.transferCancelled) {
        return [.transfer(.cancel(e.transfer, .operator, reason: "not wanted"))]
      }
      guard let amount = amounts[e.transfer] else { return [] }
      return [.transfer(.confirm(e.transfer, mined, amount: amount))]
    case .confirmed(let e):
      guard let split = SplitID(text: String(e.transfer.text.dropLast(".fund".count))) else {
        return []
      }
      return [.hostpay(.noteFunded(split))]
    case .bumpRequested(let e):
      let kind = e.cancels ? "cancel" : "hash"
      let signed = SignedTransfer(
        nonce: e.nonce, attempt: e.attempt, raw: "0x02\(e.nonce)\(e.attempt)",
        hash: "0x\(kind)\(e.nonce)-\(e.attempt)", maxFeePerGas: e.maxFeePerGas,
        maxPriorityFeePerGas: e.maxPriorityFeePerGas)
      return [
        .transfer(
          e.cancels ? .noteCancelSigned(e.transfer, signed) : .noteSigned(e.transfer, signed))
      ]
    case .cancelRequested(let e):
      guard e.nonce != nil else { return [] }
      return [.transfer(.bump(e.transfer, nil, reason: "closes the nonce"))]
    case .cancelSigned(let e):
      let mined = MinedTransfer(
        hash: e.hash, block: 19_000_000 + e.nonce, gasUsed: 21_000,
        fee: Self.money("0.00042", .eth))
      return [.transfer(.noteCancelled(e.transfer, mined))]
    case .reverted, .cancelled, .parked, .released, .guarded: return []
    }
  }
}
