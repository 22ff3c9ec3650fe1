public import Kernel

/// The fold that knows which outside calls are owed: opened by intents, closed by outcomes.
///
/// After a restart the same log gives the same open calls; that is all there is to resuming.
public struct OpenEffects: Sendable {
  private var splits: [SplitID: SplitEvent.Requested] = [:]
  private var swaps: [SplitID: SplitEvent.SwapOpened] = [:]
  /// Asked for, with a nonce or without, and not confirmed.
  private var requests: [TransferID: TransferEvent.Requested] = [:]
  /// Those with an open nonce.
  private var transfers: [TransferID: OpenTransfer] = [:]

  /// Asked for and not delivered.
  private var invites: [OrderID: InviteEvent.Requested] = [:]
  /// Who waits for an order's page to pay on.
  private var awaited: [OrderID: ChatEvent.Heard] = [:]

  private let isPolling: Bool

  /// - Parameter isPolling: Whether payments that aren't over are asked after.
  public init(isPolling: Bool = false) { self.isPolling = isPolling }

  /// Takes the next fact of the log in.
  public mutating func take(_ event: LedgerEvent) -> Change {
    switch event {
    case .order(let e): take(e)
    case .payment(let e): take(e)
    case .split(let e): take(e)
    case .hostpay(let e): take(e)
    case .transfer(let e): take(e)
    case .invite(let e): take(e)
    case .membership(let e): take(e)
    case .wallet(let e): take(e)
    case .chat(let e): take(e)
    case .ledger, .channel, .accumulation, .conversion, .batch, .account: Change()
    }
  }

  /// The one listing of the state, as the facts that lead to it; see `StateFields`.
  public mutating func list(_ fields: inout StateFields) {
    var facts: [LedgerEvent?] = fields.isReading ? [] : self.facts
    fields.list("facts", &facts, blank: nil) { $1.event("fact", &$0) }
    guard fields.isReading else { return }
    self = OpenEffects(isPolling: isPolling)
    for fact in facts { if let fact { _ = take(fact) } }
  }

  private var facts: [LedgerEvent] {
    splits.sorted { $0.key < $1.key }.map { .split(.requested($0.value)) }
      + swaps.sorted { $0.key < $1.key }.map { .split(.swapOpened($0.value)) }
      + requests.sorted { $0.key < $1.key }.map { .transfer(.requested($0.value)) }
      + transfers.sorted { $0.key < $1.key }.flatMap { $0.value.facts.map { .transfer($0) } }
      + invites.sorted { $0.key < $1.key }.map { .invite(.requested($0.value)) }
      + awaited.sorted { $0.key < $1.key }.map { .chat(.heard($0.value)) }
  }

  private mutating func take(_ event: OrderEvent) -> Change {
    switch event {
    case .placed(let e): Change(opened: [.createInvoice(e)])
    case .invoiced(let e): Change(closed: ["invoice/\(e.order)"], opened: page(e.order, e))
    case .invoiceFailed(let e): Change(closed: ["invoice/\(e.order)"], opened: page(e.order, nil))
    case .granted: Change()
    }
  }

  private mutating func page(_ order: OrderID, _ page: OrderEvent.Invoiced?) -> [Effect] {
    awaited.removeValue(forKey: order).map { [.showPage($0, page)] } ?? []
  }

  private mutating func take(_ event: ChatEvent) -> Change {
    switch event {
    case .heard(let e):
      if e.screen.kind == .preparing, let order = e.order { awaited[order] = e }
      return Change(opened: [.answerChat(e)])
    case .answered(let e): return Change(closed: [Self.key(e.update, e.order)])
    case .failed(let e): return Change(closed: [Self.key(e.update, e.order)])
    case .noticeRequested(let e): return Change(opened: [.deliverNotice(e)])
    case .noticeDelivered(let e): return Change(closed: ["notice/\(e.notice)"])
    case .noticeFailed(let e): return Change(closed: ["notice/\(e.notice)"])
    case .postRequested(let e): return Change(opened: [.post(e)])
    case .posted(let e): return Change(closed: ["post/\(e.open)/\(e.place)"])
    case .postFailed(let e): return Change(closed: ["post/\(e.open)/\(e.place)"])
    case .switchedOn, .switchedOff, .formProven, .formEnded: return Change()
    }
  }

  private static func key(_ update: Int, _ order: OrderID?) -> Subject {
    order == nil ? "chat/\(update)" : "page/\(update)"
  }

