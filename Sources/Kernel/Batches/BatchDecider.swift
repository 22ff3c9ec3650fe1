/// What may be asked of a batch.
public enum BatchCommand: Hashable, Sendable {
  /// Releases everything of one group, if its sum has reached the threshold.
  ///
  /// `isRetry` also opens a group whose last batch failed at this very sum.
  case open(ChannelKey, wallet: String, asset: Asset, isRetry: Bool)
  case handOff(BatchID, SplitID)
  case complete(BatchID, SplitID, delivered: Money, transaction: String)
  case fail(BatchID, reason: String)
  /// Releases again what a failed batch's group holds, as a person asks.
  case retry(BatchID, reason: String)
}

/// A group that a batch run should open.
public struct DueGroup: Hashable, Sendable {
  public let channel: ChannelKey
  public let wallet: String
  public let asset: Asset
  /// Number of the batch it would become; part of the run's command id, so that two runs that
  /// overlap ask for the same thing once (SC-01).
  public let number: Int
  /// The first payment in it: no other group of the channel has that one.
  public let oldest: PaymentID

  /// The command a run issues for it, under an id of its own.
  public func command(isRetry: Bool = false) -> (CommandID, LedgerCommand) {
    let retry = isRetry ? "/retry" : ""
    let id = CommandID(composed: "batch/\(channel)/\(number)/\(oldest)\(retry)")
    return (id, .batch(.open(channel, wallet: wallet, asset: asset, isRetry: isRetry)))
  }
}

extension LedgerState {
  /// Groups at or over their threshold, by channel and then oldest member first.
  public func dueGroups(isRetry: Bool = false) -> [DueGroup] {
    // Few are due of many: only those are put in order.
    accumulations.compactMap { channel, state -> [DueGroup]? in
      guard !state.members.isEmpty else { return nil }
      let due = dueGroups(of: channel, isRetry: isRetry)
      return due.isEmpty ? nil : due
    }.sorted { $0[0].channel < $1[0].channel }.flatMap { $0 }
  }

  /// The same of some channels only.
  public func dueGroups(in channels: Set<ChannelKey>) -> [DueGroup] {
    channels.sorted().flatMap { dueGroups(of: $0, isRetry: false) }
  }

  private func dueGroups(of channel: ChannelKey, isRetry: Bool) -> [DueGroup] {
    guard let state = accumulations[channel] else { return [] }
    return state.freeGroups.compactMap { group in
      guard case .success(let opened) = opening(channel, group, isRetry: isRetry),
        let oldest = opened.members.first?.payment
      else { return nil }
      return DueGroup(
        channel: channel, wallet: group.wallet, asset: group.asset,
        number: state.batchesOpened + 1, oldest: oldest)
    }
  }

  func decide(_ command: BatchCommand) -> Decision {
    switch command {
    case .open(let channel, let wallet, let asset, let isRetry):
      let group = AccumulationState.Group(wallet: wallet, asset: asset)
      switch opening(channel, group, isRetry: isRetry) {
      case .failure(let obstacle): return .refuse(obstacle)
      case .success(let opened):
        return .accept([.batch(.opened(opened)), opened.reservation])
      }
    case .handOff(let id, let split):
      guard let batch = batches[id] else { return .refuse(.batchUnknown) }
      guard batch.phase == .pending else { return .ignore }
      guard self.split(of: .batch(id)) == split else { return .refuse(.splitElsewhere) }
      let event = BatchEvent.HandedOff(batch: id, channel: batch.opened.channel, split: split)
      return .accept([.batch(.handedOff(event))])
    case .complete(let id, let split, let delivered, let transaction):
      guard let batch = batches[id] else { return .refuse(.batchUnknown) }
      guard batch.phase == .processing else { return .ignore }
      guard isCompleted(split, for: .batch(id)) else { return .refuse(.splitElsewhere) }
      let opened = batch.opened
      return .accept([
        .batch(
          .completed(
            BatchEvent.Completed(
              batch: id, channel: opened.channel, delivered: delivered, split: split,
              transaction: transaction))),
        .accumulation(
          .paid(
            AccumulationEvent.Paid(
              batch: id, channel: opened.channel, payments: opened.members.map(\.payment),
              total: opened.total))),
      ])
    case .retry(let id, let reason): return retry(id, reason)
    case .fail(let id, let reason):
      guard let batch = batches[id] else { return .refuse(.batchUnknown) }
      guard batch.isOpen else { return .ignore }
      guard hasNothingSent(for: .batch(id)) else { return .refuse(.moneyMayHaveLeft) }
      let opened = batch.opened
      return .accept([
        .batch(.failed(BatchEvent.Failed(batch: id, channel: opened.channel, reason: reason))),
        .accumulation(
          .released(
            AccumulationEvent.Released(
              batch: id, channel: opened.channel, payments: opened.members.map(\.payment),
              total: opened.total))),
      ])
    }
  }

