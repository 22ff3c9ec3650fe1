// Ledger against outside: what differs in two looks, with a while between them, is a fact.
//
// What is under way differs for a while in any healthy system, and each kind of money is given the
// time between the two looks to arrive on the other side. What was booked as come in before the
// first look must be in the wallet at the second; what was in the wallet at the first must be
// booked by the second.

/// One thing in which a look differs from the ledger.
struct DifferenceKey: Hashable, Sendable {
  let kind: DifferenceKind
  let subject: String
}

/// What the ledger makes of a first look, for comparing it with a second one.
public struct OutsideWeighed: Hashable, Sendable {
  /// What the wallet holds of an asset, and what the books say came in and went out.
  struct Count: Hashable, Sendable {
    let held: Money
    let income: Int128
    let spent: Int128

    /// What is there and no fact explains, if everything has arrived.
    var unexplained: Int128 { held.units - income + spent }
  }

  let at: Instant
  var differing: [DifferenceKey] = []
  var counts: [Count] = []
}

extension LedgerState {
  /// What of a look differs from the ledger as it is now.
  public func weigh(_ look: OutsideLook) -> OutsideWeighed {
    var weighed = OutsideWeighed(at: look.at)
    weighed.differing = differing(look).map(\.key)
    weighed.counts = look.wallet.map(counts) ?? []
    return weighed
  }

  func compare(_ look: OutsideLook, after first: OutsideWeighed) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    var comparison = Comparison(differences, since: first.at)
    compareThings(look, first, &comparison)
    compareWallet(look, first, &comparison)
    guard !comparison.events.isEmpty else { return .ignore }
    if let alarm = comparison.alarm, guards.frozen == nil {
      comparison.events.append(
        .ledger(
          .frozen(
            GenesisEvent.Frozen(reason: String(alarm.prefix(Limits.descriptionMost))))))
    }
    return .accept(comparison.events)
  }

  /// A person's word; what it says of the wallet is reckoned with from then on.
  func explain(_ number: Int, _ reason: String) -> Decision {
    guard let entry = differences.entries[number] else { return .refuse(.differenceUnknown) }
    guard !reason.isEmpty else { return .refuse(.textMissing) }
    guard reason.count <= Limits.descriptionMost else { return .refuse(.textTooLong) }
    guard entry.explained == nil else { return .ignore }
    let explained = DifferenceEvent.Explained(
      amount: entry.found.amount, difference: number, kind: entry.found.kind, reason: reason,
      subject: entry.found.subject)
    return .accept([.ledger(.difference(.explained(explained)))])
  }

  mutating func evolve(_ event: DifferenceEvent) {
    let books = books
    differences.take(event) { books.balance(.custody, $0).units }
  }

  // MARK: Transfers, swaps, payments

  private func compareThings(
    _ look: OutsideLook, _ first: OutsideWeighed, _ comparison: inout Comparison
  ) {
    let now = differing(look)
    let before = Set(first.differing)
    for thing in now where before.contains(thing.key) {
      comparison.find(thing.key, nil, ledger: thing.ledger, outside: thing.outside)
    }
    let standing = Set(now.map(\.key)).union(before)
    let seen: [(String, [DifferenceKind])] =
      look.transfers.map { ($0.hash, [.transferMissing]) }
      + look.swaps.map { ($0.swap.text, [.swapUnknown, .swapDiffers]) }
      + look.payments.map { ($0.payment.text, [.paymentUnknown, .paymentDiffers]) }
    for (subject, kinds) in seen {
      for kind in kinds {
        let key = DifferenceKey(kind: kind, subject: subject)
        if !standing.contains(key) { comparison.close(key) }
      }
    }
  }

  private struct Differing {
    let key: DifferenceKey
    let ledger: String
    let outside: String

    init(_ kind: DifferenceKind, _ subject: String, ledger: String, outside: String) {
      key = DifferenceKey(kind: kind, subject: subject)
      self.ledger = ledger
      self.outside = outside
    }
  }

  private func differing(_ look: OutsideLook) -> [Differing] {
    look.transfers.compactMap(differing) + look.swaps.compactMap(differing)
      + look.payments.compactMap(differing)
  }

  private func differing(_ look: TransferLook) -> Differing? {
    guard look.moved != look.amount else { return nil }
    let moved = look.moved.map { "the chain moved \($0.amountText) \($0.asset)" }
    return Differing(
      .transferMissing, look.hash,
      ledger: TransferLook.words(look.transfer, look.amount),
      outside: moved ?? TransferLook.missing)
  }

  /// A swap that nobody funded and nobody knows is harmless, and shown all the same (SW-02).
  private func differing(_ look: SwapLook) -> Differing? {
    guard let status = look.status, status != "expired" else { return nil }
    let outside = "the provider says \(status.prefix(40))"
    guard let id = splits.split(of: look.swap) else {
      return Differing(
        .swapUnknown, look.swap.text, ledger: "no swap of that id was opened", outside: outside)
    }
    let hasMoney = ["confirming", "exchanging", "sending", "finished", "verifying"]
      .contains(status)
    func differs(_ ledger: String) -> Differing {
      Differing(.swapDiffers, look.swap.text, ledger: "\(id) \(ledger)", outside: outside)
    }
    guard let split = splits[id], split.swap?.swap == look.swap else {
      return hasMoney ? differs("left it unfunded") : nil
    }
    switch split.phase {
    case .completed: return status == "finished" ? nil : differs("is delivered")
    case .refunded: return status == "refunded" ? nil : differs("came back")
    case .failed: return hasMoney ? differs("failed") : nil
    case .estimating, .estimated, .opening, .opened, .funded, .held: return nil
    }
  }

  private func differing(_ look: PaymentLook) -> Differing? {
    guard let status = look.status else { return nil }
    let hasMoney = ["finished", "partially_paid"].contains(status)
    let outside = "the provider says \(status.prefix(40)), \(look.outcome)"
    func differs(_ kind: DifferenceKind, _ ledger: String) -> Differing {
      Differing(kind, look.payment.text, ledger: ledger, outside: outside)
    }
    guard let payment = payments[look.payment] else {
      return hasMoney ? differs(.paymentUnknown, "no notice of it ever came") : nil
    }
    switch payment.phase {
    case .observed: return hasMoney ? differs(.paymentDiffers, "it isn't paid yet") : nil
    case .finished:
      let isBack = ["refunded", "failed", "expired"].contains(status)
      return isBack ? differs(.paymentDiffers, "it is booked as paid") : nil
    case .valuing, .held, .closed: return nil
    }
  }

  // MARK: The wallet

  /// Nothing where the books are ahead of the look: the next one will do.
  func counts(_ look: WalletLook) -> [OutsideWeighed.Count] {
    // While it is swept what it holds says nothing.
    guard let wallet, wallet.retired == nil,
      wallet.address.lowercased() == look.address.lowercased(),
      differences.isCurrent(look.block)
    else { return [] }
    return look.holdings.map { held in
      let income = books.income(held.asset)
      var spent = income - books.balance(.custody, held.asset).units
      for mined in look.mined where transfer(mined.transfer)?.isNonceOpen == true {
        for money in mined.spent where money.asset == held.asset { spent += money.units }
      }
      return OutsideWeighed.Count(held: held, income: income, spent: spent)
    }
  }

  private func compareWallet(
    _ look: OutsideLook, _ first: OutsideWeighed, _ comparison: inout Comparison
  ) {
    guard let wallet = look.wallet else { return }
    for now in counts(wallet) {
      let asset = now.held.asset
      guard let before = first.counts.first(where: { $0.held.asset == asset }) else { continue }
      guard let float = differences.float(asset) else {
        // In peace, so that nothing under way is taken for something that was always there.
        let custody = books.balance(.custody, asset).units
        guard before.unexplained == now.unexplained, now.income - now.spent == custody else {
          continue
        }
        let counted = DifferenceEvent.WalletCounted(
          block: wallet.block, held: now.held, wallet: wallet.address)
        comparison.events.append(.ledger(.difference(.walletCounted(counted))))
        continue
      }
      let short = float + before.income - now.spent - now.held.units
      let over = before.held.units - float - now.income + before.spent
      func isGone(_ sign: Int128) -> Bool {
        sign * (before.unexplained - float) <= 0 && sign * (now.unexplained - float) <= 0
      }
      let rest = Money(float + now.income - now.spent, asset)
      let parts = wallet.parts.filter { $0.held.asset == asset }
      comparison.weigh(
        .walletShort, Money(short, asset), isGone: isGone(-1), books: rest, held: now.held, parts)
      comparison.weigh(
        .walletOver, Money(over, asset), isGone: isGone(1), books: rest, held: now.held, parts)
    }
  }
}

