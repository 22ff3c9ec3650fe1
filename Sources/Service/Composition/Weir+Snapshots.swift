import Engine
import Log

// Where the engine's state is kept, and what is told of it.
extension Weir {
  static func keeping(_ configuration: Configuration, _ store: any LogStore) -> Keeping? {
    guard let log = LogID(text: store.logID) else { return nil }
    let folder = SnapshotFolder(path: DataFolder(configuration.data).snapshots)
    var keeping = Keeping(folder: folder, log: log, program: { program })
    keeping.every = UInt64(configuration.snapshotEvents)
    return keeping
  }

  /// Eight bytes of the SHA-256 of this program's own file.
  ///
  /// A program that can't read itself has a number of the moment, and keeps snapshots for nobody.
  static let program: UInt64 =
    SHA256.digest(ofFile: "/proc/self/exe").map { $0.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
    ?? .random(in: .min ... .max)

  static func tell(_ news: LoopNews, _ logger: Logger) {
    switch news {
    case .started(let from, let to, let microseconds):
      logger.info(
        "log_taken_in",
        [
          "from": .integer(Int(from)), "to": .integer(Int(to)),
          "milliseconds": .integer(Int(microseconds / 1_000)),
        ])
    case .taken(let position, let head):
      logger.info(
        "taking_log_in", ["position": .integer(Int(position)), "head": .integer(Int(head))])
    case .ignored(let why): logger.warning("snapshot_ignored", ["why": .text(why)])
    case .kept(let position, let bytes, let microseconds):
      logger.info(
        "snapshot_kept",
        [
          "position": .integer(Int(position)), "bytes": .integer(Int(bytes)),
          "milliseconds": .integer(Int(microseconds / 1_000)),
        ])
    case .notKept(let why): logger.warning("snapshot_not_kept", ["why": .text(why)])
    }
  }
}
