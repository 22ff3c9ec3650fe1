import Dispatch
import Foundation
import Log
import PostgresLog
import PostgresTables
import Projections
import Service
import Synchronization

/// Keeps the tables in a database up with the log, beside the service, while that is this node's to
/// do; otherwise as `weir projections follow` does.
///
/// Two nodes may both mean to for a moment: the lock on the tables lets one.
final class TableKeeper: TableKeeping {
  private struct State {
    var isOurs = false
    var isStopping = false
    var told: Set<String> = []
  }

  private let url: PostgresURL
  private let configuration: Configuration
  private let logger: Logger
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Nil where no database gets the tables.
  init?(_ configuration: Configuration, _ logger: Logger) {
    guard let url = configuration.tablesStore else { return nil }
    self.url = url
    self.configuration = configuration
    self.logger = logger
    let thread = Thread { [self] in
      run()
      ended.signal()
    }
    thread.name = "tables_store"
    thread.stackSize = 8 << 20
    thread.start()
  }

  func keep(_ isOurs: Bool) {
    let isNews = state.withLock { state in
      defer { state.isOurs = isOurs }
      return state.isOurs != isOurs
    }
    if isNews { wake.signal() }
  }

  /// Ends between two transactions.
  func stop() {
    state.withLock { $0.isStopping = true }
    wake.signal()
    ended.wait()
  }

  private var isOurs: Bool { state.withLock { $0.isOurs && !$0.isStopping } }

  private func run() {
    while !state.withLock(\.isStopping) {
      guard isOurs else {
        wake.wait()
        continue
      }
      do {
        try follow()
      } catch {
        tell("\(error)")
        _ = wake.wait(timeout: .now() + 1)
      }
    }
  }

  private func follow() throws {
    let database = try TableDatabase.keep(url, of: log(), projections: allProjections)
    try database.catchUp()
    logger.info(
      "tables_kept",
      ["store": .text("\(url)"), "position": .integer(Int(database.place))])
    for table in database.stale { tell("\(table) stands still until it is rebuilt") }
    while isOurs {
      _ = wake.wait(timeout: .now() + 0.2)
      try database.catchUp()
    }
    state.withLock { $0.told = [] }
    logger.info("tables_left", ["position": .integer(Int(database.place))])
  }

  private func log() throws(StoreError) -> any WholeLog {
    guard let store = configuration.store else {
      return try FileLogReader.open(folder: DataFolder(configuration.data).log)
    }
    return try PostgresReader.open(store)
  }

  private func tell(_ why: String) {
    if state.withLock({ $0.told.insert(why).inserted }) {
      logger.warning("tables_store_failed", ["why": .text(why)])
    }
  }
}