  private mutating func take(_ event: InviteEvent) -> Change {
    let order = event.order
    let closed: [Subject] = ["invite/\(order)", "message/\(order)"]
    switch event {
    case .requested(let e):
      invites[order] = e
      return Change(closed: closed, opened: [.createInvite(e)])
    case .created(let e):
      guard let requested = invites[order] else { return Change(closed: closed) }
      return Change(closed: closed, opened: [.deliverInvite(requested, e)])
    case .delivered, .failed:
      invites[order] = nil
      return Change(closed: closed)
    }
  }

  private mutating func take(_ event: MembershipEvent) -> Change {
    switch event {
    case .revoked: return Change()
    case .expired(let e):
      // Whatever he was to be told by now leads nowhere.
      let stale = invites.values.filter { $0.channel == e.channel && $0.user == e.user }
      let orders = stale.map(\.order).sorted()
      for order in orders { invites[order] = nil }
      let closed = orders.flatMap { ["invite/\($0)", "message/\($0)"] as [Subject] }
      return Change(closed: closed, opened: [.removeMember(e)])
    case .removed(let e): return Change(closed: ["remove/\(e.order)"])
    case .removalFailed(let e): return Change(closed: ["remove/\(e.order)"])
    }
  }

  private func take(_ event: PaymentEvent) -> Change {
    switch event {
    case .valuationRequested(let e): Change(opened: [.findRate(e)])
    case .finished(let e): Change(closed: ["rate/\(e.payment)"])
    case .held(let e): Change(closed: ["rate/\(e.payment)"])
    case .observed(let e): isPolling ? withUnsafePointer(to: e) { poll($0) } : Change()
    case .routed, .ruled: Change()
    }
  }

  /// A payment that isn't over is asked after until it is; children can't be (external-apis 1.5).
  private func poll(_ seen: UnsafePointer<PaymentEvent.Observed>) -> Change {
    // Lent where it is: a copy counts a reference for each of its texts.
    guard seen.pointee.parent == nil else { return Change() }
    let poll = Effect.pollPayment(seen.pointee.payment)
    return switch ProviderStatus(rawValue: seen.pointee.status) {
    case .waiting, .confirming, .confirmed, .sending, .partiallyPaid:
      Change(closed: [poll.key], opened: [poll])
    case .finished, .failed, .refunded, .expired, .cancelled, nil: Change(closed: [poll.key])
    }
  }

  private mutating func take(_ event: SplitEvent) -> Change {
    switch event {
    case .requested(let e):
      splits[e.split] = e
      return Change(opened: e.route == .swap ? [.estimate(e)] : [])
    case .estimated(let e): return Change(closed: ["estimate/\(e.split)"])
    case .swapIntended(let e): return Change(opened: [.openSwap(e)])
    case .swapOpened(let e):
      swaps[e.split] = e
      return Change(closed: ["swap/\(e.split)"])
    case .swapAbandoned(let e):
      swaps[e.split] = nil
      requests[e.split.transfer] = nil
      let again = splits[e.split].map { [Effect.estimate($0)] } ?? []
      let transfer: Subject = "prepare/\(e.split.transfer)"
      return Change(closed: beforeFunding(e.split) + [transfer], opened: again)
    case .swapObserved, .swapRegressed, .replaced: return Change()
    case .held(let e): return Change(closed: beforeNonce(e.split))
    case .asked(let e): return Change(hastened: calls(of: e.split))
    case .released(let e) where e.next == .watch:
      // Asked as a new question: the one before was answered by the hold that a person has lifted.
      let watch = swaps[e.split].map { Effect.watchSwap(e.split, $0.swap) }
      return Change(closed: watch.map { [$0.key] } ?? [], opened: watch.map { [$0] } ?? [])
    case .released(let e): return beginAnew(e.split, at: e.next)
    case .retried(let e): return beginAnew(e.split, at: e.next)
    case .completed(let e): return end(e.split)
    case .failed(let e): return end(e.split)
    case .refunded(let e): return end(e.split)
    }
  }

  /// Where there is no nonce yet, its transfer isn't prepared any further either.
  private func beforeNonce(_ split: SplitID) -> [Subject] {
    beforeFunding(split) + ["prepare/\(split.transfer)"]
  }

  /// Every call a split can owe.
  private func calls(of split: SplitID) -> [Subject] {
    beforeNonce(split) + ["watch/\(split)"]
      + ["sign/\(split.transfer)", "settle/\(split.transfer)"]
  }

  private mutating func beginAnew(_ split: SplitID, at next: SplitStep) -> Change {
    swaps[split] = nil
    requests[split.transfer] = nil
    transfers[split.transfer] = nil
    let estimate = next == .estimate ? splits[split].map { [Effect.estimate($0)] } : nil
    return Change(closed: calls(of: split), opened: estimate ?? [])
  }

