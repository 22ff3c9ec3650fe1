/// What log, processes, network and chain hold.
public struct World: Hashable, Sendable {
  struct Chain: Hashable, Sendable {
    /// By nonce.
    var mined: [Transaction] = []
    /// How many of them are final.
    var final = 0

    var isSwept: Bool { mined.contains { $0.work == .sweeps } }
    var isSweptForGood: Bool { mined[..<final].contains { $0.work == .sweeps } }
  }

  /// How many faults may still happen.
  struct Budget: Hashable, Sendable {
    var reorgs: Int
    var restores: Int
    var crashes: Int
    var cancels: Int
    var reverts: Int
    var intrusions: Int
    var alarms: Int
  }

  var log: [Entry] = []
  /// How far each process has read.
  var positions: [Int]
  var chains: [Chain]
  /// All that was ever broadcast, in order of its code.
  var pool: [Transaction] = []
  /// Broadcast, and known to the processes' memory only.
  var held: [Transaction] = []
  /// All that was ever signed, where a witness is asked.
  var witness: [Transaction] = []
  var left: Budget

  public init(_ rules: Rules) {
    positions = Array(repeating: 0, count: rules.processes)
    chains = Array(repeating: Chain(), count: rules.wallets)
    left = Budget(
      reorgs: rules.reorgs, restores: rules.restores, crashes: rules.crashes,
      cancels: rules.cancels, reverts: rules.reverts, intrusions: rules.intrusions,
      alarms: rules.alarms)
  }

  /// What each process knows.
  func views(_ rules: Rules) -> [View] { positions.map { View(rules, log[..<$0]) } }

  /// The world after an action, or why it can't happen.
  ///
  /// - Parameter views: what each process knows, as `views` gives it.
  func after(_ action: Action, _ rules: Rules, _ views: [View]) throws(Refused) -> World {
    switch action {
    case .catchUp(let p): return try catchingUp(p)
    case .reserve(let p, let batch, let nonce): return try reserving(p, batch, nonce, rules, views)
    case .sign(let p, let batch, let t): return try signing(p, batch, t, rules, views)
    case .broadcast(let p, let t): return try broadcasting(p, t, rules, views)
    case .confirm(let p, let batch): return try confirming(p, batch, rules, views)
    case .release(let p, let batch): return try releasing(p, batch, rules, views)
    case .quarantine(let p): return try quarantining(p, rules, views)
    case .sweep(let p, let t): return try sweeping(t, rules, views[p])
    case .rotate(let p): return try rotating(p, rules, views)
    case .close(let p, let t): return try closing(t, rules, views[p])
    case .resume(let p): return try resuming(p, rules, views)
    case .mine(let t): return try mining(t, as: t, rules)
    case .revert(let t):
      guard let failed = t.failed else { throw Refused("only payments revert") }
      var next = try mining(t, as: failed, rules)
      try Self.spend(&next.left.reverts)
      return next
    case .finalize(let wallet):
      guard chains[wallet].final < chains[wallet].mined.count else {
        throw Refused("nothing was mined that isn't final")
      }
      return changed { $0.chains[wallet].final += 1 }
    case .reorg(let wallet):
      let final = chains[wallet].final
      guard final < chains[wallet].mined.count else { throw Refused("all is final") }
      var next = changed { $0.chains[wallet].mined.removeSubrange(final...) }
      try Self.spend(&next.left.reorgs)
      return next
    case .crash:
      guard !held.isEmpty else { throw Refused("nothing would be forgotten") }
      var next = changed { $0.held = [] }
      try Self.spend(&next.left.crashes)
      return next
    case .restore(let entries): return try restoring(entries, rules)
    case .intrude(let t):
      guard t.work == .strange, !pool.contains(t) else { throw Refused("not a stranger's") }
      var next = changed { $0.sent(t) }
      try Self.spend(&next.left.intrusions)
      return next
    case .send, .replace, .renumber, .adopt: return try breaking(action, rules, views)
    }
  }

  func changed(_ change: (inout World) -> Void) -> World {
    var next = self
    change(&next)
    return next
  }

  static func spend(_ count: inout Int) throws(Refused) {
    guard count > 0 else { throw Refused("no such fault is left") }
    count -= 1
  }

  mutating func sent(_ transaction: Transaction) { Self.put(transaction, in: &pool) }

  static func put(_ transaction: Transaction, in list: inout [Transaction]) {
    let place = list.firstIndex { $0 >= transaction } ?? list.endIndex
    if place < list.endIndex, list[place] == transaction { return }
    list.insert(transaction, at: place)
  }

  /// The world after an append; the process has read what it wrote itself.
  func appending(
    _ entries: [Entry], by process: Int, _ rules: Rules, _ view: View
  ) throws(Refused) -> World {
    let isCurrent = positions[process] == log.count
    guard isCurrent || !rules.checksPosition else { throw Refused("a stale position is refused") }
    guard log.count < rules.entries else { throw Refused("the log is as long as it may get") }
    return changed {
      $0.log += entries
      if isCurrent { $0.positions[process] = $0.log.count }
    }
  }

  private func catchingUp(_ process: Int) throws(Refused) -> World {
    guard positions[process] < log.count else { throw Refused("all is read") }
    return changed { $0.positions[process] = log.count }
  }

  private func mining(
    _ sent: Transaction, as mined: Transaction, _ rules: Rules
  ) throws(Refused) -> World {
    guard pool.contains(sent) else { throw Refused("it was never broadcast") }
    let chain = chains[sent.wallet]
    guard sent.nonce == chain.mined.count else { throw Refused("not the account's nonce") }
    guard sent.nonce < rules.nonces else { throw Refused("all nonces are consumed") }
    guard !chain.isSwept else { throw Refused("the wallet is swept: nothing is left to move") }
    return changed { $0.chains[sent.wallet].mined.append(mined) }
  }

  private func restoring(_ entries: Int, _ rules: Rules) throws(Refused) -> World {
    guard entries < log.count else { throw Refused("all of it is there") }
    var next = changed {
      $0.log.removeSubrange(entries...)
      $0.held = []
      switch rules.recovery {
      // At the next start the witness knows a checkpoint that this log doesn't reach.
      case .rotates, .closes: $0.log.append(.quarantined)
      case .carriesOn, .adopts: break
      }
      for process in $0.positions.indices { $0.positions[process] = $0.log.count }
    }
    try Self.spend(&next.left.restores)
    return next
  }

  /// One representative of the worlds that differ by the order of independent entries only; order
  /// matters while a prefix can still be restored, or another process is behind.
  mutating func normalize() {
    guard left.restores == 0, positions.count == 1, !log.contains(where: \.isTurn) else { return }
    log.sort { $0.order < $1.order }
  }
}
