import Kernel

/// The files that proofs need beside the log.
///
///     log-key              the signing key, mode 0600, made with the log
///     checkpoints/newest   the newest checkpoint, a signed note
///     checkpoints/edge     the tree's right edge at it: a cache, believed only where it gives the
///                          newest checkpoint's root
///
/// and the witness: a file on another disk, to which every checkpoint is appended.
public struct CheckpointFiles: Sendable {
  /// The data folder.
  let data: String
  let witness: String?
  let disk: any Disk

  public init(data: String, witness: String? = nil, disk: any Disk = RealDisk()) {
    self.data = data
    self.witness = witness
    self.disk = disk
  }

  var keyPath: String { data + "/log-key" }
  var folder: String { data + "/checkpoints" }
  var newestPath: String { folder + "/newest" }
  var edgePath: String { folder + "/edge" }

  // MARK: The key

  /// Nil where there is none; throws `key` where it is not one of this log.
  func readKey(log: String) throws(ProofError) -> SigningKey? {
    guard let bytes = try read(keyPath) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasSuffix("\n"), let key = SigningKey(fileText: String(text.dropLast())) else {
      throw .key(path: keyPath, what: "holds no signing key")
    }
    guard key.verifier.name == Checkpoint.origin(ofLog: log) else {
      throw .key(path: keyPath, what: "is the key of \(key.verifier.name), another log")
    }
    return key
  }

  func write(_ key: SigningKey) throws(ProofError) {
    try replace(keyPath, in: data, Array((key.fileText + "\n").utf8))
  }

  /// The verifier's key; throws `key` where the log has none yet.
  public func verifierKey(log: String) throws(ProofError) -> VerifierKey {
    guard let key = try readKey(log: log) else {
      throw .key(path: keyPath, what: "is not there; the service makes it when it first starts")
    }
    return key.verifier
  }

  // MARK: Here

  /// The newest checkpoint as it lies there.
  func newest(_ key: VerifierKey) throws(ProofError) -> SealedCheckpoint? {
    guard let bytes = try read(newestPath) else { return nil }
    return try SealedCheckpoint(bytes, key: key, place: newestPath)
  }

  func hasCheckpoint() throws(ProofError) -> Bool { try read(newestPath) != nil }

  /// Nil where there is none, or none that could be one.
  func edge() throws(ProofError) -> TreeEdge? {
    guard let bytes = try read(edgePath) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let subtrees = lines.dropFirst().compactMap { Digest(hexText: $0) }
    guard let size = lines.first.flatMap({ UInt64($0) }), subtrees.count == lines.count - 1 else {
      return nil
    }
    return TreeEdge(size: size, subtrees: subtrees)
  }

  /// Makes the checkpoints' folder, its name safe on the disk.
  func make() throws(ProofError) {
    try filing { () throws(DiskError) in
      try disk.makeFolder(folder)
      try disk.syncFolder(data)
    }
  }

