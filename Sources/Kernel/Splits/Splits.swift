/// Every split there was, and the transfers that fund them: whole as long as anything can become of
/// one, and a few bytes once it is delivered.
struct Splits: Sendable {
  /// What is kept of a delivered split.
  private struct Settled: BitwiseCopyable, Sendable {
    /// Number of its channel and one; 0 as long as the split isn't settled.
    var channel: UInt32 = 0
    /// Number of its swap and one; 0 where it was direct.
    var swap: UInt32 = 0
    /// 1 where its transfer was parked.
    var isParked: UInt32 = 0
  }

  private var whole: [Int: SplitState] = [:]
  /// By the number of the split.
  private var transfers: [Int: TransferState] = [:]
  /// A place for each split, whole or not.
  private var settled = Column<Settled>()
  private var swaps = Register()
  /// Whose a swap is: one that is two splits' would get two deposits (SW-15).
  private var ofSwap = Column<UInt32>()

  /// Splits ever requested; numbers the next one.
  var count: Int { settled.count }

  private func settled(_ number: Int) -> Settled? {
    guard number <= settled.count, settled[number - 1].channel > 0 else { return nil }
    return settled[number - 1]
  }

  /// What is known of a split; of a settled one what can still be asked: that it is delivered, by
  /// which swap, and that it was paid.
  subscript(id: SplitID) -> SplitState? {
    guard let number = id.number else { return nil }
    if let state = whole[number] { return state }
    guard let entry = settled(number) else { return nil }
    var state = SplitState.blank
    state.requested.split = id
    state.phase = .completed
    state.hostpay = HostpayEvent.Requested()
    state.mayHaveSent = true
    state.funding = ""
    if entry.swap > 0 {
      var swap = SplitEvent.SwapOpened()
      swap.swap = swaps.id(Int(entry.swap - 1))
      state.swap = swap
    }
    return state
  }

  func split(of swap: SwapID) -> SplitID? {
    swaps.number(of: swap).map { SplitID(number: Int(ofSwap[$0])) }
  }

  mutating func open(_ e: SplitEvent.Requested) -> Int {
    // Numbers have no gaps: the place of a split is its number's.
    guard let number = e.split.number, number == count + 1 else {
      preconditionFailure("split \(e.split) after \(count) others")
    }
    var state = SplitState(requested: e)
    if e.route == .direct { state.phase = .opened }
    whole[number] = state
    settled.append(Settled())
    return number
  }

  mutating func change(_ id: SplitID, _ edit: (inout SplitState) -> Void) {
    // Looked up once, and changed where it is.
    guard let number = id.number, let place = whole.index(forKey: number) else { return }
    edit(&whole.values[place])
  }

  mutating func give(_ swap: SwapID, to id: SplitID) {
    guard let split = id.number else { return }
    let number = swaps.add(swap)
    if number == ofSwap.count { ofSwap.append(0) }
    ofSwap[number] = UInt32(split)
  }

  /// Keeps of a delivered split what can still be asked, where everything about it is closed.
  mutating func settle(_ id: SplitID, _ channel: UInt32?) {
    // Both are looked at where they are: a copy would count a reference for each of their texts.
    guard let channel, let number = id.number, let split = whole.index(forKey: number),
      let transfer = transfers.index(forKey: number),
      let isParked = Self.parkedIfConfirmed(&transfers.values[transfer]),
      Self.isSent(&whole.values[split])
    else { return }
    let swap = Self.swap(&whole.values[split]).flatMap { swaps.number(of: $0) }
    settled[number - 1] = Settled(
      channel: channel + 1, swap: swap.map { UInt32($0 + 1) } ?? 0, isParked: isParked ? 1 : 0)
    whole.remove(at: split)
    transfers.remove(at: transfer)
  }

  private static func parkedIfConfirmed(_ transfer: inout TransferState) -> Bool? {
    if case .confirmed = transfer.phase { transfer.isParked } else { nil }
  }

  private static func isSent(_ split: inout SplitState) -> Bool {
    split.hostpay != nil && split.funding != nil && split.mayHaveSent
  }

  private static func swap(_ split: inout SplitState) -> SwapID? { split.swap?.swap }

  /// Whether a split pays for a conversion; nil for one that isn't known.
  mutating func converts(_ id: SplitID) -> Bool? {
    func converts(_ split: inout SplitState) -> Bool { split.requested.purpose.conversion != nil }
    guard let number = id.number else { return nil }
    if let place = whole.index(forKey: number) { return converts(&whole.values[place]) }
    // As the subscript has a settled one.
    return settled(number).map { _ in false }
  }

  /// What a transfer that isn't settled is to move; nil of any other.
  mutating func asked(
    _ id: TransferID
  ) -> (channel: ChannelKey, amount: Money, split: SplitID)? {
    func asked(_ state: inout TransferState) -> (ChannelKey, Money, SplitID) {
      (state.requested.channel, state.requested.amount, state.requested.split)
    }
    return id.splitNumber.flatMap { transfers.index(forKey: $0) }
      .map { asked(&transfers.values[$0]) }
  }

  // Transfers.

  /// What is known of a transfer; of a settled split's that it is confirmed.
  func transfer(_ id: TransferID, _ channels: Channels) -> TransferState? {
    guard let number = id.splitNumber else { return nil }
    if let state = transfers[number] { return state }
    guard let entry = settled(number) else { return nil }
    var state = TransferState.blank
    state.requested.transfer = id
    state.requested.channel = channels.key(of: entry.channel - 1)
    state.phase = .confirmed(hash: "")
    state.isParked = entry.isParked == 1
    return state
  }

  /// Shows every transfer that isn't settled, in no order.
  func eachTransfer(_ body: (TransferState) -> Void) {
    for transfer in transfers.values { body(transfer) }
  }

  /// Changes each of them, which may not depend on the others.
  mutating func changeTransfers(_ edit: (inout TransferState) -> Void) {
    for number in transfers.keys { edit(&transfers[number, default: .blank]) }
  }

  mutating func request(_ e: TransferEvent.Requested) {
    guard let number = e.transfer.splitNumber else {
      preconditionFailure("transfer \(e.transfer) funds no split")
    }
    transfers[number] = TransferState(requested: e)
    change(e.split) { $0.mayHaveSent = true }
  }

  mutating func change(_ id: TransferID, _ edit: (inout TransferState) -> Void) {
    guard let number = id.splitNumber, let place = transfers.index(forKey: number) else { return }
    edit(&transfers.values[place])
  }

  mutating func park(_ id: TransferID) {
    if let number = id.splitNumber, settled(number) != nil { settled[number - 1].isParked = 1 }
    change(id) { $0.isParked = true }
  }

  mutating func dropTransfer(_ id: TransferID) -> TransferState? {
    id.splitNumber.flatMap { transfers.removeValue(forKey: $0) }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.map("splits", &whole, blank: (0, .blank)) {
      $2.number("split", &$0)
      $1.list(&$2)
    }
    fields.map("transfers", &transfers, blank: (0, .blank)) {
      $2.number("split", &$0)
      $1.list(&$2)
    }
    settled.list("settled", &fields)
    swaps.list("swaps", &fields)
    ofSwap.list("ofSwap", &fields)
    if swaps.count != ofSwap.count { fields.refuse() }
  }
}

extension Register {
  fileprivate func id<Kind: IDKind>(_ number: Int) -> ID<Kind> {
    key(number) { ID(utf8: $0) } ?? .blank
  }
}
