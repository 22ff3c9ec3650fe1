/// What may be asked of a conversion.
public enum ConversionCommand: Hashable, Sendable {
  /// Turns the net of one accumulation into USDT.
  case request(ChannelKey, PaymentID)
  case complete(ConversionID, SplitID, received: Money)
  case fail(ConversionID, reason: String)
}

/// What is known of a conversion.
struct ConversionState: Sendable {
  /// Blank once it has ended.
  let requested: ConversionEvent.Requested
  let isOpen: Bool
}

extension LedgerState {
  func decide(_ command: ConversionCommand) -> Decision {
    switch command {
    case .request(let channel, let payment):
      guard let member = accumulations[channel]?.members(of: [payment]).first else {
        return .refuse(.accumulationUnknown)
      }
      let id = ConversionID(of: payment)
      guard !member.isConverted, payments[id] == nil else { return .ignore }
      let (amount, dust) = member.net.swappable
      return .accept([
        .conversion(
          .requested(
            ConversionEvent.Requested(
              amount: amount, channel: channel, conversion: id,
              dust: dust.isPositive ? dust : nil, expected: member.amount, payments: [payment])))
      ])
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
      return .accept(
        [.conversion(.completed(completed))]
          + requested.payments.map {
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
    }
  }

  mutating func evolve(_ event: ConversionEvent) {
    switch event {
    case .requested(let e): payments.open(e)
    case .completed(let e): payments.close(e.conversion)
    case .failed(let e): payments.close(e.conversion)
    }
  }
}