  func write(_ newest: SealedCheckpoint, _ edge: TreeEdge) throws(ProofError) {
    try replace(newestPath, in: folder, newest.bytes)
    let lines = [String(edge.size)] + edge.subtrees.map { HexText.of($0.bytes) }
    try replace(edgePath, in: folder, Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  // MARK: At the witness

  /// The newest checkpoint of the witness, and how many bytes of an append that was cut short stand
  /// behind it.
  ///
  /// Only an append of `newest`, which is written here first, can have been cut short; anything
  /// else that is no checkpoint is refused.
  func witnessed(
    _ key: VerifierKey, newest: SealedCheckpoint?
  ) throws(ProofError) -> (newest: SealedCheckpoint?, torn: Int) {
    guard let witness, let (bytes, isWhole) = try readEnd(witness) else { return (nil, 0) }
    let file = isWhole ? WitnessFile(bytes) : WitnessFile.tail(bytes)
    var (notes, torn) = (file.notes, file.rest)
    if torn.isEmpty, let last = notes.last, last.contains(0), Self.isPart(last, of: newest) {
      (notes, torn) = (notes.dropLast(), last)
    }
    guard torn.isEmpty || Self.isPart(torn, of: newest) else {
      throw .malformed(place: witness, what: "behind its checkpoints stands what is none")
    }
    let found = try notes.last.map { (note) throws(ProofError) in
      try SealedCheckpoint(note, key: key, place: witness)
    }
    return (found, torn.count)
  }

  /// Whether bytes are what a power cut leaves of an append: its own, or zeros.
  private static func isPart(_ bytes: [UInt8], of newest: SealedCheckpoint?) -> Bool {
    guard let newest, bytes.count <= newest.bytes.count else { return false }
    return zip(bytes, newest.bytes).allSatisfy { $0 == $1 || $0 == 0 }
  }

  /// Makes an empty file for the witness where there is none, so that one that is gone is missed.
  func makeWitness() throws(ProofError) {
    guard let witness, try readEnd(witness, most: 0) == nil else { return }
    try filing { () throws(DiskError) in
      try disk.open(witness, .create).sync()
      try disk.syncFolder(Self.parent(witness))
    }
  }

  /// Throws `witness` where one is named and isn't there.
  func requireWitness() throws(ProofError) {
    guard let witness else { return }
    guard try readEnd(witness, most: 0) != nil else { throw .witness(witness) }
  }

  /// Puts what was signed aside, here and at the witness, where it is kept: from here on another
  /// history is signed.
  ///
  /// Gives the path that the witness's file has now; nil where there is none.
  public func beginEpoch() throws(ProofError) -> String? {
    if try read(newestPath) != nil { try putAside(newestPath, in: folder) }
    guard let witness, try readEnd(witness, most: 0) != nil else { return nil }
    let aside = try putAside(witness, in: Self.parent(witness))
    try makeWitness()
    return aside
  }

  @discardableResult private func putAside(
    _ path: String, in folder: String
  ) throws(ProofError) -> String {
    var number = 1
    while try readEnd("\(path)-epoch\(number)", most: 0) != nil { number += 1 }
    let aside = "\(path)-epoch\(number)"
    try filing { () throws(DiskError) in
      try disk.rename(path, to: aside)
      try disk.syncFolder(folder)
    }
    return aside
  }

  /// Takes away the last bytes of the witness: an append that was cut short.
  func mendWitness(cutting torn: Int) throws(ProofError) {
    guard let witness, torn > 0 else { return }
    try filing { () throws(DiskError) in
      let file = try disk.open(witness, .write)
      try file.truncate(to: file.size() - UInt64(torn))
      try file.sync()
    }
  }

  /// Appends a checkpoint to the witness; where that fails the file is as it was.
  func witness(_ checkpoint: SealedCheckpoint) throws(ProofError) {
    guard let witness else { return }
    try filing { () throws(DiskError) in
      let file: any DiskFile
      do throws(DiskError) {
        file = try disk.open(witness, .write)
      } catch {
        guard error.isMissing else { throw error }
        file = try disk.open(witness, .create)
        try disk.syncFolder(Self.parent(witness))
      }
      let end = try file.size()
      do throws(DiskError) {
        try file.write(checkpoint.bytes, at: end)
        try file.sync()
      } catch {
        // Half a note would be in the way of the next one.
        try? file.truncate(to: end)
        throw error
      }
    }
  }

  /// Every checkpoint of a witness's file, whole and signed.
  static func witnessed(
    in path: String, _ key: VerifierKey, disk: any Disk
  ) throws(ProofError) -> [SealedCheckpoint] {
    let files = CheckpointFiles(data: "", disk: disk)
    guard let bytes = try files.read(path) else { throw .files("there is no \(path)") }
    let file = WitnessFile(bytes)
    guard file.rest.isEmpty else {
      throw .malformed(
        place: path, what: "it ends within a checkpoint; the service mends that at its next start")
    }
    return try file.notes.map { (note) throws(ProofError) in
      try SealedCheckpoint(note, key: key, place: path)
    }
  }

  // MARK: Files

  private func read(_ path: String) throws(ProofError) -> [UInt8]? {
    try readEnd(path, most: .max)?.bytes
  }

  /// The end of a file, and whether that is all of it; nil where there is none.
  private func readEnd(
    _ path: String, most: UInt64 = 1 << 16
  ) throws(ProofError) -> (bytes: [UInt8], isWhole: Bool)? {
    try filing { () throws(DiskError) in
      let file: any DiskFile
      do throws(DiskError) {
        file = try disk.open(path, .read)
      } catch {
        if error.isMissing { return nil }
        throw error
      }
      let size = try file.size()
      let start = size - min(size, most)
      return (try file.bytes(Int(size - start), at: start), start == 0)
    }
  }

  /// Writes a file so that either the old or the new one is there after a crash.
  private func replace(
    _ path: String, in folder: String, _ bytes: [UInt8]
  ) throws(ProofError) {
    try filing { () throws(DiskError) in
      let file = try disk.open(path + ".new", .create)
      try file.write(bytes, at: 0)
      try file.sync()
      try disk.rename(path + ".new", to: path)
      try disk.syncFolder(folder)
    }
  }

  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
