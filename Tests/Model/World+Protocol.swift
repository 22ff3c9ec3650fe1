// The steps T2 to T10 of the protocol, and what only broken ones do.
extension World {
  /// What the process takes as settled on its wallet's chain.
  private func seen(_ wallet: Int, _ rules: Rules) -> ArraySlice<Transaction> {
    let chain = chains[wallet]
    return rules.waitsForFinality ? chain.mined[..<chain.final] : chain.mined[...]
  }

  private func consumer(of slot: View.Slot, _ rules: Rules) -> Transaction? {
    let seen = seen(slot.wallet, rules)
    return slot.nonce < seen.count ? seen[slot.nonce] : nil
  }

  /// Whether the chain of the wallet in use knows a nonce that the log never gave.
  private func isAhead(_ view: View) -> Bool {
    chains[view.wallet].mined.count > view.next[view.wallet]
  }

  private func bound(_ batch: Int, _ view: View) throws(Refused) -> View.Slot {
    guard !view.batches[batch].isDone else { throw Refused("the batch is paid") }
    guard let slot = view.batches[batch].slot else { throw Refused("no nonce is reserved") }
    return slot
  }

  private func mayAct(_ view: View, _ rules: Rules) throws(Refused) {
    guard !view.isQuarantined else { throw Refused("the wallet is quarantined") }
    if rules.recovery == .adopts, isAhead(view) { throw Refused("the chain is ahead of the log") }
  }

  private func maySettle(_ view: View, _ rules: Rules) throws(Refused) {
    if view.isQuarantined, rules.isLoose { return }
    try mayAct(view, rules)
  }

  func nextNonce(_ view: View, _ rules: Rules) -> Int {
    let next = view.next[view.wallet]
    return rules.recovery == .carriesOn ? max(next, chains[view.wallet].mined.count) : next
  }

  func reserving(
    _ process: Int, _ batch: Int, _ nonce: Int, _ rules: Rules, _ views: [View]
  ) throws(Refused) -> World {
    let view = views[process]
    try mayAct(view, rules)
    guard rules.reservesNonce else { throw Refused("nothing is reserved") }
    guard !view.batches[batch].isDone else { throw Refused("the batch is paid") }
    guard view.batches[batch].slot == nil else { throw Refused("its nonce is bound for life") }
    if rules.recovery != .carriesOn, isAhead(view) {
      throw Refused("the chain is ahead of the log: the wallet stops")
    }
    guard nonce == nextNonce(view, rules) else { throw Refused("not the wallet's next nonce") }
    guard nonce < rules.nonces else { throw Refused("no nonce is left") }
    let entry = Entry.reserved(batch: batch, wallet: view.wallet, nonce: nonce)
    return try appending([entry], by: process, rules, view)
  }

  func signing(
    _ process: Int, _ batch: Int, _ t: Transaction, _ rules: Rules, _ views: [View]
  ) throws(Refused) -> World {
    let view = views[process]
    try mayAct(view, rules)
    guard rules.storesHash else { throw Refused("signed bytes aren't stored") }
    let slot = try bound(batch, view)
    guard t.wallet == slot.wallet, t.nonce == slot.nonce else { throw Refused("not its nonce") }
    guard consumer(of: slot, rules) == nil else { throw Refused("its nonce is consumed") }
    let signed = view.batches[batch].signed
    guard !signed.contains(t) else { throw Refused("it is signed") }
    switch t.work {
    case .pays(batch, let attempt):
      guard attempt <= rules.bumps, attempt == signed.count(where: { $0.paid != nil }) else {
        throw Refused("not the next attempt")
      }
      guard attempt == 0 || rules.keepsNonce else { throw Refused("another nonce is taken") }
    case .cancels(let attempt):
      guard attempt <= rules.bumps, attempt == signed.count(where: { $0.paid == nil }) else {
        throw Refused("not the next attempt")
      }
      guard !signed.isEmpty || rules.isLoose else { throw Refused("nothing is to be cancelled") }
    case .pays, .fails, .sweeps, .strange: throw Refused("not what the nonce is bound to")
    }
    var next = try appending([.signed(batch: batch, t)], by: process, rules, view)
    if case .cancels = t.work { try Self.spend(&next.left.cancels) }
    if rules.recovery == .closes { Self.put(t, in: &next.witness) }
    return next
  }

  func broadcasting(
    _ process: Int, _ t: Transaction, _ rules: Rules, _ views: [View]
  ) throws(Refused) -> World {
    let view = views[process]
    try maySettle(view, rules)
    guard view.batches.contains(where: { !$0.isDone && $0.signed.contains(t) }) else {
      throw Refused("its bytes aren't durable")
    }
    let slot = View.Slot(wallet: t.wallet, nonce: t.nonce)
    guard consumer(of: slot, rules) == nil else { throw Refused("its nonce is consumed") }
    return changed { $0.sent(t) }
  }

