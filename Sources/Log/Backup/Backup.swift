public import Kernel

/// A log's backup in a folder of its own, written while the service runs.
///
/// Takes no lock of the log's writer and keeps nobody waiting. Closed segments are copied once and
/// then only checked; of the last one all whole groups are copied. A backup that is cut off at any
/// moment leaves the one before as it was. Keys and configuration are in none.
public struct Backup {
  /// How much of the copy is read again before the manifest is written.
  public enum Check: Sendable {
    /// Every file's digest, every event from the first file that was copied on, and the indexes of
    /// sealed ones among them.
    case new
    /// Every event, its body and its balance, and the checkpoint's root.
    case full
  }

  /// Bytes read and to be read, for people who wait.
  public struct Progress: Sendable {
    public internal(set) var done: UInt64 = 0
    public internal(set) var total: UInt64 = 0
  }

  /// What a backup came to.
  public struct Report: Hashable, Sendable {
    public internal(set) var position: UInt64 = 0
    /// The chain's hash at the position, in hex.
    public internal(set) var head = ""
    /// The tree's root over all events, in hex.
    public internal(set) var root = ""
    /// Events that the checkpoint covers; nil where nothing was signed.
    public internal(set) var checkpoint: UInt64?
    public internal(set) var copiedFiles = 0
    public internal(set) var copiedBytes: UInt64 = 0
    public internal(set) var keptFiles = 0
    public internal(set) var keptBytes: UInt64 = 0
    /// Files of the backup before that had changed, and were copied again.
    public internal(set) var mended: [String] = []
  }

  let data: String
  let folder: BackupFolder
  let disk: any Disk

  /// - Parameters:
  ///   - data: The data folder, with the log in it.
  ///   - target: The backup's folder, made where there is none; nothing of it may be the log's.
  public init(of data: String, in target: String, disk: any Disk = RealDisk()) {
    self.data = data
    folder = BackupFolder(path: target, disk: disk)
    self.disk = disk
  }

  /// Brings the backup up to what is in the log now.
  ///
  /// Throws `occupied`, `otherLog`, `forked` and `older` where the target isn't this log's, or has
  /// what the log has not: then nothing was changed.
  public func run(
    at now: Instant, checking check: Check = .new,
    progress: @escaping (Progress) -> Void = { _ in }
  ) throws(BackupError) -> Report {
    let log = try storing { () throws(StoreError) in
      try FileLogReader.open(folder: data + "/log", disk: disk)
    }
    // Before the log's end is looked at, so that the log covers it.
    let signed = try newestCheckpoint(log)
    let extent = try storing { () throws(StoreError) in try log.extent() }
    guard extent.head.position > 0 else {
      throw .store(.unusable("\(data)/log holds no events yet"))
    }
    // The newest group may be shown before its writer's sync has ended: a backup must not have what
    // the log could still lose.
    if let tail = extent.parts.last, tail.end != nil {
      try backing { () throws(DiskError) in try tail.segment.file.sync() }
    }
    var state = Progress()
    let copy = FileCopy(disk: disk) { count in
      state.done += UInt64(count)
      progress(state)
    }
    let (lock, before) = try folder.begin(log, copy)
    defer { lock.release() }
    try Self.check(before, against: log)
    try folder.makeFolders()
    var copying = BackupCopying(folder: folder, copy: copy, before: before)
    state.total = try copying.size(of: extent)
    var manifest = try copying.run(extent, environment: log.environment, signed)
    manifest.at = now
    let tree = try verify(manifest, extent, signed, copying, check)
    manifest.edge = tree.subtrees.map { HexText.of($0.bytes) }
    manifest.root = HexText.of(tree.root(Chain()).bytes)
    try folder.write(manifest, copy)
    try folder.clear(but: manifest)
    copying.report.position = extent.head.position
    copying.report.head = manifest.head
    copying.report.root = manifest.root
    copying.report.checkpoint = signed?.note.checkpoint.size
    return copying.report
  }

