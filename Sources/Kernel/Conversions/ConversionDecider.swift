/// What may be asked of a conversion.
public enum ConversionCommand: Hashable, Sendable {
  /// Turns the net of one accumulation into USDT.
  case request(ChannelKey, PaymentID)
  /// Turns all that waits of one client and coin into USDT by one swap, where it is worth `least`,
  /// or would bring a payout over its threshold; whatever it is worth where nil.
  case pool(ChannelKey, Asset, least: Money?)
  case complete(ConversionID, SplitID, received: Money)
  case fail(ConversionID, reason: String)
  /// Tries a failed one again, as a person asks.
  case retry(ConversionID, reason: String)
}

/// What is known of a conversion.
struct ConversionState: Sendable {
  /// Blank once it is completed, or was tried again.
  let requested: ConversionEvent.Requested
  let isOpen: Bool
  /// Whether it failed and nothing else stands for its payments.
  var isFailed = false
}

extension LedgerState {
  func decide(_ command: ConversionCommand) -> Decision {
    switch command {
    case .request(let channel, let payment):
      guard let member = accumulations[channel]?.members(of: [payment]).first else {
        return .refuse(.accumulationUnknown)
      }
      let id = ConversionID(of: payment)
      guard !member.isConverted, !member.isConverting, payments[id] == nil else { return .ignore }
      let (amount, dust) = member.net.swappable
      return .accept([
        .conversion(
          .requested(
            ConversionEvent.Requested(
              amount: amount, channel: channel, conversion: id,
              dust: dust.isPositive ? dust : nil, expected: member.amount, payments: [payment])))
      ])
    case .pool(let channel, let asset, let least):
      guard let requested = pool(channel, asset, least: least),
        payments[requested.conversion] == nil
      else { return .ignore }
      return .accept([.conversion(.requested(requested))])
    case .complete(let id, let split, let received):
      guard let state = payments[id] else { return .refuse(.conversionUnknown) }
      guard state.isOpen else { return .ignore }
      guard received.asset == .usdt, received.isPositive else {
        return .refuse(.amountNotPositive)
      }
      guard isCompleted(split, for: .conversion(id)) else { return .refuse(.splitElsewhere) }
      let requested = state.requested
      let completed = ConversionEvent.Completed(
        channel: requested.channel, conversion: id, expected: requested.expected,
        received: received, split: split)
      // One that was taken back meanwhile is no member any more.
      let members = accumulations[requested.channel]?.members(of: requested.payments) ?? []
      return .accept(
        shares(requested, members, received) + [.conversion(.completed(completed))]
          + members.map(\.payment).map {
            .accumulation(
              .converted(
                AccumulationEvent.Converted(
                  channel: requested.channel, conversion: id, payment: $0)))
          })
    case .fail(let id, let reason):
      guard let state = payments[id] else { return .refuse(.conversionUnknown) }
      guard state.isOpen else { return .ignore }
      guard hasNothingSent(for: .conversion(id)) else { return .refuse(.moneyMayHaveLeft) }
      let failed = ConversionEvent.Failed(
        channel: state.requested.channel, conversion: id, reason: reason)
      return .accept([.conversion(.failed(failed))])
    case .retry(let id, let reason): return retry(id, reason)
    }
  }

  /// Who had how much, where there were several.
  private func shares(
    _ requested: ConversionEvent.Requested, _ members: [AccumulationState.Member],
    _ received: Money
  ) -> [LedgerEvent] {
    guard requested.payments.count > 1 else { return [] }
    let (parts, rest) = ProRata.parts(
      of: received, by: members.map(\.amount), sum: requested.expected)
    let shares = zip(members, parts).map {
      ConversionShare(payment: $0.payment, locked: $0.amount, share: $1)
    }
    let shared = ConversionEvent.Shared(
      channel: requested.channel, conversion: requested.conversion, rest: rest, shares: shares)
    return [.conversion(.shared(shared))]
  }

  /// The same payments once more, under an id of its own; what was too fine for a swap is booked
  /// already.
  private func retry(_ id: ConversionID, _ reason: String) -> Decision {
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    guard let state = payments[id] else { return .refuse(.conversionUnknown) }
    guard state.isFailed else { return .refuse(.notFailed) }
    let former = state.requested
    let members = accumulations[former.channel]?.members(of: former.payments) ?? []
    guard !members.isEmpty, members.allSatisfy({ !$0.isConverted }) else {
      return .refuse(.accumulationUnknown)
    }
    // Of those that were taken back meanwhile the coin stays.
    let isWhole = members.count == former.payments.count
    let net = members.reduce(Money.zero(former.amount.asset)) { $0 + $1.net }
    let amount = isWhole ? former.amount : net.swappable.part
    guard amount.isPositive else { return .refuse(.amountNotPositive) }
    guard let next = id.next else { return .refuse(.tooManyAttempts) }
    let retried = ConversionEvent.Retried(
      channel: former.channel, conversion: id, next: next, reason: reason)
    let requested = ConversionEvent.Requested(
      amount: amount, channel: former.channel, conversion: next, dust: nil,
      expected: members.reduce(.zero(.usdt)) { $0 + $1.amount }, payments: members.map(\.payment))
    return .accept([.conversion(.retried(retried)), .conversion(.requested(requested))])
  }

  mutating func evolve(_ event: ConversionEvent) {
    switch event {
    case .requested(let e):
      payments.open(e)
      for payment in e.payments {
        accumulations[e.channel]?.change(payment) { $0.isConverting = true }
      }
    case .shared: break
    case .completed(let e): payments.close(e.conversion)
    case .failed(let e): payments.fail(e.conversion)
    case .retried(let e): payments.close(e.conversion)
    }
  }
}