  func confirming(
    _ process: Int, _ batch: Int, _ rules: Rules, _ views: [View]
  ) throws(Refused) -> World {
    let view = views[process]
    try maySettle(view, rules)
    guard rules.reservesNonce else { return try recording(process, batch, rules, view) }
    let slot = try bound(batch, view)
    guard let consumer = consumer(of: slot, rules) else {
      throw Refused("its nonce isn't consumed in a final block")
    }
    guard consumer.paid == batch else { throw Refused("what consumed its nonce doesn't pay it") }
    guard view.batches[batch].signed.contains(consumer) || held.contains(consumer) else {
      throw Refused("paid by a transaction that the log doesn't know")
    }
    return try appending([.confirmed(batch: batch)], by: process, rules, view)
  }

  func releasing(
    _ process: Int, _ batch: Int, _ rules: Rules, _ views: [View]
  ) throws(Refused) -> World {
    let view = views[process]
    try maySettle(view, rules)
    let slot = try bound(batch, view)
    guard let consumer = consumer(of: slot, rules) else {
      throw Refused("its nonce isn't consumed in a final block")
    }
    guard isOurs(consumer, view.batches[batch]) || rules.isCareless else {
      throw Refused("a stranger consumed its nonce: the wallet stops")
    }
    let isKnown = view.batches[batch].signed.contains(consumer) || held.contains(consumer)
    guard consumer.paid != batch || !isKnown else { throw Refused("its nonce paid it") }
    let entry = Entry.released(batch: batch, wallet: slot.wallet, nonce: slot.nonce)
    return try appending([entry], by: process, rules, view)
  }

  private func isOurs(_ t: Transaction, _ batch: View.Batch) -> Bool {
    if batch.signed.contains(t) { return true }
    return batch.signed.contains { $0.failed == t }
  }

  func quarantining(
    _ process: Int, _ rules: Rules, _ views: [View]
  ) throws(Refused) -> World {
    let view = views[process]
    guard !view.isQuarantined else { throw Refused("it is quarantined") }
    guard rules.reservesNonce, rules.storesHash, !rules.isCareless else {
      throw Refused("nobody looks")
    }
    let isRobbed = view.batches.contains { batch in
      guard let slot = batch.slot, let consumer = consumer(of: slot, rules) else { return false }
      return !isOurs(consumer, batch)
    }
    var next = try appending([.quarantined], by: process, rules, view)
    if !isRobbed, !isAhead(view) { try Self.spend(&next.left.alarms) }
    return next
  }
}

extension Rules {
  /// Whether a nonce that a stranger consumed is just released.
  fileprivate var isCareless: Bool { recovery == .carriesOn || recovery == .adopts }
}

// Recovery (3.6), while the wallet is quarantined.
extension World {
  func sweeping(_ t: Transaction, _ rules: Rules, _ view: View) throws(Refused) -> World {
    guard view.isQuarantined, rules.recovery == .rotates else { throw Refused("no rotation") }
    let chain = chains[view.wallet]
    guard t == Transaction(wallet: view.wallet, nonce: chain.mined.count, .sweeps) else {
      throw Refused("not the account's nonce")
    }
    guard !chain.isSweptForGood, t.nonce < rules.nonces, !pool.contains(t) else {
      throw Refused("swept, or on the way")
    }
    return changed { $0.sent(t) }
  }

  func rotating(_ process: Int, _ rules: Rules, _ views: [View]) throws(Refused) -> World {
    let view = views[process]
    guard view.isQuarantined, rules.recovery == .rotates else { throw Refused("no rotation") }
    guard chains[view.wallet].isSweptForGood else { throw Refused("the sweep isn't final") }
    guard view.wallet + 1 < rules.wallets else { throw Refused("no wallet is left") }
    let entries = adopted(upTo: view.wallet, view) + [.rotated(wallet: view.wallet + 1)]
    return try appending(entries, by: process, rules, view)
  }

  /// Every nonce below this may have been signed for.
  func ceiling(_ view: View) -> Int {
    let signed = witness.filter { $0.wallet == view.wallet }.map { $0.nonce + 1 }.max() ?? 0
    return max(view.next[view.wallet], signed)
  }

  func closing(_ t: Transaction, _ rules: Rules, _ view: View) throws(Refused) -> World {
    guard view.isQuarantined, rules.recovery == .closes else { throw Refused("nothing to close") }
    guard t == Transaction(wallet: view.wallet, nonce: t.nonce, .cancels(attempt: 0)),
      (chains[view.wallet].final..<max(chains[view.wallet].final, ceiling(view))).contains(t.nonce)
    else { throw Refused("not an open nonce") }
    guard !pool.contains(t) else { throw Refused("it is on the way") }
    return changed { $0.sent(t) }
  }

  func resuming(_ process: Int, _ rules: Rules, _ views: [View]) throws(Refused) -> World {
    let view = views[process]
    guard view.isQuarantined, rules.recovery == .closes else { throw Refused("no recovery") }
    let top = ceiling(view)
    guard chains[view.wallet].final >= top else { throw Refused("open nonces aren't final") }
    let entries =
      adopted(upTo: view.wallet, view) + [.resumed(wallet: view.wallet, next: top)]
    return try appending(entries, by: process, rules, view)
  }

  private func adopted(upTo wallet: Int, _ view: View) -> [Entry] {
    let paid = chains[...wallet].flatMap { $0.mined[..<$0.final].compactMap(\.paid) }
    return Set(paid).sorted().filter { !view.batches[$0].isDone }.map { .adopted(batch: $0) }
  }
}
