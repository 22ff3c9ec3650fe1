/// What one channel has accumulated and not been paid.
public struct AccumulationState: Sendable {
  /// Wallet and asset the money will go to; a batch is of one group (C-33).
  public struct Group: Hashable, Comparable, Sendable {
    public fileprivate(set) var wallet: String
    public fileprivate(set) var asset: Asset

    public static func < (left: Self, right: Self) -> Bool {
      (left.wallet, left.asset.index) < (right.wallet, right.asset.index)
    }
  }

  struct Member: Sendable {
    var payment: PaymentID
    var amount: Money
    var net: Money
    var group: Group
    var threshold: Money
    var isConverted: Bool
    /// Whether a conversion has it, or had it and failed.
    var isConverting = false
    /// Whether the provider says something else of it by now than what was booked.
    var isContested = false
    var batch: BatchID?
  }

  /// Not yet paid, in the order they were locked.
  var members: [Member] = []
  /// Batches ever opened; numbers the next one.
  var batchesOpened = 0
  /// What each group's last batch amounted to when it failed.
  var failedTotals: [Group: Money] = [:]

  func members(of payments: [PaymentID]) -> [Member] {
    let wanted = Set(payments)
    return members.filter { wanted.contains($0.payment) }
  }

  mutating func change(_ payments: [PaymentID], _ edit: (inout Member) -> Void) {
    let wanted = Set(payments)
    for index in members.indices where wanted.contains(members[index].payment) {
      edit(&members[index])
    }
  }

  /// Where the newest member of a payment stands; mostly near the end.
  private func place(of payment: PaymentID) -> Int? {
    // By its place: a closure is given a copy of each member, with all its texts.
    var index = members.count - 1
    while index >= 0 {
      if members[index].payment == payment { return index }
      index -= 1
    }
    return nil
  }

  /// The same for one, which is mostly among the newest.
  mutating func change(_ payment: PaymentID, _ edit: (inout Member) -> Void) {
    if let index = place(of: payment) { edit(&members[index]) }
  }

  /// Takes out one that went back; that its group's last batch failed says nothing any more.
  mutating func remove(_ payment: PaymentID) {
    guard let index = place(of: payment) else { return }
    failedTotals[members.remove(at: index).group] = nil
  }

  /// Takes a part of one off, or all of it; what its group's last batch failed at is another sum.
  mutating func reduce(_ payment: PaymentID, by amount: Money) {
    guard let index = place(of: payment) else { return }
    failedTotals[members[index].group] = nil
    members[index].amount = members[index].amount - amount
    if members[index].amount.units == 0 { members.remove(at: index) }
  }

  /// Converted members of a group that no batch holds and nothing speaks against, in order.
  func free(_ group: Group) -> [Member] {
    members.filter { $0.group == group && $0.isFree }
  }

  /// Groups with free members, in the order of their oldest.
  var freeGroups: [Group] {
    var seen = Set<Group>()
    return members.filter(\.isFree).map(\.group)
      .filter { seen.insert($0).inserted }
  }
}

extension AccumulationState {
  mutating func list(_ fields: inout StateFields) {
    let blank = Member(
      payment: .blank, amount: .blank, net: .blank, group: Group(wallet: "", asset: .none),
      threshold: .blank, isConverted: false)
    fields.list("members", &members, blank: blank) { member, fields in
      fields.text("payment", &member.payment)
      fields.money("amount", &member.amount)
      fields.money("net", &member.net)
      member.group.list(&fields)
      fields.money("threshold", &member.threshold)
      fields.flag("isConverted", &member.isConverted)
      fields.flag("isConverting", &member.isConverting)
      fields.flag("isContested", &member.isContested)
      fields.text("batch", &member.batch)
    }
    fields.number("batchesOpened", &batchesOpened)
    fields.map("failedTotals", &failedTotals, blank: (blank.group, .blank)) {
      $0.list(&$2)
      $2.money("total", &$1)
    }
  }
}

extension AccumulationState.Member {
  var isFree: Bool { isConverted && batch == nil && !isContested }
}

extension AccumulationState.Group {
  fileprivate mutating func list(_ fields: inout StateFields) {
    fields.text("wallet", &wallet)
    fields.asset("asset", &asset)
  }
}

extension LedgerState {
  mutating func evolve(_ event: AccumulationEvent) {
    switch event {
    case .locked(let e):
      let member = AccumulationState.Member(
        payment: e.payment, amount: e.locked, net: e.net,
        group: AccumulationState.Group(wallet: e.wallet, asset: e.asset), threshold: e.threshold,
        isConverted: false)
      accumulations[e.channel, default: AccumulationState()].members.append(member)
    case .converted(let e):
      accumulations[e.channel]?.change(e.payment) { $0.isConverted = true }
    case .reserved(let e):
      accumulations[e.channel]?.change(e.payments) { member in
        // I5: a member is in at most one open batch.
        precondition(member.batch == nil, "I5: \(member.payment) reserved twice")
        member.batch = e.batch
      }
      accumulations[e.channel]?.batchesOpened += 1
      if let group = batches[e.batch]?.group {
        accumulations[e.channel]?.failedTotals[group] = nil
      }
    case .netted(let e):
      accumulations[e.channel]?.reduce(e.payment, by: e.amount)
    case .forgiven: break  // The books have it.
    case .paid(let e):
      let paid = Set(e.payments)
      accumulations[e.channel]?.members.removeAll {
        paid.contains($0.payment) && $0.batch == e.batch
      }
    case .released(let e):
      accumulations[e.channel]?.change(e.payments) { $0.batch = nil }
      if let group = batches[e.batch]?.group {
        accumulations[e.channel]?.failedTotals[group] = e.total
      }
    }
  }
}
