import Foundation
import Kernel
import Log
import PostgresLog

/// The log as a service has it, and what keeps it its own.
struct HeldLog: Sendable {
  let store: any LogStore
  /// What keeps the lane of a database's log; nil for files.
  let keeping: LaneKeeping?
  /// Takes webhooks that other nodes took in; nil for files.
  let inbox: InboxTaker?
  /// The log as other nodes see it; nil for files.
  var shared: (store: PostgresStore, node: String)?

  func close() throws(StoreError) {
    inbox?.stop()
    keeping?.stop()
    try store.close()
    keeping?.release()
  }
}

/// Holds a lane as long as the service lives.
final class LaneKeeping: Sendable {
  private let rounds = Rounds()
  private let bell = Rounds()
  private let folder: any DiskLock

  /// - Parameter folder: The lock of the data folder, whose node's name holds the lane.
  init(_ store: PostgresStore, folder: any DiskLock, _ logger: Logger) {
    self.folder = folder
    rounds.start("lane") { [rounds, weak store] in
      do throws(StoreError) {
        guard let store else { return nil }
        try store.tend()
        return 2
      } catch {
        if rounds.isStopping { return nil }
        // Another node has the lane: nothing may be said to anybody any more.
        logger.error("log_failed", ["why": .text("\(error)")])
        exit(1)
      }
    }
    // Often enough for whoever follows, and far from every append.
    bell.start("bell") { [weak store] in store.map { $0.announce() ? 0.05 : 1 } }
  }

  deinit { stop() }

  func stop() {
    rounds.stop()
    bell.stop()
  }
  func release() { folder.release() }
}

// Where the log is kept: in the data folder's files, or in a database.
extension Weir {
  /// The log; a sandbox's is made where there is none, a live one only where that is asked for
  /// (ST-32).
  static func openLog(
    _ configuration: Configuration, beginning isNew: Bool, _ logger: Logger
  ) throws(WeirFailure) -> HeldLog {
    let folder = DataFolder(configuration.data)
    do throws(StoreError) {
      guard let url = configuration.store else {
        try check(FileStore.isThere(folder.log), folder.log, isNew, configuration)
        let store = try FileStore.open(folder: folder.log, environment: configuration.environment)
        return HeldLog(store: store, keeping: nil, inbox: nil)
      }
      try checkMoved(folder)
      try check(PostgresStore.isThere(url), url.description, isNew, configuration)
      let lock = try lock(folder)
      let node = try node(folder)
      let store = try PostgresStore.open(
        url, environment: configuration.environment, options: PostgresStore.Options(holder: node))
      return HeldLog(
        store: store, keeping: LaneKeeping(store, folder: lock, logger),
        inbox: InboxTaker(
          PostgresInbox(url, node: node, isListening: true), store, configuration),
        shared: (store, node))
    } catch { throw .store(error) }
  }

  private static func check(
    _ isThere: Bool, _ place: String, _ isNew: Bool, _ configuration: Configuration
  ) throws(StoreError) {
    if isThere, isNew {
      throw .unusable("\(place) holds a log already; leave --init out")
    }
    if !isThere, !isNew, !configuration.isSandbox {
      throw .unusable("\(place) holds no log: restore it, or begin a new one with --init")
    }
  }

  /// Refuses a data folder with a log of its own that may still be served: two of one life would
  /// both pay.
  private static func checkMoved(_ folder: DataFolder) throws(StoreError) {
    guard try FileStore.isThere(folder.log),
      try FileLogReader.open(folder: folder.log).recoveryOwed == nil
    else { return }
    throw .unusable(
      "\(folder.log) holds a log; move it with weir log copy --move, or use another data folder")
  }

  /// One service a data folder: files of a log in it would say so themselves.
  static func lock(_ folder: DataFolder) throws(StoreError) -> any DiskLock {
    let outcome: LockOutcome
    do throws(DiskError) {
      try RealDisk().makeFolder(folder.path)
      outcome = try RealDisk().lock(folder.lock)
    } catch { throw .unusable(error.description) }
    switch outcome {
    case .held(let lock): return lock
    case .taken(let process): throw .locked(folder: folder.path, process: process)
    }
  }

  /// The node's name, made with the folder: it takes its own lane back without waiting.
  static func node(_ folder: DataFolder) throws(StoreError) -> String {
    do throws(DiskError) {
      try RealDisk().makeFolder(folder.path)
    } catch { throw .unusable(error.description) }
    do throws(FileText.Failure) {
      do throws(FileText.Failure) {
        return try FileText.read(folder.node).text.trimmed
      } catch {
        guard error == .missing else { throw error }
        let name = "\(ProcessInfo.processInfo.hostName) \(UUID().uuidString)"
        try FileText.create(folder.node, name + "\n")
        return name
      }
    } catch { throw .unusable("\(folder.node): \(error.words)") }
  }
}