  /// The newest checkpoint with its key, seen to be one of the log's; nil where nothing was signed.
  private func newestCheckpoint(_ log: FileLogReader) throws(BackupError) -> SignedByLog? {
    let files = CheckpointFiles(data: data, disk: disk)
    return try attesting { () throws(ProofError) in
      guard let key = try files.readKey(log: log.logID)?.verifier,
        let note = try files.newest(key)
      else { return nil }
      try note.check(headOf: log)
      return SignedByLog(note: note, key: key)
    }
  }

  /// Refuses a log that doesn't go on where the backup ends.
  private static func check(
    _ before: BackupManifest, against log: FileLogReader
  ) throws(BackupError) {
    guard before.log == log.logID else {
      throw .otherLog(holds: before.log, source: log.logID)
    }
    guard before.position > 0 else { return }
    let position = UInt64(before.position)
    let event = try storing { () throws(StoreError) in
      try log.read(after: position - 1, limit: 1).first
    }
    guard let event else { throw .older(source: log.head.position, backup: position) }
    guard HexText.of(event.hash) == before.head else { throw .forked(position: position) }
  }

  /// Reads the copy as the log it will be; gives its tree.
  private func verify(
    _ manifest: BackupManifest, _ extent: LogExtent, _ signed: SignedByLog?,
    _ copying: BackupCopying, _ check: Check
  ) throws(BackupError) -> TreeEdge {
    let copy = try folder.open(manifest)
    guard copy.head.position == extent.head.position, copy.head.hash == extent.head.hash else {
      throw .damaged(
        file: BackupFolder.segments, what: "the copy's log ends at \(copy.head.position)")
    }
    var start = copying.before
    switch check {
    case .new:
      if let first = copying.copied.first {
        try BackupTree.walk(copy, from: first.segment, to: start)
      }
      let sealed = copying.copied.filter { $0.kind == .sealed }.map(\.segment.first)
      try storing { () throws(StoreError) in try copy.checkSealed(sealed) }
    case .full:
      start = BackupManifest()
      _ = try storing { () throws(StoreError) in try copy.verify() }
    }
    return try BackupTree.read(copy, after: start, checking: signed?.note)
  }
}

/// A checkpoint and the key it is signed with.
struct SignedByLog {
  let note: SealedCheckpoint
  let key: VerifierKey
}

/// The tree of a backup's events, event after event.
enum BackupTree {
  /// Reads the events from a segment on to where a manifest ends, along the chain: a part that was
  /// copied anew, as it is sealed now or had changed, must hold what was there before.
  static func walk(
    _ log: FileLogReader, from first: Segment, to end: BackupManifest
  ) throws(BackupError) {
    guard first.first <= end.position else { return }
    var leaves = LogLeaves(of: log, after: first.first - 1, hash: first.before)
    try attesting { () throws(ProofError) in
      try leaves.read(to: UInt64(end.position)) { _, _, _ in }
    }
    guard HexText.of(leaves.hash.bytes) == end.head else {
      throw .damaged(file: BackupFolder.segments, what: "the copy is another log than before")
    }
  }

  /// Reads a log from where a manifest ends; throws where it isn't what the checkpoint was signed
  /// over.
  static func read(
    _ log: FileLogReader, after start: BackupManifest, checking signed: SealedCheckpoint?
  ) throws(BackupError) -> TreeEdge {
    guard var edge = start.tree,
      let hash = start.position == 0 ? .zero : Digest(hexText: start.head)
    else { throw .damaged(file: BackupManifest.name, what: "its tree is none of its position") }
    let (first, head) = (edge.size, log.head.position)
    var leaves = LogLeaves(of: log, after: first, hash: hash)
    return try attesting { () throws(ProofError) in
      if let signed, signed.checkpoint.size < first { try signed.check(headOf: log) }
      for end in [signed?.checkpoint.size, head].compactMap({ $0 }) where end >= first {
        try leaves.read(to: end) { (leaf, _, chain) throws(ProofError) in
          edge.append(leaf, chain)
        }
        if let signed, signed.checkpoint.size == end {
          try signed.check(root: edge.root(leaves.chain), head: leaves.hash)
        }
      }
      return edge
    }
  }
}
