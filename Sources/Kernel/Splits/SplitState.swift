/// What is known of a split.
struct SplitState: Sendable {
  enum Phase: Sendable {
    case estimating, estimated, opening, opened, funded, held, completed, failed
  }
  let requested: SplitEvent.Requested
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
  /// Whether the split is the purpose's own and delivered.
  func isCompleted(_ split: SplitID, for purpose: SplitPurpose) -> Bool {
    splitOf[purpose] == split && splits[split]?.phase == .completed
  }

  /// Whether nothing was sent for a purpose, and nothing can be any more: it has no split, or one
  /// that failed.
  ///
  /// A split still open could yet be funded, and its members paid a second time.
  func hasNothingSent(for purpose: SplitPurpose) -> Bool {
    guard let id = splitOf[purpose], let split = splits[id] else { return true }
    return split.phase == .failed && !split.mayHaveSent
  }

  mutating func evolve(_ event: SplitEvent) {
    switch event {
    case .requested(let e):
      var split = SplitState(requested: e)
      if e.route == .direct { split.phase = .opened }
      splits[e.split] = split
      splitOf[e.purpose] = e.split
      if let payment = e.purpose.payment { instants[payment] = nil }
    case .estimated(let e):
      splits[e.split]?.estimate = e
      splits[e.split]?.phase = .estimated
    case .swapIntended(let e):
      splits[e.split]?.attempt = e.attempt
      splits[e.split]?.phase = .opening
    case .swapOpened(let e):
      splitOfSwap[e.swap] = e.split
      splits[e.split]?.swap = e
      splits[e.split]?.phase = .opened
    case .swapAbandoned(let e):
      splits[e.split]?.swap = nil
      splits[e.split]?.hostpay = nil
      splits[e.split]?.phase = .estimating
      // A transfer that never got a nonce goes with its swap; the next swap may ask for it again.
      if let transfer = transfers.removeValue(forKey: e.split.transfer) {
        precondition(transfer.nonce == nil, "S4: \(e.split) abandons a swap it may have funded")
        splits[e.split]?.mayHaveSent = false
      }
    case .swapObserved(let e): splits[e.split]?.status = e.status
    case .completed(let e): splits[e.split]?.phase = .completed
    case .held(let e): splits[e.split]?.phase = .held
    case .failed(let e): splits[e.split]?.phase = .failed
    }
  }

  mutating func evolve(_ event: HostpayEvent) {
    switch event {
    case .requested(let e): splits[e.split]?.hostpay = e
    case .checked: break
    case .funded(let e):
      splits[e.split]?.funding = e.transaction
      splits[e.split]?.phase = .funded
    case .held: break
    }
  }
}
