import Engine
import Foundation
import JSON
import Kernel
import Log
import Projections
import Synchronization
import Tables

/// The world as the log had it at a position: a store that ends there, and what is folded out of it
/// when it is asked for: the ledger's state, single tables, accounts.
///
/// A fold reads the log from its beginning, some seconds for ten million facts; it is kept for as
/// long as the world is.
final class PastWorld: TableReads {
  let store: PastStore
  private let folder: String
  /// A world before this one, whose state is the shorter way.
  private let earlier: Mutex<PastWorld?>
  private let state = Mutex<LedgerState?>(nil)
  private let made = Mutex<[String: PastTable]>([:])

  init(_ store: PastStore, folder: String, earlier: PastWorld?) {
    self.store = store
    self.folder = folder
    self.earlier = Mutex(earlier)
  }

  // MARK: The ledger

  func ledger() throws(StoreError) -> LedgerState {
    try state.withLock { (known) throws(StoreError) in
      if let known { return known }
      var (state, place) = (LedgerState(), UInt64(0))
      let before = earlier.withLock { $0.take() }
      if let before, let begun = before.state.withLock({ $0 }) {
        (state, place) = (begun, before.store.end)
      }
      try store.fold(from: place, wanting: .all) { state.evolve($0.event) }
      known = state
      return state
    }
  }

  func directory() throws(StoreError) -> AccountDirectory {
    var accounts = Accounts()
    try store.fold(from: 0, wanting: FactForms(.account)) {
      if case .account(let event) = $0.event { accounts.take(event) }
    }
    return AccountDirectory(accounts, at: store.end)
  }

  // MARK: Tables

  var place: UInt64 { store.end }

  private func table(_ name: String) throws(TableReadFailure) -> TableStore {
    try made.withLock { (known) throws(TableReadFailure) in
      if let table = known[name] { return table.store }
      guard let projection = allProjections.first(where: { $0.table.name == name }) else {
        throw TableReadFailure("no table \(name)")
      }
      let table = try PastTable(projection, of: store, folder: folder)
      known[name] = table
      return table.store
    }
  }

  func batches(
    of channels: [ChannelKey]?, after place: Int, limit: Int
  ) throws(TableReadFailure) -> [BatchRecord] {
    try table("batch_status").batches(of: channels, after: place, limit: limit)
  }

  func sagas(
    where matches: [(column: String, value: String?)], after place: Int, limit: Int
  ) throws(TableReadFailure) -> [SagaRecord] {
    try table("sagas").sagas(where: matches, after: place, limit: limit)
  }

  func lines(
    of table: String, where matches: [(column: String, value: String?)], by column: String?,
    after place: Int, limit: Int
  ) throws(TableReadFailure) -> [[JSONMember]] {
    try self.table(table).lines(of: table, where: matches, by: column, after: place, limit: limit)
  }

  func tables() throws(TableReadFailure) -> [TablePlace] {
    throw TableReadFailure("how far tables are is told of now alone")
  }
}

/// One table as of a position, in a file of its own that goes with it.
private final class PastTable: Sendable {
  let store: TableStore
  private static let count = Atomic<Int>(0)

  init(
    _ projection: any Projection.Type, of past: PastStore, folder: String
  ) throws(TableReadFailure) {
    let number = Self.count.add(1, ordering: .relaxed).newValue
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      store = try TableStore(
        path: "\(folder)/\(number).sqlite", projections: [projection], takesGaps: true)
      var place: UInt64 = 0
      while place < past.end {
        var facts: [Recorded] = []
        place = try past.replay(after: place, limit: Tables.portion, wanting: projection.forms) {
          facts.append($0)
        }
        try store.take(facts)
      }
    } catch {
      throw TableReadFailure("\(error)")
    }
  }

  deinit {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: store.path + suffix)
    }
  }
}

/// A gate to the ledger as it was; nothing goes in.
struct PastGate: Gate {
  private let world: PastWorld
  private let present: any Gate
  private let fail: @Sendable (String) -> Void

  init(_ world: PastWorld, _ present: any Gate, fail: @escaping @Sendable (String) -> Void) {
    self.world = world
    self.present = present
    self.fail = fail
  }

  func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void) {
    then(.stopping)
  }

  func inspect(_ read: @escaping @Sendable (LedgerState) -> Void) {
    do throws(StoreError) { read(try world.ledger()) } catch { fail(error.description) }
  }

  var readiness: Readiness { present.readiness }
}

/// The worlds that were asked about last, and the threads that make them: a fold of the whole log
/// keeps nobody waiting who asks about now.
final class PastWorlds: Sendable {
  let threads = ReaderThreads(count: 2, most: 32)
  let marks = TimelineMarks()
  private let folder: String
  private let kept = Mutex<[PastWorld]>([])
  /// A world may hold the state of the whole ledger.
  private static let most = 2

  /// - Parameter folder: Where tables of then lie; what is in it from before is removed.
  init(folder: String) {
    self.folder = folder
    try? FileManager.default.removeItem(atPath: folder)
  }

  func world(at position: UInt64, of store: any EventStore) throws(StoreError) -> PastWorld {
    if let known = known(position) { return known }
    let past = try PastStore(store, end: position)
    return kept.withLock { kept in
      let earlier = kept.filter { $0.place < position }.max { $0.place < $1.place }
      let world = PastWorld(past, folder: folder, earlier: earlier)
      kept.append(world)
      if kept.count > Self.most { kept.removeFirst() }
      return world
    }
  }

  private func known(_ position: UInt64) -> PastWorld? {
    kept.withLock { kept in
      guard let index = kept.firstIndex(where: { $0.place == position }) else { return nil }
      let world = kept.remove(at: index)
      kept.append(world)
      return world
    }
  }
}
