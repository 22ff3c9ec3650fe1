import Kernel

/// What an operator names: a conversion, a batch, a split with its hostpay, or a transfer.
enum SagaSubject: Hashable, Sendable {
  case conversion(ConversionID)
  case batch(BatchID)
  case split(SplitID)
  case transfer(TransferID)

  /// Ids have forms of their own; whether there is such a thing is for the ledger to say.
  init?(text: String) {
    if let id = TransferID(text: text), id.splitNumber != nil {
      self = .transfer(id)
    } else if let id = SplitID(text: text), id.number != nil {
      self = .split(id)
    } else if text.hasPrefix("cv-"), let id = ConversionID(text: text) {
      self = .conversion(id)
    } else if let id = BatchID(text: text) {
      self = .batch(id)
    } else {
      return nil
    }
  }

  /// The split that does the work.
  func split(in state: LedgerState) -> SplitID? {
    switch self {
    case .conversion(let id): state.split(of: .conversion(id))
    case .batch(let id): state.split(of: .batch(id))
    case .split(let id): id
    case .transfer(let id): id.split
    }
  }

  /// What an action may mean here, the first of it that the ledger accepts.
  func commands(_ action: SplitAction, _ reason: String, in state: LedgerState) -> [LedgerCommand] {
    let split = split(in: state).map {
      LedgerCommand.split(.operate($0, action, reason: reason))
    }
    switch (self, action) {
    case (.conversion(let id), .retry):
      return [.conversion(.retry(id, reason: reason))] + (split.map { [$0] } ?? [])
    case (.batch(let id), .retry):
      return [.batch(.retry(id, reason: reason))] + (split.map { [$0] } ?? [])
    case (.conversion, _), (.batch, _), (.split, _), (.transfer, _):
      return split.map { [$0] } ?? []
    }
  }

  /// What the ledger says to an action now; nothing is changed.
  func decide(
    _ action: SplitAction, _ reason: String, in state: LedgerState, at now: Instant
  ) -> (command: LedgerCommand, decision: Decision)? {
    var last: (LedgerCommand, Decision)?
    for command in commands(action, reason, in: state) {
      let decision = state.decide(command, at: now)
      if case .refuse(let why) = decision {
        // Why the thing itself can't be tried again says more than that its split can't.
        if last == nil || why != .alreadyEnded { last = (command, decision) }
        continue
      }
      return (command, decision)
    }
    return last
  }

  /// Streams of everything that belongs to it, its own first.
  func streams(_ split: SplitID?) -> [StreamName] {
    let own: [String] =
      switch self {
      case .conversion(let id): ["conversion-\(id)"]
      case .batch(let id): ["batch-\(id)"]
      case .split, .transfer: []
      }
    let parts = split.map { ["split-\($0)", "hostpay-\($0)", "transfer-\($0.transfer)"] } ?? []
    return (own + parts).compactMap { StreamName(text: $0) }
  }

  /// Keys of its rows on the board.
  func keys(_ split: SplitID?) -> [(kind: String, id: String)] {
    let own: [(String, String)] =
      switch self {
      case .conversion(let id): [("conversion", id.text)]
      case .batch(let id): [("batch", id.text)]
      case .split, .transfer: []
      }
    guard let split else { return own }
    return own + [
      ("split", split.text), ("hostpay", split.text), ("transfer", split.transfer.text),
    ]
  }
}

extension Refusal {
  /// What an operator is told beside the ledger's word, where that alone says too little.
  var advice: String? {
    switch self {
    case .notHeld: "nothing waits for a person here"
    case .notFailed: "it hasn't failed, or something else stands in its place already"
    case .alreadyEnded: "it has ended"
    case .nonceOpen: "its transfer has a nonce that isn't closed, and may yet be paid"
    case .moneyMayHaveLeft: "its money left, or may have"
    case .belowThreshold: "what the group holds is below its threshold"
    case .accumulationUnknown: "its payments are converted, or paid out"
    case .tooManyAttempts: "it was tried too often"
    case .conversionUnknown, .batchUnknown, .splitUnknown: "there is no such thing"
    case .ledgerNotOpened, .ledgerAlreadyOpened, .ledgerFrozen, .capTwice, .approvalMissing,
      .approvalDiffers, .amountNotPositive, .textTooLong,
      .textMissing,
      .noTiers, .tooManyTiers, .priceOutOfRange, .daysOutOfRange, .thresholdTooLow,
      .payoutPairUnknown, .walletMalformed, .sameChannelTwice, .openChannelTaken,
      .closedChannelTaken, .channelUnknown, .tierUnknown, .orderUnknown, .orderExists,
      .paymentUnknown, .paymentNotValuing, .waitsAfterFailure, .splitElsewhere,
      .swapDiffersFromIntent, .hostpayUnknown, .walletUnknown, .walletQuarantined,
      .walletClaimedElsewhere, .tooManyOpenNonces, .fundsMissing, .transferUnknown,
      .transferElsewhere, .notOurTransaction:
      nil
    }
  }
}
