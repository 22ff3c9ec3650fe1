/// Balances of every account, and what each client was credited and paid: the invariants' ground.
public struct Books: Sendable {
  /// What stands in one asset for one client: debits less credits, and what came and went.
  struct Line: Sendable {
    var asset: Asset
    var payable: Int128 = 0
    var reserved: Int128 = 0
    var transit: Int128 = 0
    var receivable: Int128 = 0
    var credited: Int128 = 0
    var settled: Int128 = 0

    /// What is wrong with the line (I3, I7); nil where nothing is.
    var fault: String? {
      if payable > 0 || reserved > 0 || transit < 0 || receivable < 0 {
        return "I3: payable \(-payable), reserved \(-reserved), in transit \(transit), "
          + "receivable \(receivable) of \(asset)"
      }
      let owed = settled &- payable &- reserved
      return owed == credited ? nil : "I7: \(owed) of \(credited) credited \(asset)"
    }
  }

  /// The platform's own accounts, an asset after the other; a client's are with the client.
  private var own = [Int128](repeating: 0, count: Account.ownCount * Asset.count)
  /// What ever came into custody, by asset's place.
  private var incomes = [Int128](repeating: 0, count: Asset.count)
  /// A client has lines in few assets, so they are looked through.
  private var clients: [ChannelKey: [Line]] = [:]

  /// Debits less credits.
  public func balance(_ account: Account, _ asset: Asset) -> Money {
    switch account {
    case .payable(let channel): Money(line(channel, asset)?.payable ?? 0, asset)
    case .reserved(let channel): Money(line(channel, asset)?.reserved ?? 0, asset)
    case .transit(let channel): Money(line(channel, asset)?.transit ?? 0, asset)
    case .receivable(let channel): Money(line(channel, asset)?.receivable ?? 0, asset)
    case .custody, .clearing, .suspense, .fees, .exchange, .fx, .dust, .gas, .writeoffs:
      Money(own[account.place(of: asset)], asset)
    }
  }

  /// What was delivered to the client so far, in the asset it was sent in.
  public func settled(_ channel: ChannelKey, _ asset: Asset) -> Money {
    Money(line(channel, asset)?.settled ?? 0, asset)
  }

  /// What stands for a client in one asset.
  public struct ClientLine: Hashable, Sendable {
    public let payable: Money
    public let reserved: Money
    public let transit: Money
    public let receivable: Money
    /// Delivered so far.
    public let settled: Money
  }

  /// What stands for a client, an asset after the other, as they came; empty where nothing ever
  /// did.
  public func lines(of channel: ChannelKey) -> [ClientLine] {
    (clients[channel] ?? []).map { line in
      ClientLine(
        payable: Money(line.payable, line.asset), reserved: Money(line.reserved, line.asset),
        transit: Money(line.transit, line.asset), receivable: Money(line.receivable, line.asset),
        settled: Money(line.settled, line.asset))
    }
  }

  /// Everybody for whom anything ever stood, in the order of their keys.
  var channels: [ChannelKey] { clients.keys.sorted { $0.text < $1.text } }

  /// What a client owes, an asset after the other; empty where nothing.
  func debts(of channel: ChannelKey) -> [Money] {
    (clients[channel] ?? []).filter { $0.receivable > 0 }
      .map { Money($0.receivable, $0.asset) }.sorted { $0.asset.index < $1.asset.index }
  }

  /// Units that ever came into custody; what went out is what of it isn't there.
  func income(_ asset: Asset) -> Int128 { incomes[Int(asset.index)] }

  private func line(_ channel: ChannelKey, _ asset: Asset) -> Line? {
    clients[channel]?.first { $0.asset == asset }
  }

  private mutating func change(
    _ channel: ChannelKey, _ asset: Asset, _ edit: (inout Line) -> Void
  ) {
    func change(_ lines: inout [Line]) {
      let index = lines.firstIndex { $0.asset == asset } ?? lines.count
      if index == lines.count { lines.append(Line(asset: asset)) }
      edit(&lines[index])
    }
    change(&clients[channel, default: []])
  }

  /// Books one fact, and traps where it would break I1, I2, I3 or I7 (reliability 3.8).
  ///
  /// I1 holds because every fact balances alone, which is what is checked here.
  mutating func book(_ event: LedgerEvent) {
    let lines = postings(of: event)
    guard !lines.isEmpty else { return }
    checkBalanced(lines, event)
    for line in lines { add(line) }
    noteClients(event)
    for line in lines {
      guard let channel = line.account.channel else { continue }
      checkClient(channel, line.amount.asset, event)
    }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.list("own", &own, blank: 0) { $1.number("units", &$0) }
    if own.count != Account.ownCount * Asset.count { fields.refuse() }
    fields.list("incomes", &incomes, blank: 0) { $1.number("units", &$0) }
    if incomes.count != Asset.count { fields.refuse() }
    fields.map("clients", &clients, blank: (.blank, [])) { key, lines, fields in
      fields.text("channel", &key)
      fields.list("lines", &lines, blank: Line(asset: .none)) { line, fields in
        fields.asset("asset", &line.asset)
        fields.number("payable", &line.payable)
        fields.number("reserved", &line.reserved)
        fields.number("transit", &line.transit)
        fields.number("receivable", &line.receivable)
        fields.number("credited", &line.credited)
        fields.number("settled", &line.settled)
      }
    }
  }

