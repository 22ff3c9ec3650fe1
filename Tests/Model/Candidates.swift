extension World {
  /// At least every action that can happen next; `after` says which of them can.
  func candidates(_ rules: Rules, _ views: [View]) -> [Action] {
    var actions: [Action] = []
    for transaction in pool
    where transaction.nonce == chains[transaction.wallet].mined.count {
      actions.append(.mine(transaction))
      if left.reverts > 0 { actions.append(.revert(transaction)) }
    }
    for wallet in chains.indices {
      if chains[wallet].final < chains[wallet].mined.count {
        actions.append(.finalize(wallet: wallet))
        if left.reorgs > 0 { actions.append(.reorg(wallet: wallet)) }
      }
      if left.intrusions > 0 {
        let nonce = chains[wallet].mined.count
        actions.append(.intrude(Transaction(wallet: wallet, nonce: nonce, .strange)))
      }
    }
    if left.restores > 0 { actions += log.indices.map { .restore(entries: $0) } }
    if left.crashes > 0, !held.isEmpty { actions.append(.crash) }
    for (process, view) in views.enumerated() {
      if positions[process] < log.count { actions.append(.catchUp(by: process)) }
      actions += steps(process, view, rules)
    }
    return actions
  }

  private func steps(_ process: Int, _ view: View, _ rules: Rules) -> [Action] {
    var actions = repairs(process, view, rules)
    for (batch, known) in view.batches.enumerated() where !known.isDone {
      guard let slot = known.slot else {
        if !held.isEmpty { actions.append(.confirm(by: process, batch: batch)) }
        let next = nextNonce(view, rules)
        actions.append(.reserve(by: process, batch: batch, nonce: next))
        let nonce = chains[view.wallet].mined.count
        let sent = Transaction(
          wallet: view.wallet, nonce: nonce, .pays(batch: batch, attempt: 0))
        if !rules.reservesNonce { actions.append(.send(by: process, batch: batch, sent)) }
        continue
      }
      if slot.nonce < chains[slot.wallet].mined.count {
        actions.append(.confirm(by: process, batch: batch))
        actions.append(.release(by: process, batch: batch))
      }
      for attempt in 0...rules.bumps {
        let pay = Transaction(
          wallet: slot.wallet, nonce: slot.nonce, .pays(batch: batch, attempt: attempt))
        if !known.signed.contains(pay) {
          actions.append(.sign(by: process, batch: batch, pay))
        }
        if !rules.storesHash { actions.append(.send(by: process, batch: batch, pay)) }
      }
      let cancel = Transaction(wallet: slot.wallet, nonce: slot.nonce, .cancels(attempt: 0))
      if left.cancels > 0 { actions.append(.sign(by: process, batch: batch, cancel)) }
      for signed in known.signed where !pool.contains(signed) {
        actions.append(.broadcast(by: process, signed))
      }
      if !rules.keepsNonce {
        let next = max(view.next[slot.wallet], slot.nonce + 1)
        actions.append(.replace(by: process, batch: batch, nonce: next))
      }
      if rules.tooLow == .takesAnother { actions.append(.renumber(by: process, batch: batch)) }
    }
    return actions
  }

  private func repairs(_ process: Int, _ view: View, _ rules: Rules) -> [Action] {
    if rules.recovery == .adopts { return [.adopt(by: process)] }
    guard view.isQuarantined else { return [.quarantine(by: process)] }
    let chain = chains[view.wallet]
    let sweep = Transaction(wallet: view.wallet, nonce: chain.mined.count, .sweeps)
    let closes = (chain.final..<max(chain.final, ceiling(view))).map {
      Action.close(
        by: process, Transaction(wallet: view.wallet, nonce: $0, .cancels(attempt: 0)))
    }
    return [.sweep(by: process, sweep), .rotate(by: process), .resume(by: process)] + closes
  }
}
