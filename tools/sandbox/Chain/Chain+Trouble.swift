import JSON
import Kernel

/// What chains do to those who rely on them: other branches, lost transactions, stalled finality,
/// dear gas.
extension Chain {
  /// One of `{pause}`, `{reorg: blocks}`, `{forget: true}`, `{remember: true}`, `{stall}` and
  /// `{fee_factor}`.
  mutating func control(_ body: JSONValue, at time: Int) -> Reply {
    if let pause = body["pause"]?.flag {
      isPaused = pause
      return Reply(.object(["paused": .bool(pause)]))
    }
    if let blocks = body["reorg"]?.integer, blocks > 0 {
      return Reply(.object(["taken_out": .integer(branch(off: blocks, at: time))]))
    }
    if body["forget"]?.flag == true { return Reply(.object(["lost": .integer(forget())])) }
    if body["remember"]?.flag == true { return Reply(.object(["found": .integer(remember())])) }
    if let stall = body["stall"]?.flag {
      stalledAt = stall ? finalHeight(at: time) : nil
      return Reply(.object(["stalled": .bool(stall)]))
    }
    if let factor = body["fee_factor"]?.integer, (1...10_000).contains(factor) {
      feeSteps.append((height(at: time) + 1, Int128(factor)))
      return Reply(.object(["fee_factor": .integer(factor)]))
    }
    return .refused(400, problem("pause, reorg, forget, remember, stall or fee_factor"))
  }

  /// Another branch takes the place of the last blocks, none of them final.
  ///
  /// What was in them waits again; gives the number of those transactions.
  private mutating func branch(off depth: Int, at time: Int) -> Int {
    let head = height(at: time)
    let fork = max(head - depth, finalHeight(at: time))
    guard fork < head else { return 0 }
    branches.append(fork + 1)
    var taken: [ChainTransaction] = []
    for block in (fork + 1)...head {
      for hash in self.blocks.removeValue(forKey: block) ?? [] {
        if let gone = mined.removeValue(forKey: hash) { taken.append(gone.transaction) }
      }
    }
    let hashes = Set(taken.map(\.hash))
    movements.removeAll { hashes.contains($0.hash) }
    settling.removeAll { hashes.contains($0.hash) }
    for account in balances.keys { balances[account]?.cut(after: fork) }
    for account in nonces.keys { nonces[account]?.cut(after: fork) }
    for token in tokens.keys {
      for account in (tokens[token] ?? [:]).keys { tokens[token]?[account]?.cut(after: fork) }
    }
    for transaction in taken {
      if isHouse(transaction) { houseQueue.append(transaction) } else { putBack(transaction) }
    }
    return taken.count
  }

  /// True of what one of the chain's own houses pays.
  func isHouse(_ transaction: ChainTransaction) -> Bool {
    transaction.hash == made.hash("house payment", transaction.arrival)
  }

  /// The pool loses all that waits in it; it may turn up again.
  private mutating func forget() -> Int {
    let all = pool.values.flatMap(\.values).sorted { $0.arrival < $1.arrival }
    lost += all
    pool = [:]
    return all.count
  }

  /// Somebody still had what the pool lost.
  private mutating func remember() -> Int {
    let all = lost
    lost = []
    for transaction in all { putBack(transaction) }
    return all.count
  }

  /// Lets a transaction wait again, unless its nonce is used or another one has taken its place.
  private mutating func putBack(_ transaction: ChainTransaction) {
    guard transaction.nonce >= Int(nonce(of: transaction.from)),
      pool[transaction.from]?[transaction.nonce] == nil
    else { return }
    pool[transaction.from, default: [:]][transaction.nonce] = transaction
  }
}
