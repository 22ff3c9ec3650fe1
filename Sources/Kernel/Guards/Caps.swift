/// The most that may be sent without two people's word; an asset that isn't named has no cap.
public struct Caps: Hashable, Sendable {
  /// By one transfer.
  public let transfer: [Money]
  /// To one client on one day, UTC.
  public let clientDay: [Money]
  /// Out of the wallet on one day, UTC.
  public let walletDay: [Money]
  /// The share of what a client's orders cost that it may be sent in Tether, over all time, in
  /// hundredths of a percent up to a hundred times the whole; zero for any.
  public let plausible: Int

  public init(
    transfer: [Money] = [], clientDay: [Money] = [], walletDay: [Money] = [], plausible: Int = 0
  ) {
    self.transfer = transfer
    self.clientDay = clientDay
    self.walletDay = walletDay
    self.plausible = plausible
  }
}

extension Caps {
  /// Whether anything passes under these that wouldn't under others.
  func exceeds(_ others: Caps) -> Bool {
    func raises(_ caps: [Money], _ others: [Money]) -> Bool {
      others.contains { other in
        guard let cap = caps.first(where: { $0.asset == other.asset }) else { return true }
        return !(other >= cap)
      }
    }
    return raises(transfer, others.transfer) || raises(clientDay, others.clientDay)
      || raises(walletDay, others.walletDay)
      || others.plausible > 0 && (plausible == 0 || plausible > others.plausible)
  }
}

extension LedgerState {
  /// The caps in force.
  public var caps: Caps {
    guard let e = guards.caps else { return Caps() }
    return Caps(
      transfer: e.transfer, clientDay: e.clientDay, walletDay: e.walletDay, plausible: e.plausible)
  }