  /// The first of I1, I3 and I7 that the balances as a whole break; nil where all hold.
  func brokenInvariant() -> String? {
    var sums = [Int128](repeating: 0, count: Asset.count)
    for (place, units) in own.enumerated() { sums[place / Account.ownCount] &+= units }
    // The least channel of those that are wrong, so that the words don't hang on an order.
    var wrong: (channel: ChannelKey, words: String)?
    for (channel, lines) in clients {
      for line in lines {
        sums[Int(line.asset.index)] &+= line.payable &+ line.reserved &+ line.transit
        sums[Int(line.asset.index)] &+= line.receivable
        guard let words = line.fault, wrong.map({ channel < $0.channel }) ?? true else { continue }
        wrong = (channel, words)
      }
    }
    if let wrong { return "\(wrong.words) of \(wrong.channel)" }
    guard let place = sums.firstIndex(where: { $0 != 0 }), let asset = Asset(place: place) else {
      return nil
    }
    return "I1: all accounts of \(asset) add up to \(sums[place])"
  }

  private mutating func add(_ posting: Posting) {
    let units = posting.amount.units
    let asset = posting.amount.asset
    switch posting.account {
    case .payable(let channel): change(channel, asset) { $0.payable += units }
    case .reserved(let channel): change(channel, asset) { $0.reserved += units }
    case .transit(let channel): change(channel, asset) { $0.transit += units }
    case .receivable(let channel): change(channel, asset) { $0.receivable += units }
    case .custody, .clearing, .suspense, .fees, .exchange, .fx, .dust, .gas, .writeoffs:
      own[posting.account.place(of: asset)] += units
      if posting.account == .custody, units > 0 { incomes[Int(asset.index)] += units }
    }
  }

  private func checkBalanced(_ lines: [Posting], _ event: LedgerEvent) {
    // By their places: a line that is handed on is a copy of its client's key.
    for index in lines.indices {
      let asset = lines[index].amount.asset
      var sum: Int128 = 0
      for other in lines.indices where lines[other].amount.asset == asset {
        sum += lines[other].amount.units
      }
      precondition(sum == 0, "I2: \(event.name) leaves \(sum) of \(asset)")
    }
  }

  private mutating func noteClients(_ event: LedgerEvent) {
    switch event {
    case .accumulation(.locked(let e)): credit(e.channel, e.locked)
    case .payment(.routed(let e)) where e.strategy == .instant: credit(e.channel, e.value)
    // What was paid too much is what is owed less now.
    case .accumulation(.netted(let e)): credit(e.channel, -e.amount)
    case .payment(.ruled(.reversed(let e))) where e.takenFrom == .payable:
      credit(e.channel, -e.owed)
    case .split(.completed(let e)) where e.purpose.conversion == nil:
      settle(e.channel, e.source)
    case .accumulation, .payment, .split, .ledger, .channel, .order, .conversion, .batch,
      .hostpay, .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  // Given what they need alone: a closure over a fact is a copy of all its texts.
  private mutating func credit(_ channel: ChannelKey, _ amount: Money) {
    change(channel, amount.asset) { $0.credited += amount.units }
  }

  private mutating func settle(_ channel: ChannelKey, _ amount: Money) {
    change(channel, amount.asset) { $0.settled += amount.units }
  }

  private func checkClient(_ channel: ChannelKey, _ asset: Asset, _ event: LedgerEvent) {
    let line = line(channel, asset) ?? Line(asset: asset)
    let (payable, reserved, transit) = (-line.payable, -line.reserved, line.transit)
    precondition(
      payable >= 0 && reserved >= 0 && transit >= 0 && line.receivable >= 0,
      "I3: \(event.name) leaves \(channel) payable \(payable) reserved \(reserved) "
        + "in transit \(transit) of \(asset)")
    let owed = payable + reserved + line.settled
    precondition(
      owed == line.credited,
      "I7: \(event.name) leaves \(channel) with \(owed) of \(line.credited) \(asset)")
  }
}

extension Account {
  /// Accounts that are the platform's own.
  fileprivate static let ownCount = 9

  /// Where an own account stands among all of them; a client's has no place there and traps.
  fileprivate func place(of asset: Asset) -> Int {
    let number =
      switch self {
      case .custody: 0
      case .clearing: 1
      case .suspense: 2
      case .fees: 3
      case .exchange: 4
      case .fx: 5
      case .dust: 6
      case .gas: 7
      case .writeoffs: 8
      case .payable, .reserved, .transit, .receivable: preconditionFailure("\(text) is a client's")
      }
    return Int(asset.index) * Self.ownCount + number
  }
}
