import Foundation
import Kernel
import Log
import Synchronization

/// The thread that reads the whole log again and believes nothing of it: at the start, and then
/// every twelve hours (ST-12).
///
/// It reads beside the writer at a pace that leaves the disk to it. Damage is final: whoever is
/// told of it stops taking facts in. What can't be read for the moment is read a minute later.
final class Scrubber: Sendable {
  struct Settings: Sendable {
    /// From the end of one reading to the beginning of the next.
    var seconds: Double = 43_200
    /// After a reading that the disk ended.
    var secondsAfterFailure: Double = 60
    /// At most so many bytes are read a second.
    var bytesPerSecond = 16 << 20
  }

  /// How fast a log may be read, and whether it still is to be.
  struct Pace: Sendable {
    let bytesPerSecond: Int
    let isStopping: @Sendable () -> Bool

    /// Waits for as long as so many bytes take; false where the reading is to end.
    func wait(_ bytes: Int) -> Bool {
      guard !isStopping() else { return false }
      Thread.sleep(forTimeInterval: Double(bytes) / Double(bytesPerSecond))
      return true
    }
  }

  typealias Reading = @Sendable (Pace) throws(StoreError) -> LogVerification

  private let reading: Reading
  private let settings: Settings
  private let logger: Logger
  private let found: @Sendable (StoreError) -> Void
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  private struct State {
    var isStarted = false
    var isStopping = false
    var damage: String?
  }

  /// - Parameter found: Told once of damage, and of each reading that failed; on its thread.
  init(
    settings: Settings = Settings(), logger: Logger,
    found: @escaping @Sendable (StoreError) -> Void, reading: @escaping Reading
  ) {
    self.reading = reading
    self.settings = settings
    self.logger = logger
    self.found = found
  }

  /// The same for a log in files.
  convenience init(
    folder: String, settings: Settings = Settings(), logger: Logger,
    found: @escaping @Sendable (StoreError) -> Void
  ) {
    self.init(settings: settings, logger: logger, found: found) { (pace) throws(StoreError) in
      try FileLogReader.verify(folder: folder, disk: PacedDisk(pace: pace))
    }
  }

  /// What is wrong with the log; nil as long as nothing was found.
  var damage: String? { state.withLock { $0.damage } }

  func start() {
    state.withLock { $0.isStarted = true }
    let thread = Thread { [self] in
      run()
      ended.signal()
    }
    thread.name = "scrubber"
    thread.start()
  }

  /// Ends a reading under way, and the thread.
  func stop() {
    let isStarted = state.withLock { state in
      state.isStopping = true
      return state.isStarted
    }
    guard isStarted else { return }
    wake.signal()
    ended.wait()
  }

  private var isStopping: Bool { state.withLock { $0.isStopping } }

  private func run() {
    // What looks damaged once may have been misread, and ends the service's work: it is looked at
    // twice.
    var doubt: StoreError?
    while !isStopping, damage == nil {
      let isRead = readAll(&doubt)
      if doubt != nil { continue }
      let seconds = isRead ? settings.seconds : settings.secondsAfterFailure
      _ = wake.wait(timeout: .now() + seconds)
    }
  }

  /// False where the disk ended it.
  private func readAll(_ doubt: inout StoreError?) -> Bool {
    let pace = Pace(bytesPerSecond: settings.bytesPerSecond) { [self] in isStopping }
    do throws(StoreError) {
      let verified = try reading(pace)
      logger.info("log_scrubbed", ["events": .integer(Int(verified.events))])
      doubt = nil
      return true
    } catch {
      guard !isStopping else { return true }
      if case .unreadable = error {
        doubt = nil
        logger.error("log_unreadable", ["why": .text("\(error)")])
      } else if doubt == nil {
        doubt = error
        return false
      } else {
        doubt = nil
        state.withLock { $0.damage = "\(error)" }
        logger.error("log_damaged", ["why": .text("\(error)")])
      }
      found(error)
      return false
    }
  }
}

/// The machine's disk, read no faster than a pace, until told to stop.
private struct PacedDisk: Disk {
  let pace: Scrubber.Pace
  private let disk = RealDisk()

  init(pace: Scrubber.Pace) { self.pace = pace }

  func names(in folder: String) throws(DiskError) -> [String] { try disk.names(in: folder) }

  func open(_ path: String, _ mode: OpenMode) throws(DiskError) -> any DiskFile {
    guard mode == .read else { throw DiskError("open", path, code: EROFS) }
    return PacedFile(try disk.open(path, .read), self, path)
  }

  func makeFolder(_ path: String) throws(DiskError) { throw DiskError("mkdir", path, code: EROFS) }
  func rename(_ path: String, to other: String) throws(DiskError) {
    throw DiskError("rename", path, code: EROFS)
  }
  func remove(_ path: String) throws(DiskError) { throw DiskError("remove", path, code: EROFS) }
  func syncFolder(_ path: String) throws(DiskError) {
    throw DiskError("fsync", path, code: EROFS)
  }
  func lock(_ path: String) throws(DiskError) -> LockOutcome {
    throw DiskError("flock", path, code: EROFS)
  }
}

private final class PacedFile: DiskFile {
  private let file: any DiskFile
  private let disk: PacedDisk
  private let path: String

  init(_ file: any DiskFile, _ disk: PacedDisk, _ path: String) {
    self.file = file
    self.disk = disk
    self.path = path
  }

  func size() throws(DiskError) -> UInt64 { try file.size() }

  func read(_ buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(DiskError) -> Int {
    let count = try file.read(buffer, at: offset)
    guard disk.pace.wait(count) else { throw DiskError("pread", path, code: ECANCELED) }
    return count
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(DiskError) {
    throw DiskError("pwrite", path, code: EROFS)
  }
  func sync() throws(DiskError) { throw DiskError("fdatasync", path, code: EROFS) }
  func truncate(to size: UInt64) throws(DiskError) {
    throw DiskError("ftruncate", path, code: EROFS)
  }
}
