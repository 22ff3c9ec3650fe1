import Kernel

/// What an operator may do about a process, in the words of the command line.
enum SagaAction: String, Word {
  case ask, hold, release, retry
  /// Of transfers alone: more gas on the same nonce, or nothing in the payment's place.
  case bump, cancel

  static let words = WordList<SagaAction>()

  fileprivate var ofSplit: SplitAction? {
    switch self {
    case .ask: .ask
    case .hold: .hold
    case .release: .release
    case .retry: .retry
    case .bump, .cancel: nil
    }
  }
}

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

  /// What may be done about such a thing at all.
  var actions: [SagaAction] {
    switch self {
    case .conversion, .batch, .split: [.ask, .hold, .release, .retry]
    case .transfer: SagaAction.allCases
    }
  }

  /// What an action may mean here, the first of it that the ledger accepts.
  private func commands(
    _ action: SagaAction, _ reason: String, in state: LedgerState
  ) -> [LedgerCommand] {
    let split = split(in: state).flatMap { split in
      action.ofSplit.map { LedgerCommand.split(.operate(split, $0, reason: reason)) }
    }
    let own: LedgerCommand? =
      switch (self, action) {
      case (.conversion(let id), .retry): .conversion(.retry(id, reason: reason))
      case (.batch(let id), .retry): .batch(.retry(id, reason: reason))
      case (.transfer(let id), .release): .transfer(.release(id, reason: reason))
      case (.transfer(let id), .bump): .transfer(.bump(id, nil, reason: reason))
      case (.transfer(let id), .cancel): .transfer(.cancel(id, .operator, reason: reason))
      case (.conversion, _), (.batch, _), (.split, _), (.transfer, _): nil
      }
    // A transfer's own release is all there is to it.
    if case (.transfer, .release) = (self, action) { return own.map { [$0] } ?? [] }
    return [own, split].compactMap { $0 }
  }

  /// What the ledger says to an action now; nothing is changed.
  func decide(
    _ action: SagaAction, _ reason: String, in state: LedgerState, at now: Instant
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
    let steps = keys(split).map { "ledger-\($0.kind)-\($0.id)" }
    return (own + parts + steps).compactMap { StreamName(text: $0) }
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
    case .nothingOwed: "the client owes nothing"
    case .nothingWaits: "nothing waits for the client that could pay it back"
    case .accumulationUnknown: "its payments are converted, or paid out"
    case .tooManyAttempts: "it was tried too often"
    case .feesTooLow: "it must offer an eighth more than what was signed"
    case .feesTooHigh: "it would cost more than a transfer may"
    case .walletQuarantined: "the wallet is quarantined"
    case .walletRetired: "another wallet is to take over"
    case .paymentNotBooked: "nothing is booked for it, or not as that"
    case .outcomeUnknown: "nothing says what arrived for it"
    case .outcomeNotConvertible: "what arrived can't be turned into USDT"
    case .rateMissing: "what arrived needs a rate in USDT"
    case .differenceNotCorrectable: "only a transfer that the chain doesn't have can be corrected"
    case .conversionUnknown, .batchUnknown, .splitUnknown, .transferUnknown:
      "there is no such thing"
    case .ledgerNotOpened, .ledgerAlreadyOpened, .ledgerFrozen, .capTwice, .approvalMissing,
      .approvalDiffers, .amountNotPositive, .textTooLong,
      .textMissing,
      .noTiers, .tooManyTiers, .priceOutOfRange, .daysOutOfRange, .thresholdTooLow,
      .payoutPairUnknown, .walletMalformed, .sameChannelTwice, .openChannelTaken,
      .closedChannelTaken, .channelUnknown, .tierUnknown, .orderUnknown, .orderExists,
      .paymentUnknown, .paymentNotValuing, .waitsAfterFailure, .splitElsewhere,
      .swapDiffersFromIntent, .hostpayUnknown, .walletUnknown, .walletClaimedElsewhere,
      .walletNotRetired, .sweepOpen, .noncesUnexplained,
      .tooManyOpenNonces, .fundsMissing, .transferElsewhere, .notOurTransaction,
      .differenceUnknown,
      .nameMalformed, .nameTaken, .emailMalformed, .emailTaken, .emailSame, .emailUnverified,
      .alreadyVerified, .nothingPending, .accountUnknown, .accountClosed, .sessionUnknown,
      .sessionReused, .tokenUnknown, .codeMissing, .codeUsed, .codesAlreadyOn, .keyUnknown,
      .tooManyKeys, .tooManyChannels, .channelClosed, .channelIdsStay, .versionDiffers,
      .tooSoon, .rowMisfits:
      nil
    }
  }
}
