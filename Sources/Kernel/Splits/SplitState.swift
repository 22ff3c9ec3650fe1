/// What is known of a split.
struct SplitState: Sendable {
  enum Phase: Int, Sendable {
    case estimating, estimated, opening, opened, funded, held, completed, failed
  }
  var requested: SplitEvent.Requested
  var phase = Phase.estimating
  var estimate: SplitEvent.Estimated?
  var swap: SplitEvent.SwapOpened?
  var attempt = 0
  /// The provider's last word on the swap.
  var status: String?
  /// The deposit that hostpay was asked to pay.
  var hostpay: HostpayEvent.Requested?
  /// True while a transfer exists: nothing is given back then without the chain.
  var mayHaveSent = false
  /// Nonces that its transfers had; each but the last is consumed, and moved nothing.
  var generation = 0
  /// True while hostpay waits for a person.
  var isHostpayHeld = false
  /// Hash of the final funding transaction.
  var funding: String?

  var isOpen: Bool {
    switch phase {
    case .completed, .failed: false
    case .estimating, .estimated, .opening, .opened, .funded, .held: true
    }
  }
}

extension LedgerState {
  /// The one split of a purpose.
  func split(of purpose: SplitPurpose) -> SplitID? {
    if let id = purpose.batch { return batches.split(of: id) }
    if let id = purpose.conversion { return payments.split(of: id) }
    return purpose.payment.flatMap { payments.split(of: $0) }
  }

  /// Whether the split is the purpose's own and delivered.
  func isCompleted(_ split: SplitID, for purpose: SplitPurpose) -> Bool {
    self.split(of: purpose) == split && splits[split]?.phase == .completed
  }

  /// Whether nothing was sent for a purpose, and nothing can be any more: it has no split, or one
  /// that failed.
  ///
  /// A split still open could yet be funded, and its members paid a second time.
  func hasNothingSent(for purpose: SplitPurpose) -> Bool {
    guard let id = split(of: purpose), let split = splits[id] else { return true }
    return split.phase == .failed && !split.mayHaveSent
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
    case .swapObserved(let e): splits.change(e.split) { $0.status = e.status }
    case .completed(let e):
      splits.change(e.split) { $0.phase = .completed }
      splits.settle(e.split, channels.number(of: e.channel))
    case .held(let e): splits.change(e.split) { $0.phase = .held }
    case .failed(let e): splits.change(e.split) { $0.phase = .failed }
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
    fields.text("status", &status)
    fields.fact("hostpay", &hostpay)
    fields.flag("mayHaveSent", &mayHaveSent)
    fields.number("generation", &generation)
    fields.flag("isHostpayHeld", &isHostpayHeld)
    fields.text("funding", &funding)
  }
}
