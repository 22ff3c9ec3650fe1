import Glibc
import Kernel
import Log

/// A log of the line's own mix, made by the real deciders and sagas: orders, notices at every
/// status, accumulations, conversions, batches, splits, hostpays and transfers of many channels.
struct GeneratedLog {
  let folder: String
  let clientele: Clientele
  /// How long making it took; 0 where it was there already.
  private(set) var seconds = 0.0

  /// Commands a group has at most: a busy service's, not the largest there could be.
  private static let group = 200
  /// Calls that are owed while no more purchases begin.
  private static let owedMost = 600
  /// Raised whenever the same number makes another log.
  private static let version = 1

  /// Finds the log in the folder, or makes it there.
  ///
  /// - Parameter options: How it is made; nil as a service would.
  init(
    events: Int, in work: WorkFolder, _ progress: BenchProgress,
    _ options: FileStore.Options? = nil
  ) throws(BenchFailure) {
    clientele = Clientele(count: min(2_000, max(16, events / 500)))
    let kind = options == nil ? "" : "-raw"
    folder = "\(work.path)/log-v\(Self.version)-\(events)\(kind)"
    if access(folder, F_OK) != 0 { try make(events, options, work, progress) }
    if options == nil { try seal(progress) }
  }

  private mutating func make(
    _ events: Int, _ options: FileStore.Options?, _ work: WorkFolder, _ progress: BenchProgress
  ) throws(BenchFailure) {
    let start = Stopwatch.wall()
    // Under another name until it is whole.
    let unfinished = work.fresh("log.new")
    do throws(StoreError) {
      try make(events, unfinished, progress, options ?? FileStore.Options())
    } catch {
      throw .store(error)
    }
    guard rename(unfinished, folder) == 0 else {
      throw .failed("rename \(unfinished): \(String(cString: strerror(errno)))")
    }
    seconds = Stopwatch.wall() - start
  }

  /// Seals what is closed, as it is where a service has had the time.
  private func seal(_ progress: BenchProgress) throws(BenchFailure) {
    progress.tell("sealing the log")
    let store = try open()
    do throws(StoreError) {
      try store.sealAll()
      try store.close()
    } catch {
      throw .store(error)
    }
  }

  func open(_ disk: any Disk = RealDisk()) throws(BenchFailure) -> FileStore {
    var options = FileStore.Options()
    options.mayCreate = false
    do throws(StoreError) {
      return try FileStore.open(
        folder: folder, environment: .sandbox, options: options, disk: disk)
    } catch {
      throw .store(error)
    }
  }

  private func make(
    _ events: Int, _ folder: String, _ progress: BenchProgress, _ options: FileStore.Options
  ) throws(StoreError) {
    let store = try FileStore.open(folder: folder, environment: .sandbox, options: options)
    var settings = Traffic.Settings()
    settings.width = 64
    // A purchase is some 11 events of its channel: enough of them for a timeline of 1,000.
    settings.watchEvery = max(2, events / 11 / 130)
    var traffic = Traffic(clientele, settings)
    var line = Line(store)
    var made = try line.step(clientele.opening(log: store.logID))
    var told = 0
    while made < events {
      // As fast as the world answers: sixteen transfers at a time are what a wallet has.
      let size = line.owed > Self.owedMost ? 1 : min(Self.group, max(1, (events - made) / 4))
      made += try line.step((0..<size).map { _ in traffic.next() })
      if made - told > 10_000 {
        progress.tell("making a log: \(made) of \(events) events")
        told = made
      }
    }
    try store.close()
  }
}
