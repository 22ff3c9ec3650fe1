// What only the weakened variants do (3.7).
extension World {
  func breaking(_ action: Action, _ rules: Rules, _ views: [View]) throws(Refused) -> World {
    switch action {
    case .send(let p, let batch, let t): return try sending(batch, t, rules, views[p])
    case .replace(let p, let batch, let nonce):
      return try replacing(p, batch, nonce, rules, views[p])
    case .renumber(let p, let batch): return try renumbering(p, batch, rules, views[p])
    case .adopt(let p): return try adopting(p, rules, views[p])
    case .catchUp, .reserve, .sign, .broadcast, .confirm, .release, .quarantine, .sweep, .rotate,
      .close, .resume, .mine, .revert, .finalize, .reorg, .crash, .restore, .intrude:
      throw Refused("no broken step")
    }
  }

  private func final(_ wallet: Int) -> ArraySlice<Transaction> {
    chains[wallet].mined[..<chains[wallet].final]
  }

  /// Signs and broadcasts; nothing of it is durable.
  private func sending(
    _ batch: Int, _ t: Transaction, _ rules: Rules, _ view: View
  ) throws(Refused) -> World {
    guard !rules.reservesNonce || !rules.storesHash else { throw Refused("bytes must be durable") }
    guard !view.batches[batch].isDone, t.work == .pays(batch: batch, attempt: 0) else {
      throw Refused("not its payment")
    }
    if rules.reservesNonce {
      guard let slot = view.batches[batch].slot, t.wallet == slot.wallet, t.nonce == slot.nonce
      else { throw Refused("not its nonce") }
      guard t.nonce >= chains[t.wallet].final, !held.contains(t) else { throw Refused("done") }
    } else {
      // The node says which nonce is next.
      guard t.nonce == chains[t.wallet].mined.count, t.wallet == view.wallet else {
        throw Refused("not the account's nonce")
      }
      guard !held.contains(where: { $0.paid == batch }) else { throw Refused("it is sent") }
    }
    guard t.nonce < rules.nonces else { throw Refused("no nonce is left") }
    return changed {
      $0.sent(t)
      Self.put(t, in: &$0.held)
    }
  }

  /// Without reservations: the first fact of a payment is that it was mined.
  func recording(
    _ process: Int, _ batch: Int, _ rules: Rules, _ view: View
  ) throws(Refused) -> World {
    guard !view.batches[batch].isDone else { throw Refused("the batch is paid") }
    let mine = held.filter { $0.paid == batch }
    guard mine.contains(where: { final(view.wallet).contains($0) }) else {
      throw Refused("no receipt is final")
    }
    var next = try appending([.confirmed(batch: batch)], by: process, rules, view)
    next.held.removeAll { $0.paid == batch }
    return next
  }

  private func replacing(
    _ process: Int, _ batch: Int, _ nonce: Int, _ rules: Rules, _ view: View
  ) throws(Refused) -> World {
    guard !rules.keepsNonce else { throw Refused("a replacement keeps its nonce") }
    guard let slot = view.batches[batch].slot, !view.batches[batch].isDone else {
      throw Refused("no nonce is reserved")
    }
    let first = Transaction(
      wallet: slot.wallet, nonce: slot.nonce, .pays(batch: batch, attempt: 0))
    guard view.batches[batch].signed.contains(first), slot.nonce >= final(slot.wallet).count
    else { throw Refused("nothing to replace") }
    guard nonce == max(view.next[slot.wallet], slot.nonce + 1), nonce < rules.nonces else {
      throw Refused("not the wallet's next nonce")
    }
    let second = Transaction(wallet: slot.wallet, nonce: nonce, .pays(batch: batch, attempt: 0))
    return try appending(
      [
        .reserved(batch: batch, wallet: slot.wallet, nonce: nonce),
        .signed(batch: batch, second),
      ], by: process, rules, view)
  }

  private func renumbering(
    _ process: Int, _ batch: Int, _ rules: Rules, _ view: View
  ) throws(Refused) -> World {
    guard rules.tooLow == .takesAnother, let slot = view.batches[batch].slot,
      !view.batches[batch].isDone, slot.nonce < final(slot.wallet).count
    else { throw Refused("its nonce isn't too low") }
    guard !held.contains(final(slot.wallet)[slot.nonce]) else { throw Refused("it is known") }
    let entry = Entry.released(batch: batch, wallet: slot.wallet, nonce: slot.nonce)
    return try appending([entry], by: process, rules, view)
  }

  private func adopting(_ process: Int, _ rules: Rules, _ view: View) throws(Refused) -> World {
    let (wallet, nonce) = (view.wallet, view.next[view.wallet])
    guard rules.recovery == .adopts, nonce < final(wallet).count else {
      throw Refused("the chain is not ahead of the log")
    }
    var entries: [Entry] = [.skipped(wallet: wallet, nonce: nonce)]
    if let batch = final(wallet)[nonce].paid { entries.append(.adopted(batch: batch)) }
    return try appending(entries, by: process, rules, view)
  }
}