/// The facts of one comparison.
private struct Comparison {
  let differences: Differences
  let since: Instant
  var events: [LedgerEvent] = []
  /// Why signing must stop; nil where it needn't.
  var alarm: String?
  private var count: Int

  init(_ differences: Differences, since: Instant) {
    self.differences = differences
    self.since = since
    count = differences.count
  }

  /// New, or grown; one that stands otherwise is known.
  mutating func find(
    _ key: DifferenceKey, _ amount: Money?, ledger: String, outside: String
  ) {
    let known = differences.entry(key.kind, key.subject)
    if let known {
      guard let amount, let before = known.found.amount, amount.units > before.units else { return }
    } else {
      count += 1
    }
    let found = DifferenceEvent.Found(
      amount: amount, difference: known?.found.difference ?? count, kind: key.kind,
      ledger: ledger, outside: outside, since: known?.found.since ?? since, subject: key.subject)
    events.append(.ledger(.difference(.found(found))))
    if key.kind.freezes, alarm == nil {
      alarm = "I19: \(key.kind.text) \(key.subject): \(outside), and the ledger says: \(ledger)"
    }
  }

  mutating func close(_ key: DifferenceKey) {
    guard let known = differences.entry(key.kind, key.subject) else { return }
    if let corrected = known.corrected { events.append(corrected.undone) }
    let closed = DifferenceEvent.Closed(
      difference: known.found.difference, kind: key.kind, subject: key.subject)
    events.append(.ledger(.difference(.closed(closed))))
  }

  mutating func weigh(
    _ kind: DifferenceKind, _ amount: Money, isGone: Bool, books: Money, held: Money,
    _ parts: [WalletLook.Part]
  ) {
    let key = DifferenceKey(kind: kind, subject: held.asset.text)
    if isGone { return close(key) }
    guard amount.isPositive else { return }
    let sum = "\(held.amountText) \(held.asset)"
    let each = parts.map { "\($0.wallet) \($0.held.amountText)" }.joined(separator: ", ")
    find(
      key, amount, ledger: "the books come to \(books.amountText) \(books.asset)",
      outside: parts.count > 1 ? "the wallets hold \(sum): \(each)" : "the wallet holds \(sum)")
  }
}
