import Engine
import Foundation
import Log
import PostgresLog
import Synchronization

// What watches over the log while it is in use: the disk it lies on, the scrubber, the watchdog.
extension Weir {
  /// Refuses a data folder on another machine, whose locks and syncs aren't what the log needs
  /// (ST-29).
  static func checkDisk(
    _ configuration: Configuration, _ logger: Logger
  ) throws(WeirFailure) {
    let path = configuration.data
    switch FileSystem(of: path) {
    case .disk: return
    case .fleeting(let name):
      logger.warning("fleeting_disk", ["data": .text(path), "filesystem": .text(name)])
    case .remote(let name):
      guard configuration.allowsUnsafeDisk else {
        throw .configuration(
          "\(path) lies on \(name), whose locks and syncs a log can't rely on; move it to a disk "
            + "of this machine, or set \(SettingName.allowUnsafeDisk.environmentName)=on")
      }
      logger.warning("unsafe_disk", ["data": .text(path), "filesystem": .text(name)])
    }
  }

  static func scrubber(
    _ configuration: Configuration, _ metrics: Metrics, _ logger: Logger
  ) -> Scrubber {
    let found: @Sendable (StoreError) -> Void = { error in
      if case .unreadable = error { return metrics.noteAlarm("log_unreadable") }
      metrics.noteAlarm("log_damaged")
    }
    guard let url = configuration.store else {
      return Scrubber(folder: DataFolder(configuration.data).log, logger: logger, found: found)
    }
    return Scrubber(logger: logger, found: found) { (pace) throws(StoreError) in
      try PostgresReader.open(url).verify { (bytes) throws(StoreError) in
        guard pace.wait(bytes) else { throw .unreadable("the service stops") }
      }
    }
  }

  /// Ends the process where the loop hangs: what is acknowledged is on the disk, and a start finds
  /// out what the disk can still do.
  static func watchdog(_ loop: Loop<PayoutProcess>, _ logger: Logger) -> Watchdog {
    Watchdog(
      ask: { answer in loop.inspect { _ in answer() } },
      late: {
        logger.error("loop_hangs", ["why": .text("no progress for 30 seconds")])
        exit(1)
      })
  }

  /// Whether the log can be relied on: it isn't ending, and nothing in it was found damaged.
  var isLogSound: Bool { !isStopping.withLock { $0 } && scrubber.damage == nil }

  /// Whether the folder outlives a power cut; a sandbox need not.
  var isDiskLasting: Bool {
    configuration.isSandbox || FileSystem(of: configuration.data) == .disk
  }
}
