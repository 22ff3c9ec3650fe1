/// What is known of a split.
struct SplitState: Sendable {
  enum Phase: Int, Sendable {
    case estimating, estimated, opening, opened, funded, held, completed, failed, refunded
  }
  var requested: SplitEvent.Requested
  var phase = Phase.estimating
  var estimate: SplitEvent.Estimated?
  var swap: SplitEvent.SwapOpened?
  var attempt = 0
  /// Attempts when a person let it begin anew.
  var attemptsBefore = 0
  /// The provider's last word on the swap, how far that was at most, and a word before it that was
  /// said after it.
  var status: String?
  var rank = 0
  var regressed: String?
  /// The deposit that hostpay was asked to pay.
  var hostpay: HostpayEvent.Requested?
  /// Whether hostpay stopped for a person.
  var isHostpayHeld = false
  /// True while a transfer exists: nothing is given back then without the chain.
  var mayHaveSent = false
  /// Nonces that its transfers had; each but the last is consumed, and moved nothing.
  var generation = 0
  /// Hash of the final funding transaction.
  var funding: String?

  /// Whether a person let it go on after the provider had said that it is finished.
  var isOutcomeAccepted = false
  /// Whether a person let it go on at whatever rate is estimated.
  var isRateAccepted = false

  /// What the swap was to bring, as the provider said last before it was funded.
  var promised: Money? {
    (swap?.toAmount ?? estimate?.toAmount).flatMap { Money(truncating: $0, requested.asset) }
  }

  var isOpen: Bool {
    switch phase {
    case .completed, .failed, .refunded: false
    case .estimating, .estimated, .opening, .opened, .funded, .held: true
    }
  }
}

extension LedgerState {
  /// The one split of a purpose.
  public func split(of purpose: SplitPurpose) -> SplitID? {
    if let id = purpose.batch { return batches.split(of: id) }
    if let id = purpose.conversion { return payments.split(of: id) }
    return purpose.payment.flatMap { payments.split(of: $0) }
  }

  /// Whether the split is the purpose's own and delivered.
  func isCompleted(_ split: SplitID, for purpose: SplitPurpose) -> Bool {
    self.split(of: purpose) == split && splits[split]?.phase == .completed
  }

  /// Whether nothing was sent for a purpose, and nothing can be any more: it has no split, or one
  /// that failed; or all of it came back.
  ///
  /// A split still open could yet be funded, and its members paid a second time.
  func hasNothingSent(for purpose: SplitPurpose) -> Bool {
    guard let id = split(of: purpose), let split = splits[id] else { return true }
    return split.phase == .failed && !split.mayHaveSent || split.phase == .refunded
  }

  mutating func evolve(_ event: SplitEvent) {
    switch event {
    case .requested(let e):
      let number = splits.open(e)
      if let id = e.purpose.batch { batches.give(number, to: id) }
      if let id = e.purpose.conversion { payments.give(number, to: id) }
      if let id = e.purpose.payment { payments.give(number, to: id) }
    case .estimated(let e):
      splits.change(e.split) { split in
        split.estimate = e
        split.phase = .estimated
      }
    case .swapIntended(let e):
      splits.change(e.split) { split in
        split.attempt = e.attempt
        split.phase = .opening
      }
    case .swapOpened(let e):
      splits.give(e.swap, to: e.split)
      splits.change(e.split) { split in
        split.swap = e
        split.status = nil
        split.rank = 0
        split.regressed = nil
        split.phase = .opened
      }
    case .swapAbandoned(let e):
      splits.change(e.split) { split in
        split.swap = nil
        split.hostpay = nil
        split.isHostpayHeld = false
        split.phase = .estimating
      }
      // A transfer that can't be sent any more goes with its swap; the next swap may ask for it
      // again.
      if let transfer = splits.dropTransfer(e.split.transfer) {
        precondition(
          transfer.nonce == nil || transfer.phase == .cancelled,
          "S4: \(e.split) abandons a swap it may have funded")
        splits.change(e.split) { $0.mayHaveSent = false }
      }
    case .swapObserved(let e):
      splits.change(e.split) { split in
        split.status = e.status
        split.rank = max(split.rank, SwapProgress.rank(e.status) ?? 0)
        split.regressed = nil
      }
    case .swapRegressed(let e): splits.change(e.split) { $0.regressed = e.status }
    case .refunded(let e): splits.change(e.split) { $0.phase = .refunded }
    case .replaced(let e):
      if let payment = splits[e.split]?.requested.purpose.payment {
        payments.takeSplit(of: payment)
      }
    case .completed(let e):
      swapRates.note(e)
      splits.change(e.split) { $0.phase = .completed }
      splits.settle(e.split, channels.number(of: e.channel))
    case .held(let e): splits.change(e.split) { $0.phase = .held }
    case .failed(let e): splits.change(e.split) { $0.phase = .failed }
    case .asked: break
    case .released(let e): evolve(e)
    case .retried(let e): beginAnew(e.split)
    }
  }

  mutating func evolve(_ event: HostpayEvent) {
    switch event {
    case .requested(let e): splits.change(e.split) { $0.hostpay = e }
    case .checked: break
    case .held(let e): splits.change(e.split) { $0.isHostpayHeld = true }
    case .funded(let e):
      splits.change(e.split) { split in
        split.funding = e.transaction
        split.phase = .funded
      }
    }
  }
}

extension SplitState {
  static let blank = SplitState(requested: SplitEvent.Requested())

  mutating func list(_ fields: inout StateFields) {
    fields.fact("requested", &requested)
    fields.choice("phase", &phase)
    fields.fact("estimate", &estimate)
    fields.fact("swap", &swap)
    fields.number("attempt", &attempt)
    fields.number("attemptsBefore", &attemptsBefore)
    fields.text("status", &status)
    fields.number("rank", &rank)
    fields.text("regressed", &regressed)
    fields.fact("hostpay", &hostpay)
    fields.flag("isHostpayHeld", &isHostpayHeld)
    fields.flag("mayHaveSent", &mayHaveSent)
    fields.number("generation", &generation)
    fields.text("funding", &funding)
    fields.flag("isOutcomeAccepted", &isOutcomeAccepted)
    fields.flag("isRateAccepted", &isRateAccepted)
  }
}
