/// What is known of a batch.
struct BatchState: Sendable {
  enum Phase: Int, CaseIterable, Sendable { case pending, processing, completed, failed }
  /// Blank once it is completed.
  fileprivate(set) var opened: BatchEvent.Opened
  fileprivate(set) var phase = Phase.pending
  /// Number of the split that pays it; 0 as long as there is none.
  fileprivate(set) var split = 0
  var isOpen: Bool { phase == .pending || phase == .processing }
  var group: AccumulationState.Group {
    AccumulationState.Group(wallet: opened.wallet, asset: opened.asset)
  }
}

/// Every batch there was: whole where it is open or failed, and its id alone where it is delivered.
struct Batches: Sendable {
  private var whole: [BatchID: BatchState] = [:]
  private var delivered = Register()
  /// Numbers of the splits that paid them.
  private var splits = Column<UInt32>()

  subscript(id: BatchID) -> BatchState? {
    if let state = whole[id] { return state }
    return delivered.number(of: id).map { number in
      BatchState(
        opened: BatchEvent.Opened(), phase: .completed, split: Int(splits[number]))
    }
  }

  func split(of id: BatchID) -> SplitID? {
    guard let number = self[id]?.split, number > 0 else { return nil }
    return SplitID(number: number)
  }

  mutating func open(_ e: BatchEvent.Opened) { whole[e.batch] = BatchState(opened: e) }

  mutating func give(_ split: Int, to id: BatchID) { whole[id]?.split = split }

  mutating func change(_ id: BatchID, to phase: BatchState.Phase) { whole[id]?.phase = phase }

  mutating func deliver(_ id: BatchID) {
    guard let state = whole.removeValue(forKey: id) else { return }
    if delivered.add(id) == splits.count { splits.append(UInt32(state.split)) }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.map("batches", &whole, blank: (.blank, BatchState(opened: .init()))) {
      $2.text("batch", &$0)
      $2.fact("opened", &$1.opened)
      $2.choice("phase", &$1.phase)
      $2.number("split", &$1.split)
    }
    delivered.list("delivered", &fields)
    splits.list("splits", &fields)
    if delivered.count != splits.count { fields.refuse() }
  }
}