  private func retry(_ id: BatchID, _ reason: String) -> Decision {
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    guard let batch = batches[id] else { return .refuse(.batchUnknown) }
    let channel = batch.opened.channel
    // Where the group's money went on to another batch there is nothing to try again.
    guard batch.phase == .failed, accumulations[channel]?.failedTotals[batch.group] != nil else {
      return .refuse(.notFailed)
    }
    switch opening(channel, batch.group, isRetry: true) {
    case .failure(let obstacle): return .refuse(obstacle)
    case .success(let opened):
      let retried = BatchEvent.Retried(
        batch: id, channel: channel, next: opened.batch, reason: reason)
      return .accept([.batch(.retried(retried)), .batch(.opened(opened)), opened.reservation])
    }
  }

  /// The batch a group would open now: explicit members, and the sum that is theirs (P-42, P-48j).
  private func opening(_ key: ChannelKey, _ group: AccumulationState.Group, isRetry: Bool)
    -> Result<BatchEvent.Opened, Refusal>
  {
    guard channels[key] != nil, let state = accumulations[key] else {
      return .failure(.channelUnknown)
    }
    let free = state.free(group)
    guard let newest = free.last else { return .failure(.belowThreshold) }
    let threshold = threshold(of: key, newest: newest)
    let total = free.reduce(.zero(.usdt)) { $0 + $1.amount }
    // USDT stands against US dollars one to one (domain 3.8): 6 decimals against 8.
    guard total.units * 100 >= threshold.units else { return .failure(.belowThreshold) }
    if !isRetry, state.failedTotals[group] == total { return .failure(.waitsAfterFailure) }
    return .success(
      BatchEvent.Opened(
        asset: group.asset, batch: BatchID(composed: "\(key)-b\(state.batchesOpened + 1)"),
        channel: key,
        members: free.map { BatchMember(payment: $0.payment, amount: $0.amount) },
        threshold: threshold, total: total, wallet: group.wallet))
  }

  /// A channel that went back to instant keeps the threshold its money was locked under (P-48b).
  func threshold(of key: ChannelKey, newest: AccumulationState.Member) -> Money {
    guard let payout = channels[key]?.payout, payout.strategy == .threshold else {
      return newest.threshold
    }
    return payout.threshold
  }

  mutating func evolve(_ event: BatchEvent) {
    switch event {
    case .opened(let e):
      let sum = e.members.reduce(Money.zero(.usdt)) { $0 + $1.amount }
      precondition(sum == e.total, "I6: batch \(e.batch) sums to \(sum.amountText)")
      batches.open(e)
    case .handedOff(let e): batches.change(e.batch, to: .processing)
    case .completed(let e): batches.deliver(e.batch)
    case .failed(let e): batches.change(e.batch, to: .failed)
    case .retried: break
    }
  }
}

extension BatchEvent.Opened {
  /// What stands beside the opening, in the same append.
  fileprivate var reservation: LedgerEvent {
    .accumulation(
      .reserved(
        AccumulationEvent.Reserved(
          batch: batch, channel: channel, payments: members.map(\.payment), total: total)))
  }
}
