public import Kernel

/// The folder where a log's snapshots are: two files in turn, so that the one before the newest is
/// there while the next is written.
public struct SnapshotFolder: Sendable {
  public let path: String
  private let disk: any Disk
  private static let names = ["1.snapshot", "2.snapshot"]

  public init(path: String, disk: any Disk = RealDisk()) {
    self.path = path
    self.disk = disk
  }

  /// A file of the folder.
  public struct Entry: Sendable {
    public let file: String
    public let bytes: UInt64
    /// What its head says; nil where that can't be read.
    public let snapshot: Snapshot?
    /// Why it can't be used, as far as the head tells.
    public let fault: String?
  }

  /// What there is, newest first, and what is none last.
  public func entries() -> [Entry] {
    Self.names.compactMap { name in
      let file: any DiskFile
      do throws(DiskError) {
        file = try disk.open(path + "/" + name, .read)
      } catch {
        if error.isMissing { return nil }
        return Entry(file: name, bytes: 0, snapshot: nil, fault: error.description)
      }
      let size = (try? file.size()) ?? 0
      do throws(SnapshotFault) {
        let snapshot = try SnapshotReader(file).snapshot
        return Entry(file: name, bytes: size, snapshot: snapshot, fault: nil)
      } catch {
        return Entry(file: name, bytes: size, snapshot: nil, fault: error.what)
      }
    }.sorted { ($0.snapshot?.position ?? 0) > ($1.snapshot?.position ?? 0) }
  }

  /// Keeps a state in the place of the oldest; gives the size of its file.
  ///
  /// Whatever fails leaves those there are as they were.
  public func write(
    _ snapshot: Snapshot, _ list: (inout StateFields) -> Void
  ) throws(DiskError) -> UInt64 {
    try disk.makeFolder(path)
    let there = entries()
    let free = Self.names.first { name in !there.contains { $0.file == name } }
    let name = free ?? there.last?.file ?? Self.names[0]
    let new = path + "/" + name + ".new"
    let writer = SnapshotWriter(try disk.open(new, .create), snapshot)
    var fields = StateFields(writing: writer)
    list(&fields)
    precondition(fields.isSound, "a state was listed that can't be")
    let size = try writer.finish()
    try disk.rename(new, to: path + "/" + name)
    try disk.syncFolder(path)
    return size
  }

  /// A state that was found, and where it stands.
  public struct Found<State> {
    public let state: State
    public let snapshot: Snapshot
  }

  /// Reads the newest state that is of this very log and of this shape; nil where there is none.
  ///
  /// `ignored` is told of each that isn't used, and why; `shape` is asked for where there is one.
  public func newest<State>(
    of source: any EventSource, log: LogID, shape: @autoclosure () -> UInt64, into blank: State,
    _ list: (inout State, inout StateFields) -> Void, ignored: (String) -> Void
  ) -> Found<State>? {
    for entry in entries() {
      do throws(SnapshotFault) {
        if let fault = entry.fault { throw SnapshotFault(fault) }
        let file: any DiskFile
        do throws(DiskError) {
          file = try disk.open(path + "/" + entry.file, .read)
        } catch {
          throw SnapshotFault(error.description)
        }
        let reader = try SnapshotReader(file)
        try Self.check(reader.snapshot, source, log, shape())
        var fields = StateFields(reading: reader)
        var state = blank
        list(&state, &fields)
        guard fields.isSound, reader.isAtEnd() else {
          throw reader.fault ?? SnapshotFault("it isn't what this program keeps")
        }
        return Found(state: state, snapshot: reader.snapshot)
      } catch {
        ignored("\(path)/\(entry.file): \(error.what)")
      }
    }
    return nil
  }

  private static func check(
    _ snapshot: Snapshot, _ source: any EventSource, _ log: LogID, _ shape: UInt64
  ) throws(SnapshotFault) {
    guard snapshot.log == log else { throw SnapshotFault("it is of log \(snapshot.log)") }
    guard snapshot.shape == shape else {
      throw SnapshotFault("it was kept by another version of this program")
    }
    let head = source.head.position
    guard snapshot.position > 0, snapshot.position <= head else {
      throw SnapshotFault("it is of position \(snapshot.position), and the log ends at \(head)")
    }
    guard let event = try? source.read(after: snapshot.position - 1, limit: 1).first,
      event.position == snapshot.position, event.hash == snapshot.hash
    else {
      throw SnapshotFault("the log has another event at position \(snapshot.position)")
    }
  }
}
