import Kernel

/// Where a backup lies, with the names of a data folder.
///
///     backup.json                       the manifest; what it doesn't list counts for nothing
///     log/log.json                      the log's marker, which says that recovery is owed
///     log/segments/…                    closed segments as they are, and the last as it was
///     checkpoints/4711                  the newest checkpoint, by the events it covers
///     lock                              held while a backup is written
///
/// A file that an older manifest lists changes in one way only: the last segment gets longer.
struct BackupFolder {
  let path: String
  let disk: any Disk

  static let marker = "log/log.json"
  static let segments = "log/segments"
  static let checkpoints = "checkpoints"

  func path(of name: String) -> String { path + "/" + name }

  /// Nil where the folder holds no manifest.
  func readManifest() throws(BackupError) -> BackupManifest? {
    let bytes: [UInt8]
    do throws(DiskError) {
      let file = try disk.open(path(of: BackupManifest.name), .read)
      bytes = try file.bytes(Int(min(1 << 30, file.size())), at: 0)
    } catch {
      if error.isMissing { return nil }
      throw .files(error.description)
    }
    return try BackupManifest(bytes)
  }

  func write(_ manifest: BackupManifest, _ copy: FileCopy) throws(BackupError) {
    try copy.write(manifest.bytes, to: path(of: BackupManifest.name), in: path)
  }

  /// Takes the folder for a log's backup: the lock, and the manifest of the backup before, which
  /// has position 0 where there is none.
  ///
  /// Throws `occupied` where something else lies there, and has changed nothing then.
  func begin(
    _ log: FileLogReader, _ copy: FileCopy
  ) throws(BackupError) -> (lock: any DiskLock, before: BackupManifest) {
    try backing { () throws(DiskError) in
      try disk.makeFolder(path)
      try disk.syncFolder(CheckpointFiles.parent(path))
    }
    let before = try readManifest()
    if before == nil { try requireEmpty() }
    let lock = try take()
    if let before { return (lock, before) }
    // First of all: from here on the folder is known to be a backup's, whenever this is cut off.
    var manifest = BackupManifest()
    manifest.log = log.logID
    manifest.environment = log.environment
    manifest.head = HexText.of(Digest.zero.bytes)
    try write(manifest, copy)
    return (lock, manifest)
  }

  private func requireEmpty() throws(BackupError) {
    let names = try backing { () throws(DiskError) in try disk.names(in: path) }
    let ours: Set<String> = ["lock", BackupManifest.name + ".new"]
    guard names.allSatisfy(ours.contains) else { throw .occupied(folder: path) }
  }

  private func take() throws(BackupError) -> any DiskLock {
    switch try backing({ () throws(DiskError) in try disk.lock(path(of: "lock")) }) {
    case .held(let lock): return lock
    case .taken(let process): throw .taken(folder: path, process: process)
    }
  }

  func makeFolders() throws(BackupError) {
    try backing { () throws(DiskError) in
      for folder in ["log", Self.segments, Self.checkpoints] {
        try disk.makeFolder(path(of: folder))
      }
      try disk.syncFolder(path(of: "log"))
      try disk.syncFolder(path)
    }
  }

  /// Takes away what a manifest doesn't list: older and unfinished files of backups, no others.
  func clear(but manifest: BackupManifest) throws(BackupError) {
    let names = try unlisted(manifest)
    try backing { () throws(DiskError) in
      for folder in [Self.segments, Self.checkpoints] {
        let left = names.filter {
          $0.hasPrefix(folder + "/") && Self.isOurs(String($0.dropFirst(folder.count + 1)))
        }
        for name in left { try disk.remove(path(of: name)) }
        if !left.isEmpty { try disk.syncFolder(path(of: folder)) }
      }
    }
  }

  /// Names beside a backup that its manifest doesn't list.
  func unlisted(_ manifest: BackupManifest) throws(BackupError) -> [String] {
    let listed = Set(manifest.files.map(\.name))
    return try backing { () throws(DiskError) in
      var found: [String] = []
      for folder in [Self.segments, Self.checkpoints] {
        found += try disk.names(in: path(of: folder)).map { folder + "/" + $0 }
      }
      return found.filter { !listed.contains($0) }
    }
  }

  private static func isOurs(_ name: String) -> Bool {
    name.hasSuffix(".new") || Segment.Name(name) != nil || UInt64(name) != nil
  }

  /// The backup's log as a manifest has it, for reading.
  func open(_ manifest: BackupManifest) throws(BackupError) -> FileLogReader {
    let folder = path(of: Self.segments)
    let start = Self.segments.count + 1
    let names = manifest.files.filter { $0.first != nil }.map { String($0.name.dropFirst(start)) }
    return try storing { () throws(StoreError) in
      try FileLogReader.open(
        folder: path(of: "log"),
        disk: ListedDisk(disk: disk, folder: folder, names: Set(names)))
    }
  }
}