  private func beforeFunding(_ split: SplitID) -> [Subject] {
    ["estimate/\(split)", "swap/\(split)", "check/\(split)"]
  }

  private mutating func end(_ split: SplitID) -> Change {
    splits[split] = nil
    swaps[split] = nil
    requests[split.transfer] = nil
    return Change(closed: beforeFunding(split) + ["watch/\(split)"])
  }

  private func take(_ event: HostpayEvent) -> Change {
    switch event {
    case .requested(let e):
      guard e.swap != nil, let swap = swaps[e.split] else { return Change() }
      return Change(opened: [.checkSwap(swap)])
    case .checked(let e): return Change(closed: ["check/\(e.split)"])
    case .held(let e):
      return Change(closed: ["check/\(e.split)", "prepare/\(e.split.transfer)"])
    case .funded(let e):
      return Change(opened: e.swap.map { [.watchSwap(e.split, $0)] } ?? [])
    }
  }

  /// Another wallet takes over: what has no nonce yet is signed for by that one.
  private mutating func take(_ event: WalletEvent) -> Change {
    switch event {
    case .claimed(let e):
      for id in requests.keys where transfers[id] == nil { requests[id]?.move(to: e.wallet) }
      return Change()
    case .rotation(.nonceLost(let e)): return e.transfer.map { end($0) } ?? Change()
    case .nonceAssigned, .quarantined, .rotation: return Change()
    }
  }

  private mutating func take(_ event: TransferEvent) -> Change {
    switch event {
    case .requested(let e):
      requests[e.transfer] = e
      return Change(opened: [prepare(e)])
    case .nonceReserved(let e):
      let closed: [Subject] = ["prepare/\(e.transfer)"]
      guard let requested = requests[e.transfer] else { return Change(closed: closed) }
      var transfer = OpenTransfer(requested, e)
      transfer.swap = swaps[requested.split]
      transfers[e.transfer] = transfer
      return Change(closed: closed, opened: [.signTransfer(requested, e)])
    case .signed(let e): return attempt(e.transfer, event)
    case .cancelSigned(let e): return attempt(e.transfer, event)
    case .bumpRequested(let e):
      let change = attempt(e.transfer, event)
      guard let requested = requests[e.transfer] else { return change }
      return Change(
        closed: change.closed, opened: change.opened + [.signReplacement(requested, e)])
    case .cancelRequested(let e):
      guard e.nonce == nil else { return attempt(e.transfer, event) }
      return Change(closed: ["prepare/\(e.transfer)"])
    case .confirmed(let e):
      requests[e.transfer] = nil
      return end(e.transfer)
    case .reverted(let e): return end(e.transfer)
    case .cancelled(let e): return end(e.transfer)
    case .parked(let e):
      // What was signed may still be mined: it stays watched.
      let open = transfers[e.transfer]
      guard open?.attempts.isEmpty ?? true, open?.cancel == nil else { return Change() }
      return Change(closed: ["prepare/\(e.transfer)", "sign/\(e.transfer)"])
    case .released(let e): return release(e.transfer)
    // Asked as a new question: the one before was answered by what is a fact now.
    case .guarded(.held(let e)): return prepareAnew(e.transfer)
    case .guarded(.approved(let e)): return prepareAnew(e.transfer)
    case .guarded(.cleared): return Change()
    }
  }

  /// The nonce's attempts, or what is asked of them, changed: what is sent and watched changes too.
  private mutating func attempt(_ id: TransferID, _ event: TransferEvent) -> Change {
    let closed: [Subject] = ["sign/\(id)", "settle/\(id)"]
    transfers[id]?.take(event)
    guard let transfer = transfers[id] else { return Change(closed: closed) }
    return Change(closed: closed, opened: [.settleTransfer(transfer)])
  }

  private func prepareAnew(_ id: TransferID) -> Change {
    guard transfers[id] == nil, let requested = requests[id] else { return Change() }
    return Change(closed: ["prepare/\(id)"], opened: [prepare(requested)])
  }

  private func prepare(_ requested: TransferEvent.Requested) -> Effect {
    .prepareTransfer(requested, swaps[requested.split])
  }

  /// Back to where it was parked, or to the next nonce.
  private func release(_ id: TransferID) -> Change {
    guard let transfer = transfers[id] else {
      return Change(opened: requests[id].map { [prepare($0)] } ?? [])
    }
    guard transfer.attempts.isEmpty, transfer.cancel == nil else { return Change() }
    return Change(opened: [.signTransfer(transfer.requested, transfer.reserved)])
  }

  private mutating func end(_ transfer: TransferID) -> Change {
    transfers[transfer] = nil
    return Change(closed: ["sign/\(transfer)", "settle/\(transfer)"])
  }
}
