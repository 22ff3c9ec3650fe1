import Kernel

import JSON

/// A proof of the log against its newest checkpoint, made by reading the log once.
///
/// Shown to somebody who holds nothing but the verifier key, it says that one event is in the log,
/// or that an older log is how this one begins.
public struct LogProof: Sendable {
  /// The proof as one JSON object.
  public let json: [UInt8]

  /// That the event at a position is in the log: the event, the hashes from its leaf to the root
  /// in base64, and the checkpoint.
  ///
  /// Throws `unsigned` where there is no checkpoint, `unproven` where none covers the position yet.
  public static func inclusion(
    of position: UInt64, in log: any WholeLog, files: CheckpointFiles
  ) throws(ProofError) -> LogProof {
    let newest = try checkpoint(over: position, log, files)
    let ranges = TreeProof.inclusion(of: position - 1, in: newest.checkpoint.size)
    var event: StoredEvent?
    let path = try read(ranges, log, newest) { if $0.position == position { event = $0 } }
    guard let event else { throw .files("position \(position) was not read") }
    var envelope = BodyWriter()
    event.envelope.write(body: event.body, to: &envelope)
    return LogProof(newest, path) { writer in
      writer.name("event")
      writer.raw(envelope.out.bytes)
    } last: { writer in
      writer.name("position")
      writer.integer(position)
    }
  }

  /// That the first `old` events were a log of their own and are how this one begins.
  public static func consistency(
    from old: UInt64, in log: any WholeLog, files: CheckpointFiles
  ) throws(ProofError) -> LogProof {
    let newest = try checkpoint(over: old, log, files)
    let ranges = TreeProof.consistency(from: old, to: newest.checkpoint.size)
    var oldTree = SubtreeCollector([0..<old])
    let path = try read(ranges, log, newest) { _ in
    } leaf: {
      oldTree.append($0, $1)
    }
    let root = oldTree.roots(Chain())[0]
    return LogProof(newest, path) { writer in
      writer.name("from")
      writer.integer(old)
    } last: { writer in
      writer.name("oldRoot")
      writer.string(Base64.text(of: root.bytes))
    }
  }

  /// Checks that the log begins with each of some checkpoints, roots and chain; gives how many.
  ///
  /// The newest one of the data folder is among them where there is one, and those of a witness's
  /// file where one is named. Reads the log once, up to the largest.
  ///
  /// - Parameter key: The verifier key that was kept outside; the folder's own where it is nil,
  ///   and then whoever can replace log and key goes unseen.
  public static func verify(
    _ log: any WholeLog, files: CheckpointFiles, witness: String?, key: VerifierKey? = nil
  ) throws(ProofError) -> Int {
    let own = key == nil ? try files.readKey(log: log.logID)?.verifier : nil
    guard let key = key ?? own else {
      guard witness == nil, !(try files.hasCheckpoint()) else {
        throw .key(path: files.keyPath, what: "is not there, and checkpoints are")
      }
      return 0
    }
    guard key.name == Checkpoint.origin(ofLog: log.logID) else {
      throw .otherLog(
        place: "the key", names: key.name, log: Checkpoint.origin(ofLog: log.logID))
    }
    var checkpoints = try files.newest(key).map { [$0] } ?? []
    if let witness {
      checkpoints += try CheckpointFiles.witnessed(in: witness, key, disk: files.disk)
    }
    try proving { () throws(StoreError) in try log.refresh() }
    try verify(log, checkpoints)
    return checkpoints.count
  }

  static func verify(
    _ source: any EventSource, _ checkpoints: [SealedCheckpoint]
  ) throws(ProofError) {
    var edge = TreeEdge()
    var leaves = LogLeaves(of: source)
    let head = source.head.position
    for sealed in checkpoints.sorted(by: { $0.checkpoint.size < $1.checkpoint.size }) {
      guard sealed.checkpoint.size <= head else {
        throw .truncated(place: sealed.place, size: sealed.checkpoint.size, head: head)
      }
      try leaves.read(to: sealed.checkpoint.size) { (leaf, _, chain) throws(ProofError) in
        edge.append(leaf, chain)
      }
      try sealed.check(root: edge.root(leaves.chain), head: leaves.hash)
    }
  }

  private static func checkpoint(
    over position: UInt64, _ log: any WholeLog, _ files: CheckpointFiles
  ) throws(ProofError) -> SealedCheckpoint {
    let key = try files.verifierKey(log: log.logID)
    guard let newest = try files.newest(key) else { throw .unsigned(files.newestPath) }
    guard position >= 1, position <= newest.checkpoint.size else {
      throw .unproven(size: newest.checkpoint.size)
    }
    return newest
  }

  /// Reads what the checkpoint covers, and gives the roots of some of its subtrees.
  private static func read(
    _ ranges: [Range<UInt64>], _ log: any WholeLog, _ newest: SealedCheckpoint,
    event see: (StoredEvent) -> Void, leaf: (Digest, Chain) -> Void = { _, _ in }
  ) throws(ProofError) -> [Digest] {
    try proving { () throws(StoreError) in try log.refresh() }
    guard newest.checkpoint.size <= log.head.position else {
      throw .truncated(
        place: newest.place, size: newest.checkpoint.size, head: log.head.position)
    }
    var edge = TreeEdge()
    var collector = SubtreeCollector(ranges)
    var leaves = LogLeaves(of: log)
    try leaves.read(to: newest.checkpoint.size) { (hash, event, chain) throws(ProofError) in
      edge.append(hash, chain)
      collector.append(hash, chain)
      leaf(hash, chain)
      see(event)
    }
    try newest.check(root: edge.root(leaves.chain), head: leaves.hash)
    return collector.roots(leaves.chain)
  }

  private init(
    _ newest: SealedCheckpoint, _ path: [Digest], first: (inout JSONWriter) -> Void,
    last: (inout JSONWriter) -> Void
  ) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("checkpoint")
    writer.string(String(decoding: newest.bytes, as: UTF8.self))
    first(&writer)
    writer.name("hashes")
    writer.beginArray()
    for hash in path { writer.string(Base64.text(of: hash.bytes)) }
    writer.endArray()
    last(&writer)
    writer.name("size")
    writer.integer(newest.checkpoint.size)
    writer.endObject()
    json = writer.bytes
  }
}
