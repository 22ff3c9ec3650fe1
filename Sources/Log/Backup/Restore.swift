public import Kernel

/// Takes a backup back into a new data folder, whose log owes recovery from then on.
///
/// The log's marker is written last, when every file and every event was read again: a folder
/// without it is no log, and no service starts on it.
public struct Restore {
  /// What a restore came to.
  public struct Report: Hashable, Sendable {
    public internal(set) var position: UInt64 = 0
    /// The chain's hash at the position, in hex.
    public internal(set) var head = ""
    /// The tree's root over all events, in hex.
    public internal(set) var root = ""
    /// When the backup was begun.
    public internal(set) var madeAt: Instant?
    public internal(set) var bytes: UInt64 = 0
    /// Files beside the backup that its manifest doesn't list.
    public internal(set) var ignored: [String] = []
  }

  let backup: BackupFolder
  let data: String
  let disk: any Disk

  /// - Parameters:
  ///   - backup: The backup's folder.
  ///   - data: The data folder to be made; it may be there and empty.
  public init(of backup: String, to data: String, disk: any Disk = RealDisk()) {
    self.backup = BackupFolder(path: backup, disk: disk)
    self.data = data
    self.disk = disk
  }

  /// Checks every file of the backup, copies them, and verifies the whole log.
  ///
  /// Throws `missing` and `occupied` where there is nothing to restore, or no place; `damaged` with
  /// the first file that isn't as it was written, before anything is made. What is thrown later
  /// leaves a folder without a marker, to be taken away.
  public func run(
    progress: @escaping (Backup.Progress) -> Void = { _ in }
  ) throws(BackupError) -> Report {
    guard let manifest = try backup.readManifest(), manifest.position > 0 else {
      throw .missing(folder: backup.path)
    }
    try requireEmpty()
    var state = Backup.Progress()
    state.total = manifest.files.reduce(0) { $0 + UInt64($1.bytes) * 3 }
    let copy = FileCopy(disk: disk) { count in
      state.done += UInt64(count)
      progress(state)
    }
    for file in manifest.files { try check(file, copy) }
    try makeFolders()
    for file in manifest.files where file.name != BackupFolder.marker {
      try take(file, manifest, copy)
    }
    try backing { () throws(DiskError) in try disk.syncFolder(data + "/" + BackupFolder.segments) }
    let folder = LogFolder(path: data + "/log", disk: disk)
    let made = manifest.at.map { " made at \($0.text)" } ?? ""
    let marker = LogFolder.Marker(
      environment: manifest.environment, log: try id(of: manifest),
      recovery: "restored from a backup of position \(manifest.position)\(made)")
    try verify(manifest, folder, marker)
    try backing { () throws(DiskError) in try folder.write(marker) }
    var report = Report()
    report.position = UInt64(manifest.position)
    report.head = manifest.head
    report.root = manifest.root
    report.madeAt = manifest.at
    report.bytes = manifest.files.reduce(0) { $0 + UInt64($1.bytes) }
    report.ignored = try backup.unlisted(manifest)
    return report
  }

  private func requireEmpty() throws(BackupError) {
    let names: [String]
    do throws(DiskError) {
      names = try disk.names(in: data)
    } catch {
      if error.isMissing { return }
      throw .files(error.description)
    }
    guard names.isEmpty else { throw .occupied(folder: data) }
  }

  /// A file as the manifest has it, or a refusal that names it.
  private func check(_ file: BackupManifest.File, _ copy: FileCopy) throws(BackupError) {
    let path = backup.path(of: file.name)
    // Only the last segment may have got longer since.
    let limit = file.isTail ? UInt64(file.bytes) : .max
    guard let found = try copy.sum(of: path, limit: limit) else {
      throw .damaged(file: file.name, what: "it is missing")
    }
    guard found.bytes == UInt64(file.bytes) else {
      throw .damaged(file: file.name, what: "it has \(found.bytes) bytes, not \(file.bytes)")
    }
    guard HexText.of(found.digest.bytes) == file.sha256 else {
      throw .damaged(file: file.name, what: "it isn't what was backed up")
    }
  }

  private func makeFolders() throws(BackupError) {
    try backing { () throws(DiskError) in
      try disk.makeFolder(data)
      try disk.syncFolder(CheckpointFiles.parent(data))
      for folder in ["log", BackupFolder.segments, BackupFolder.checkpoints] {
        try disk.makeFolder(data + "/" + folder)
      }
      try disk.syncFolder(data + "/log")
      try disk.syncFolder(data)
    }
  }

  private func take(
    _ file: BackupManifest.File, _ manifest: BackupManifest, _ copy: FileCopy
  ) throws(BackupError) {
    let isCheckpoint = file.name.hasPrefix(BackupFolder.checkpoints + "/")
    let path = data + "/" + (isCheckpoint ? BackupFolder.checkpoints + "/newest" : file.name)
    let source = try backing { () throws(DiskError) in
      try disk.open(backup.path(of: file.name), .read)
    }
    let ending = file.isTail ? try ending(of: file, manifest) : []
    let made = try copy.copy(source, limit: UInt64(file.bytes), ending: ending, to: path)
    guard made.bytes == UInt64(file.bytes), HexText.of(made.digest.bytes) == file.sha256 else {
      throw .damaged(file: file.name, what: "it changed while it was copied")
    }
    try backing { () throws(DiskError) in try disk.rename(path + ".new", to: path) }
    if isCheckpoint {
      try backing { () throws(DiskError) in
        try disk.syncFolder(data + "/" + BackupFolder.checkpoints)
      }
    }
  }

  private func ending(
    of file: BackupManifest.File, _ manifest: BackupManifest
  ) throws(BackupError) -> [UInt8] {
    guard let first = file.first, let last = file.last, first > 0, last >= first - 1,
      let chain = file.chain.flatMap({ Digest(hexText: $0) })
    else { throw .damaged(file: BackupManifest.name, what: "\(file.name) has no positions") }
    return LogExtent.Part.ending(
      try id(of: manifest), first: UInt64(first), last: UInt64(last), chain: chain,
      at: UInt64(file.bytes))
  }

  private func id(of manifest: BackupManifest) throws(BackupError) -> LogID {
    guard let log = LogID(text: manifest.log) else {
      throw .damaged(file: BackupManifest.name, what: "it names no log")
    }
    return log
  }

  /// Reads the whole log in its new place, and its tree.
  private func verify(
    _ manifest: BackupManifest, _ folder: LogFolder, _ marker: LogFolder.Marker
  ) throws(BackupError) {
    let log = try storing { () throws(StoreError) in try FileLogReader.open(folder, marker) }
    let found = try storing { () throws(StoreError) in try log.verify() }
    guard found.head.position == UInt64(manifest.position),
      HexText.of(found.head.hash) == manifest.head
    else {
      throw .damaged(
        file: BackupFolder.segments, what: "the log ends at \(found.head.position)")
    }
    let signed = try attesting { () throws(ProofError) in try checkpoint(manifest) }
    let tree = try BackupTree.read(log, after: BackupManifest(), checking: signed)
    guard HexText.of(tree.root(Chain()).bytes) == manifest.root else {
      throw .damaged(file: BackupManifest.name, what: "the log has another root")
    }
  }

  private func checkpoint(_ manifest: BackupManifest) throws(ProofError) -> SealedCheckpoint? {
    guard manifest.checkpoint != nil else { return nil }
    let files = CheckpointFiles(data: data, disk: disk)
    guard let key = manifest.key.flatMap({ VerifierKey(text: $0) }) else {
      throw .key(path: BackupManifest.name, what: "names no key")
    }
    return try files.newest(key)
  }
}
