/// Balances of every account, and what each client was credited and paid: the invariants' ground.
public struct Books: Sendable {
  struct Place: Hashable {
    let account: Account
    let asset: Asset
  }

  struct Client: Hashable {
    let channel: ChannelKey
    let asset: Asset
  }

  private var balances: [Place: Int128] = [:]
  private var credited: [Client: Int128] = [:]
  private var settled: [Client: Int128] = [:]

  /// Debits less credits.
  public func balance(_ account: Account, _ asset: Asset) -> Money {
    Money(balances[Place(account: account, asset: asset)] ?? 0, asset)
  }

  /// What was delivered to the client so far, in the asset it was sent in.
  public func settled(_ channel: ChannelKey, _ asset: Asset) -> Money {
    Money(settled[Client(channel: channel, asset: asset)] ?? 0, asset)
  }

  /// Books one fact, and traps where it would break I1, I2, I3 or I7 (reliability 3.8).
  ///
  /// I1 holds because every fact balances alone, which is what is checked here.
  mutating func book(_ event: LedgerEvent) {
    let lines = postings(of: event)
    guard !lines.isEmpty else { return }
    checkBalanced(lines, event)
    for line in lines {
      balances[Place(account: line.account, asset: line.amount.asset), default: 0] +=
        line.amount.units
    }
    noteClients(event)
    for line in lines {
      guard let channel = line.account.channel else { continue }
      checkClient(channel, line.amount.asset, event)
    }
  }

  private func checkBalanced(_ lines: [Posting], _ event: LedgerEvent) {
    for line in lines {
      let sum = lines.reduce(Int128(0)) { sum, other in
        other.amount.asset == line.amount.asset ? sum + other.amount.units : sum
      }
      precondition(sum == 0, "I2: \(event.name) leaves \(sum) of \(line.amount.asset)")
    }
  }

  private mutating func noteClients(_ event: LedgerEvent) {
    switch event {
    case .accumulation(.locked(let e)):
      credited[Client(channel: e.channel, asset: e.locked.asset), default: 0] += e.locked.units
    case .payment(.routed(let e)) where e.strategy == .instant:
      credited[Client(channel: e.channel, asset: e.value.asset), default: 0] += e.value.units
    case .split(.completed(let e)) where e.purpose.conversion == nil:
      settled[Client(channel: e.channel, asset: e.source.asset), default: 0] += e.source.units
    case .accumulation, .payment, .split, .ledger, .channel, .order, .conversion, .batch,
      .hostpay, .transfer, .wallet:
      break
    }
  }

  private func checkClient(_ channel: ChannelKey, _ asset: Asset, _ event: LedgerEvent) {
    let payable = -balance(.payable(channel), asset).units
    let reserved = -balance(.reserved(channel), asset).units
    let transit = balance(.transit(channel), asset).units
    precondition(
      payable >= 0 && reserved >= 0 && transit >= 0,
      "I3: \(event.name) leaves \(channel) payable \(payable) reserved \(reserved) "
        + "in transit \(transit) of \(asset)")
    let client = Client(channel: channel, asset: asset)
    let owed = payable + reserved + (settled[client] ?? 0)
    precondition(
      owed == credited[client] ?? 0,
      "I7: \(event.name) leaves \(channel) with \(owed) of \(credited[client] ?? 0) \(asset)")
  }
}
