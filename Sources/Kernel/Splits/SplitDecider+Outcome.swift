/// How far a swap has come, by the provider's words.
enum SwapProgress {
  /// The place of a word on the one way a swap goes; nil for words beside it (`verifying`,
  /// `failed`, `hold`, `expired`, anything unknown), from where a swap may go on.
  static func rank(_ status: String) -> Int? {
    switch status {
    case "new": 0
    case "waiting": 1
    case "confirming": 2
    case "exchanging": 3
    case "sending": 4
    case "finished", "refunded": 5
    case _: nil
    }
  }
}

extension LedgerState {
  func note(_ status: String, _ swap: SwapID, _ id: SplitID) -> Decision {
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    guard split.swap?.swap == swap else { return .refuse(.splitElsewhere) }
    guard split.isOpen, split.status != status else { return .ignore }
    if let rank = SwapProgress.rank(status), rank < split.rank {
      guard split.regressed != status else { return .ignore }
      let regressed = SplitEvent.SwapRegressed(
        channel: split.requested.channel, from: split.status ?? "", split: id, status: status,
        swap: swap)
      return .accept([.split(.swapRegressed(regressed))])
    }
    let observed = SplitEvent.SwapObserved(
      channel: split.requested.channel, split: id, status: status, swap: swap)
    return .accept([.split(.swapObserved(observed))])
  }

  /// What was promised is booked as it came; far less of it, or a payout that nobody can see, waits
  /// for a person, whose release lets it be booked (MO-18, SW-13).
  func finish(_ id: SplitID, _ text: String, _ hash: String?, isUnseen: Bool) -> Decision {
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    guard split.isOpen else { return .ignore }
    guard let funding = split.funding else { return .refuse(.splitElsewhere) }
    guard let delivered = Money(truncating: text, split.requested.asset), delivered.isPositive
    else { return hold(split, "finished with no amount delivered") }
    if !split.isOutcomeAccepted {
      if isUnseen {
        // Nodes may be a block behind the provider: the second time it is news.
        return split.status == "finished"
          ? hold(split, "the payout \(hash ?? "") isn't on the chain")
          : note("finished", split.swap?.swap ?? .blank, id)
      }
      if let promised = split.promised, delivered.units < promised.units / 10 * 9 {
        let why = "\(delivered.amountText) of \(promised.amountText) \(promised.asset) came"
        guard split.phase != .held || split.status != "finished" else { return .ignore }
        let observed = SplitEvent.SwapObserved(
          channel: split.requested.channel, split: id, status: "finished",
          swap: split.swap?.swap ?? .blank)
        return .accept([.split(.swapObserved(observed)), held(split, why)])
      }
    }
    return .accept([.split(.completed(completed(split, delivered, hash, funding)))])
  }

  /// S7: only with an amount that was ours, and the hash that brought it back.
  func refund(_ id: SplitID, _ swap: SwapID, _ text: String, _ transaction: String) -> Decision {
    guard let split = splits[id] else { return .refuse(.splitUnknown) }
    guard split.isOpen else { return .ignore }
    guard split.swap?.swap == swap, split.funding != nil else { return .refuse(.splitElsewhere) }
    guard !transaction.isEmpty else { return .refuse(.textMissing) }
    let requested = split.requested
    guard let back = Money(truncating: text, requested.source.asset), back.isPositive,
      requested.source >= back
    else { return hold(split, "refunded with no amount, or more than was sent") }
    let refunded = SplitEvent.Refunded(
      channel: requested.channel, purpose: requested.purpose, refunded: back,
      source: requested.source, split: id, swap: swap, transaction: transaction)
    return .accept([.split(.refunded(refunded))])
  }

  /// Once: who polls would say it for ever.
  private func hold(_ split: SplitState, _ reason: String) -> Decision {
    split.phase == .held ? .ignore : .accept([held(split, reason)])
  }

  /// A payment that is paid at once has no balance to go back to: another split takes its place.
  func replace(_ split: SplitState, _ reason: String) -> Decision {
    let former = split.requested
    guard split.phase == .refunded, former.purpose.payment != nil,
      self.split(of: former.purpose) == former.split
    else { return .refuse(.alreadyEnded) }
    let next = SplitID(number: splits.count + 1)
    let replaced = SplitEvent.Replaced(
      channel: former.channel, next: next, reason: reason, split: former.split)
    let requested = SplitEvent.Requested(
      asset: former.asset, channel: former.channel, flow: former.flow, purpose: former.purpose,
      route: former.route, source: former.source, split: next, wallet: former.wallet)
    return .accept([.split(.replaced(replaced)), .split(.requested(requested))])
  }
}
