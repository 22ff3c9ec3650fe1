import Gateways
import Kernel

/// What calls do, and the blocks in which they do it.
extension Chain {
  /// What a call comes to, without doing it.
  enum Effect {
    /// Value alone, to an account.
    case plain
    case moves(token: EthereumAddress, to: EthereumAddress, units: Int128)
    /// A question to a token.
    case answers([UInt8])
    case reverts
  }

  func effect(
    from: EthereumAddress, to: EthereumAddress, value: Int128, data: [UInt8],
    at block: Int? = nil
  ) -> Effect {
    guard let asset = Self.assets[to] else { return .plain }
    guard value == 0 else { return .reverts }
    if let account = ERC20.readBalance(data), let account = EthereumAddress(account) {
      let past = block.map { tokens[to]?[account]?.value(at: $0) ?? 0 }
      return .answers(word(past ?? balance(of: account, token: to)))
    }
    // decimals()
    if data == [0x31, 0x3c, 0xe5, 0x67] { return .answers(word(Int128(asset.decimals))) }
    guard let asked = ERC20.readTransfer(data), let recipient = EthereumAddress(asked.to),
      balance(of: from, token: to) >= asked.amount
    else { return .reverts }
    return .moves(token: to, to: recipient, units: asked.amount)
  }

  /// The gas a call needs; a token's new holder costs more than one that has some already.
  func gas(of effect: Effect, data: [UInt8]) -> Int {
    switch effect {
    case .plain: return Self.intrinsicGas(data)
    case .moves(let token, let recipient, _):
      let isNew = balance(of: recipient, token: token) == 0
      return Self.intrinsicGas(data) + (isNew ? 41_600 : 24_500)
    case .answers: return Self.intrinsicGas(data) + 3_000
    case .reverts: return Self.intrinsicGas(data) + 8_000
    }
  }

  /// Mines what waits into the block that is due at `time`; what moved, and is deep enough to be
  /// believed in.
  mutating func mineBlock(at time: Int) -> [Movement] {
    let number = height(at: time)
    let fee = baseFee(of: number)
    let before = movements.count
    var gas = 0
    let payments = houseQueue
    houseQueue = []
    for payment in payments {
      mint(for: payment, block: number)
      execute(payment, block: number, baseFee: fee, gas: &gas)
    }
    while let next = best(baseFee: fee), gas + next.gasLimit <= Self.blockGasLimit {
      pool[next.from]?[next.nonce] = nil
      // Its money went to what came before it; a real pool drops it too.
      guard let cost = next.highestCost, balance(of: next.from) >= cost else { continue }
      execute(next, block: number, baseFee: fee, gas: &gas)
    }
    settling += movements[before...]
    let deep = settling.prefix { $0.block + rules.depositBlocks <= number }
    settling.removeFirst(deep.count)
    return Array(deep)
  }

  /// Of each sender's next transaction, the one that came first.
  private func best(baseFee: Int128) -> ChainTransaction? {
    pool.compactMap { sender, slots in slots[Int(nonce(of: sender))] }
      .filter { $0.maxFee >= baseFee }
      .min { $0.arrival < $1.arrival }
  }

  /// Gives a house what it is about to pay.
  private mutating func mint(for payment: ChainTransaction, block: Int) {
    change(payment.from, by: payment.value, block: block)
    if let asked = ERC20.readTransfer(payment.data) {
      change(payment.from, token: payment.to, by: asked.amount, block: block)
    }
  }

  private mutating func execute(
    _ transaction: ChainTransaction, block: Int, baseFee: Int128, gas: inout Int
  ) {
    let sender = transaction.from
    let effect = effect(
      from: sender, to: transaction.to, value: transaction.value, data: transaction.data)
    let needed = self.gas(of: effect, data: transaction.data)
    let used = min(needed, transaction.gasLimit)
    let price = transaction.price(baseFee: baseFee)
    if !isHouse(transaction) {
      nonces[sender, default: History()].set(Int128(transaction.nonce + 1), block: block)
      change(sender, by: -price * Int128(used), block: block)
    }
    var log: Movement?
    var succeeded = needed <= transaction.gasLimit
    if succeeded {
      switch effect {
      case .plain:
        change(sender, by: -transaction.value, block: block)
        change(transaction.to, by: transaction.value, block: block)
        if transaction.value > 0 {
          movements.append(
            Movement(
              block: block, hash: transaction.hash, from: sender, to: transaction.to,
              money: Money(transaction.value, .eth)))
        }
      case .moves(let token, let recipient, let units):
        change(sender, token: token, by: -units, block: block)
        change(recipient, token: token, by: units, block: block)
        let movement = Movement(
          block: block, hash: transaction.hash, from: sender, to: recipient,
          money: Money(units, Self.assets[token] ?? .none))
        movements.append(movement)
        log = movement
      case .answers: break
      case .reverts: succeeded = false
      }
    }
    let index = blocks[block, default: []].count
    blocks[block, default: []].append(transaction.hash)
    mined[transaction.hash] = MinedTransaction(
      transaction: transaction, block: block, index: index, succeeded: succeeded, gasUsed: used,
      gasBefore: gas, price: price, log: log)
    gas += used
  }

  /// Money out of nothing, at once and without a transaction.
  mutating func give(_ money: Money, to account: EthereumAddress, at time: Int) {
    let block = height(at: time)
    if money.asset == .eth {
      change(account, by: money.units, block: block)
    } else if let token = money.asset.contract.flatMap(EthereumAddress.init) {
      change(account, token: token, by: money.units, block: block)
    }
    movements.append(
      Movement(
        block: block, hash: made.hash("gift", nextArrival()), from: faucet, to: account,
        money: money))
  }

  private mutating func change(_ account: EthereumAddress, by wei: Int128, block: Int) {
    let now = balance(of: account) + wei
    balances[account, default: History()].set(now, block: block)
  }

  private mutating func change(
    _ account: EthereumAddress, token: EthereumAddress, by units: Int128, block: Int
  ) {
    let now = balance(of: account, token: token) + units
    tokens[token, default: [:]][account, default: History()].set(now, block: block)
  }

  private func word(_ value: Int128) -> [UInt8] {
    let low = (0..<16).map { UInt8(truncatingIfNeeded: value >> ((15 - $0) * 8)) }
    return [UInt8](repeating: 0, count: 16) + low
  }
}