  func setCaps(_ caps: Caps) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    for list in [caps.transfer, caps.clientDay, caps.walletDay] {
      guard list.allSatisfy({ $0.isPositive && $0.asset.isSendable }) else {
        return .refuse(.amountNotPositive)
      }
      guard Set(list.map(\.asset)).count == list.count else { return .refuse(.capTwice) }
    }
    guard (0...1_000_000).contains(caps.plausible) else { return .refuse(.amountNotPositive) }
    guard caps != self.caps else { return .ignore }
    guard guards.caps != nil, caps.exceeds(self.caps) else { return .accept([set(caps)]) }
    let asked = GenesisEvent.CapsAsked(
      clientDay: caps.clientDay, digest: digest(of: caps), plausible: caps.plausible,
      transfer: caps.transfer, walletDay: caps.walletDay)
    guard asked != guards.askedCaps else { return .ignore }
    return .accept([.ledger(.capsAsked(asked))])
  }

  private func set(_ caps: Caps) -> LedgerEvent {
    .ledger(
      .capsSet(
        GenesisEvent.CapsSet(
          clientDay: caps.clientDay, plausible: caps.plausible, transfer: caps.transfer,
          walletDay: caps.walletDay)))
  }

  /// What an approval is bound to: these caps, in the place of those in force.
  private func digest(of caps: Caps) -> String {
    var bytes = CommandBytes()
    bytes.put("ledger.caps" as StaticString)
    bytes.put(caps)
    bytes.put(self.caps)
    return ContentDigest.text(of: bytes.bytes)
  }

  /// Caps that wait for two people's word; nil where none do.
  public var askedCaps: (caps: Caps, digest: String, approvers: [String])? {
    guards.askedCaps.map { e in
      let caps = Caps(
        transfer: e.transfer, clientDay: e.clientDay, walletDay: e.walletDay,
        plausible: e.plausible)
      return (caps, e.digest, guards.capsApprovers)
    }
  }

  /// One person's word for caps that wait; with the second different one's they are in force.
  func approveCaps(_ digest: String, by approver: String) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    if let obstacle = obstacle(to: approver) { return .refuse(obstacle) }
    guard let asked = askedCaps else { return .refuse(.notHeld) }
    guard digest == asked.digest, digest == self.digest(of: asked.caps) else {
      return .refuse(.approvalDiffers)
    }
    guard !Guards.knows(approver, among: asked.approvers) else { return .ignore }
    let approved = LedgerEvent.ledger(
      .capsApproved(GenesisEvent.CapsApproved(approver: approver, digest: digest)))
    guard asked.approvers.count + 1 >= Limits.approversLeast else { return .accept([approved]) }
    return .accept([approved, set(asked.caps)])
  }

  /// What the guards say to a transfer that asks for its nonce; nil where they let it pass.
  func guardsStop(_ transfer: TransferState, at now: Instant) -> Decision? {
    if guards.frozen != nil { return .refuse(.ledgerFrozen) }
    let requested = transfer.requested
    let passage = guards.passages[requested.transfer] ?? Guards.Passage()
    guard !passage.isCleared, let reason = excess(of: requested, at: now) else { return nil }
    let digest = approvalDigest(of: requested)
    if passage.isApproved, passage.digest == digest { return nil }
    guard passage.reason.isEmpty || passage.digest != digest else {
      return .refuse(.approvalMissing)
    }
    let held = TransferGuardEvent.Held(
      amount: requested.amount, channel: requested.channel, digest: digest, reason: reason,
      transfer: requested.transfer)
    return .accept([.transfer(.guarded(.held(held)))])
  }

  /// The fact that a transfer counts toward its day, where caps are in force and it isn't one yet.
  func clearing(_ transfer: TransferState, at now: Instant) -> [LedgerEvent] {
    let requested = transfer.requested
    let isCleared = guards.passages[requested.transfer]?.isCleared ?? false
    guard guards.caps != nil, !isCleared else { return [] }
    let cleared = TransferGuardEvent.Cleared(
      amount: requested.amount, channel: requested.channel, day: now.day,
      transfer: requested.transfer)
    return [.transfer(.guarded(.cleared(cleared)))]
  }

  /// Which cap a transfer is over, in words; nil where it is over none.
  private func excess(of requested: TransferEvent.Requested, at now: Instant) -> String? {
    let (amount, caps) = (requested.amount, caps)
    func over(_ caps: [Money], _ before: Money, _ what: String) -> String? {
      guard let cap = caps.first(where: { $0.asset == amount.asset }) else { return nil }
      let sum = before + amount
      guard !(cap >= sum) else { return nil }
      return "\(sum.amountText) is over the cap of \(cap.amountText) \(cap.asset) \(what)"
    }
    let client = guards.sent(amount.asset, on: now.day, to: requested.channel)
    let wallet = guards.sent(amount.asset, on: now.day)
    return over(caps.transfer, .zero(amount.asset), "a transfer")
      ?? over(caps.clientDay, client, "a client and day")
      ?? over(caps.walletDay, wallet, "a wallet and day")
      ?? implausible(requested, caps.plausible)
  }

  /// Independent of every rate: more dollars sent to a client than its orders' prices explain.
  private func implausible(_ requested: TransferEvent.Requested, _ share: Int) -> String? {
    guard share > 0, countsAsDollars(requested) else { return nil }
    let client = guards.clients[requested.channel] ?? Guards.Client()
    let sent = Money(client.sent, .usdt) + requested.amount
    // Dollars have 8 decimals, Tether on Ethereum 6.
    let most = client.priced * Int128(share) / 10_000
    guard sent.units * 100 > most else { return nil }
    let priced = Money(client.priced, .usd)
    return "\(sent.amountText) USDT sent of \(priced.amountText) USD that its orders cost"
  }

  /// A payout in Tether: a conversion's deposit is the platform's own.
  private func countsAsDollars(_ requested: TransferEvent.Requested) -> Bool {
    requested.amount.asset == .usdt
      && splits[requested.split].map { $0.requested.purpose.conversion == nil } ?? false
  }

  /// Keeps the sums that caps are compared with; called before the fact itself is taken in.
  mutating func evolveGuards(_ event: LedgerEvent) {
    switch event {
    case .payment(.finished(let e)): guards.price(e.channel, e.price)
    // Asked for anew, it is held anew where nobody has let it pass: a fact says that it waits.
    case .transfer(.requested(let e)):
      if !guards.passages.isEmpty { guards.passages[e.transfer]?.reason = "" }
    case .transfer(.nonceReserved(let e)): count(e.transfer, 1)
    case .transfer(.reverted(let e)): takeBack(e.transfer)
    case .transfer(.cancelled(let e)): takeBack(e.transfer)
    case .wallet(.rotation(.nonceLost(let e))): if let id = e.transfer { takeBack(id) }
    case .transfer(.confirmed(let e)):
      if !guards.passages.isEmpty { guards.passages[e.transfer] = nil }
    case .transfer(.guarded(let e)): guards.take(e)
    case .ledger(.capsSet(let e)):
      guards.caps = e
      // Whatever waited was asked in the place of others.
      guards.ask(nil)
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  private mutating func takeBack(_ id: TransferID) {
    count(id, -1)
    if let requested = splits.transfer(id, channels)?.requested { guards.takeBack(requested) }
  }

  private mutating func count(_ id: TransferID, _ sign: Int128) {
    guard let asked = splits.asked(id), asked.amount.asset == .usdt,
      splits.converts(asked.split) == false
    else { return }
    guards.send(asked.channel, asked.amount, sign)
  }
}

extension Instant {
  /// Days since 1970, of 86,400 seconds, rounded down.
  var day: Int {
    let length: Int64 = 86_400_000_000
    return Int(microseconds >= 0 ? microseconds / length : (microseconds + 1) / length - 1)
  }
}
