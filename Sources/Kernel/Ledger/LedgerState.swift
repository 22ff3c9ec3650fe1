/// All that deciding needs to know of the past: the fold of one partition's log.
///
/// Lives in the loop's memory and is changed by `evolve` alone. What is open is
/// kept whole in dictionaries, which are looked up and never walked where order could show; what is
/// closed and only to be recognised again is packed (`Memory/`).
public struct LedgerState: Sendable {
  public internal(set) var genesis: GenesisEvent.Opened?
  public internal(set) var books = Books()

  var channels = Channels()
  var orders = Orders()
  var access = AccessEnds()
  var memberships = Memberships()
  var chats = Chats()
  /// With their conversions.
  var payments = Payments()
  /// The newest observation of a finished payment: a valuation request stands right behind its own
  /// in one append.
  var lastFinished: PaymentEvent.Observed?
  /// What stands against payments.
  var contests: [PaymentID: Contest] = [:]
  var accumulations: [ChannelKey: AccumulationState] = [:]
  var batches = Batches()
  /// With the transfers that fund them.
  var splits = Splits()
  var swapRates = SwapRates()
  /// The wallet this log signs for; one at a time.
  var wallet: WalletState?
  /// Those that it signed for before, the oldest first.
  public internal(set) var formerWallets: [String] = []
  var guards = Guards()
  var differences = Differences()
  var attempts = LateAttempts()
  /// The newest publication of what is owed to everybody.
  public internal(set) var liabilities = Liabilities()
  public internal(set) var accounts = Accounts()

  public init() {}

  /// The one listing of the state; see `StateFields`.
  public mutating func list(_ fields: inout StateFields) {
    fields.fact("genesis", &genesis)
    books.list(&fields)
    channels.list(&fields)
    orders.list(&fields)
    access.list(&fields)
    memberships.list(&fields)
    chats.list(&fields)
    payments.list(&fields)
    fields.fact("lastFinished", &lastFinished)
    fields.map("contests", &contests, blank: (.blank, Contest())) {
      $2.text("payment", &$0)
      $2.text("channel", &$1.channel)
      $2.text("status", &$1.status)
      $2.flag("isMisnamed", &$1.isMisnamed)
    }
    fields.map("accumulations", &accumulations, blank: (.blank, AccumulationState())) {
      $2.text("channel", &$0)
      $1.list(&$2)
    }
    batches.list(&fields)
    splits.list(&fields)
    swapRates.list(&fields)
    fields.optional("wallet", &wallet, blank: .blank) { $0.list(&$1) }
    fields.list("formerWallets", &formerWallets, blank: "") { $1.text("wallet", &$0) }
    guards.list(&fields)
    differences.list(&fields)
    attempts.list(&fields)
    liabilities.list(&fields)
    accounts.list(&fields)
  }
}

extension LedgerState {
  /// Takes one fact in; facts come in the order of the log.
  public mutating func evolve(_ event: LedgerEvent) {
    books.book(event)
    evolveGuards(event)
    attempts.take(event)
    switch event {
    case .ledger(.opened(let e)): genesis = e
    // Whether recovery is owed stands beside the log: a restored one can't know it.
    case .ledger(.recovered), .ledger(.adoptionBegun): break
    case .ledger(.frozen(let e)): guards.frozen = e
    case .ledger(.unfrozen): guards.thaw()
    case .ledger(.unfreezeApproved(let e)): guards.unfreezers.append(e.approver)
    case .ledger(.capsAsked(let e)): guards.ask(e)
    case .ledger(.capsApproved(let e)): guards.capsApprovers.append(e.approver)
    case .ledger(.tableAsked), .ledger(.dustSwept): break
    case .ledger(.liabilitiesPublished(let e)): evolve(e)
    case .ledger(.capsSet): break
    case .ledger(.difference(let e)): evolve(e)
    case .ledger(.legacy(let e)): evolve(e)
    case .ledger(.step): break
    case .channel(let e): evolve(e)
    case .order(let e): evolve(e)
    case .payment(let e): evolve(e)
    case .accumulation(let e): evolve(e)
    case .conversion(let e): evolve(e)
    case .batch(let e): evolve(e)
    case .split(let e): evolve(e)
    case .hostpay(let e): evolve(e)
    case .transfer(let e): evolve(e)
    case .wallet(let e): evolve(e)
    case .account(let e): accounts.take(e)
    case .invite(let e): evolve(e)
    case .membership(let e): evolve(e)
    case .chat(let e): chats.take(e)
    }
  }

  /// Decides a command; changes nothing.
  ///
  /// `now` is only used where terms count from now.
  public func decide(_ command: LedgerCommand, at now: Instant) -> Decision {
    if case .ledger(let command) = command { return decide(command, at: now) }
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    return switch command {
    case .ledger(let command): decide(command, at: now)
    case .channel(let command): decide(command, at: now)
    case .order(let command): decide(command)
    case .payment(let command): decide(command, at: now)
    case .conversion(let command): decide(command)
    case .batch(let command): decide(command)
    case .split(let command): decide(command)
    case .hostpay(let command): decide(command)
    case .transfer(let command): decide(command, at: now)
    case .wallet(let command): decide(command)
    case .account(let command): decide(command, at: now)
    case .invite(let command): decide(command, at: now)
    case .membership(let command): decide(command, at: now)
    case .chat(let command): decide(command, at: now)
    }
  }

  private func decide(_ command: GenesisCommand, at now: Instant) -> Decision {
    switch command {
    case .open(let environment, let log):
      guard genesis == nil else { return .refuse(.ledgerAlreadyOpened) }
      return .accept([.ledger(.opened(GenesisEvent.Opened(environment: environment, log: log)))])
    case .recover(let owed, let reason):
      guard genesis != nil else { return .refuse(.ledgerNotOpened) }
      guard !owed.isEmpty, !reason.isEmpty else { return .refuse(.textMissing) }
      guard reason.count <= Limits.descriptionMost else { return .refuse(.textTooLong) }
      return .accept([.ledger(.recovered(GenesisEvent.Recovered(owed: owed, reason: reason)))])
    case .beginAdoption(let forgotten, let reason):
      guard genesis != nil else { return .refuse(.ledgerNotOpened) }
      guard !reason.isEmpty else { return .refuse(.textMissing) }
      guard reason.count <= Limits.descriptionMost else { return .refuse(.textTooLong) }
      let begun = GenesisEvent.AdoptionBegun(forgotten: forgotten, reason: reason)
      return .accept([.ledger(.adoptionBegun(begun))])
    case .freeze(let reason): return freeze(reason)
    case .unfreeze(let reason, let approver): return unfreeze(reason, by: approver)
    case .setCaps(let caps): return setCaps(caps)
    case .approveCaps(let digest, let approver): return approveCaps(digest, by: approver)
    case .askTable(let work, let table, let reason): return askTable(work, table, reason)
    case .publishLiabilities(let salt, let chat, let checkpoint):
      return publishLiabilities(salt, chat, checkpoint, at: now)
    case .step(let command): return decide(command, at: now)
    case .compare(let look, let first): return compare(look, after: first)
    case .explain(let number, let reason): return explain(number, reason)
    case .correct(let number, let settled, let reason): return correct(number, settled, reason)
    case .sweepDust(let asset): return sweepDust(asset)
    case .takeOver(let row): return takeOver(row)
    }
  }
}
