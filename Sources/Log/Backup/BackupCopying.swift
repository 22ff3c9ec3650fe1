import Kernel

/// The files of one backup: what is there already is checked, what isn't is copied.
struct BackupCopying {
  let folder: BackupFolder
  let copy: FileCopy
  let before: BackupManifest
  var report = Backup.Report()
  /// Parts that were copied, in order: what is to be read again in the copy.
  private(set) var copied: [LogExtent.Part] = []

  init(folder: BackupFolder, copy: FileCopy, before: BackupManifest) {
    self.folder = folder
    self.copy = copy
    self.before = before
  }

  /// Bytes that will be read, a copied one twice.
  func size(of extent: LogExtent) throws(BackupError) -> UInt64 {
    var size: UInt64 = 0
    for part in extent.parts {
      if let kept = known(part) {
        size += UInt64(kept.bytes)
      } else {
        size += try backing { () throws(DiskError) in
          try min(part.end ?? .max, part.segment.file.size()) * 2
        }
      }
    }
    return size
  }

  /// Brings every file up to date; gives the manifest, without its tree and time.
  mutating func run(
    _ extent: LogExtent, environment: Environment, _ signed: SignedByLog?
  ) throws(BackupError) -> BackupManifest {
    var manifest = BackupManifest()
    manifest.environment = environment
    manifest.log = extent.log.text
    manifest.position = Int(extent.head.position)
    manifest.head = HexText.of(extent.head.hash)
    let marker = LogFolder.Marker(
      environment: environment, log: extent.log, recovery: "this is a copy made by weir backup")
    manifest.files.append(try write(marker.bytes, to: BackupFolder.marker))
    for part in extent.parts { manifest.files.append(try bring(part, extent.log)) }
    if let signed {
      manifest.checkpoint = Int(signed.note.checkpoint.size)
      manifest.key = signed.key.text
      let name = BackupFolder.checkpoints + "/\(signed.note.checkpoint.size)"
      manifest.files.append(try write(signed.note.bytes, to: name))
    }
    try backing { () throws(DiskError) in
      try folder.disk.syncFolder(folder.path(of: BackupFolder.segments))
    }
    return manifest
  }

  /// What the manifest before says of a part that hasn't changed since.
  ///
  /// The chain's hash behind it binds every event in it.
  private func known(_ part: LogExtent.Part) -> BackupManifest.File? {
    guard let file = before.file(part.name), file.first == Int(part.segment.first),
      file.last == Int(part.last), file.chain == HexText.of(part.chain.bytes)
    else { return nil }
    return part.end.map { Int($0) == file.bytes } ?? true ? file : nil
  }

  private mutating func bring(
    _ part: LogExtent.Part, _ log: LogID
  ) throws(BackupError) -> BackupManifest.File {
    if let kept = known(part) {
      if try isSound(kept) {
        note(kept)
        return kept
      }
      report.mended.append(kept.name)
    }
    let path = folder.path(of: part.name)
    let made = try copy.copy(
      part.segment.file, limit: part.end ?? .max, ending: part.ending(log), to: path)
    try backing { () throws(DiskError) in try folder.disk.rename(path + ".new", to: path) }
    report.copiedFiles += 1
    report.copiedBytes += made.bytes
    copied.append(part)
    var file = BackupManifest.File()
    file.name = part.name
    file.bytes = Int(made.bytes)
    file.sha256 = HexText.of(made.digest.bytes)
    file.first = Int(part.segment.first)
    file.last = Int(part.last)
    file.chain = HexText.of(part.chain.bytes)
    return file
  }

  private func isSound(_ file: BackupManifest.File) throws(BackupError) -> Bool {
    let path = folder.path(of: file.name)
    guard let found = try copy.sum(of: path, limit: UInt64(file.bytes)) else { return false }
    return found.bytes == file.bytes && HexText.of(found.digest.bytes) == file.sha256
  }

  private mutating func note(_ kept: BackupManifest.File) {
    report.keptFiles += 1
    report.keptBytes += UInt64(kept.bytes)
  }

  /// A small file: written again only where it isn't as it should be.
  private mutating func write(
    _ bytes: [UInt8], to name: String
  ) throws(BackupError) -> BackupManifest.File {
    var file = BackupManifest.File()
    file.name = name
    file.bytes = bytes.count
    file.sha256 = HexText.of(SHA256.digest(of: bytes))
    if before.file(name) == file {
      if try isSound(file) {
        note(file)
        return file
      }
      report.mended.append(name)
    }
    let slash = name.lastIndex(of: "/") ?? name.startIndex
    try copy.write(
      bytes, to: folder.path(of: name), in: folder.path(of: String(name[..<slash])))
    report.copiedFiles += 1
    report.copiedBytes += UInt64(bytes.count)
    return file
  }
}
