/// What may be asked of hostpay.
public enum HostpayCommand: Hashable, Sendable {
  /// Pays the deposit of the split's open swap, or the client's wallet where the split is direct.
  case request(SplitID)
  case noteCheck(SplitID, SwapID, status: String)
  case noteFunded(SplitID)
  case hold(SplitID, reason: String)
}

extension LedgerState {
  func decide(_ command: HostpayCommand) -> Decision {
    switch command {
    case .request(let id):
      guard let split = splits[id] else { return .refuse(.splitUnknown) }
      guard split.isOpen, split.hostpay == nil, split.phase == .opened else { return .ignore }
      let requested = split.requested
      switch requested.route {
      case .direct:
        return .accept([
          .hostpay(
            .requested(
              HostpayEvent.Requested(
                amount: requested.source, channel: requested.channel, split: id, swap: nil,
                to: requested.wallet)))
        ])
      case .swap:
        guard let swap = split.swap else { return .refuse(.splitElsewhere) }
        return .accept([
          .hostpay(
            .requested(
              HostpayEvent.Requested(
                amount: swap.amount, channel: requested.channel, split: id, swap: swap.swap,
                to: swap.payin)))
        ])
      }
    case .noteCheck(let id, let swap, let status):
      guard let split = splits[id] else { return .refuse(.splitUnknown) }
      guard let hostpay = split.hostpay, hostpay.swap == swap else { return .ignore }
      guard split.isOpen, !split.mayHaveSent else { return .ignore }
      let checked = HostpayEvent.Checked(channel: hostpay.channel, split: id, status: status)
      return .accept([.hostpay(.checked(checked))])
    case .noteFunded(let id):
      guard let split = splits[id] else { return .refuse(.splitUnknown) }
      guard split.funding == nil else { return .ignore }
      guard case .confirmed(let hash)? = splits.transfer(id.transfer, channels)?.phase else {
        return .refuse(.transferElsewhere)
      }
      return .accept([
        .hostpay(
          .funded(
            HostpayEvent.Funded(
              channel: split.requested.channel, split: id, swap: split.swap?.swap,
              transaction: hash, transfer: id.transfer)))
      ])
    case .hold(let id, let reason):
      guard let split = splits[id] else { return .refuse(.splitUnknown) }
      guard split.isOpen, split.hostpay != nil else { return .ignore }
      let held = HostpayEvent.Held(channel: split.requested.channel, reason: reason, split: id)
      return .accept([.hostpay(.held(held))])
    }
  }
}
