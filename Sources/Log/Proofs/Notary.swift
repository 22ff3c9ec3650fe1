import Synchronization

/// Signs what the log has become: keeps the tree's edge, and writes checkpoints here and at the
/// witness.
///
/// Never signs two trees of which the older isn't how the newer begins: opening refuses a log that
/// doesn't begin with the newest checkpoints (R1), and from there the edge only grows. A kill
/// between an append and its checkpoint is harmless: the next checkpoint covers it.
///
/// Memory: the edge, and a page of events while signing.
public final class Notary: Sendable {
  public let key: VerifierKey
  private let source: any EventSource
  private let files: CheckpointFiles
  private let signingKey: SigningKey
  private let state: Mutex<State>
  private let published: Mutex<SealedCheckpoint?>

  private struct State {
    var edge: TreeEdge
    /// The chain's hash at the edge.
    var hash: Digest
    /// What the witness has.
    var witnessed: UInt64
  }

  /// Checks the log against the newest checkpoints here and at the witness; makes the key where
  /// nothing was ever signed.
  ///
  /// Throws `truncated` or `rewritten` where the log doesn't begin with what was signed, `key`
  /// where checkpoints have lost their key, `witness` where a signed log has lost its witness, and
  /// others by name. Reads the log from its start only where the edge isn't there or isn't the
  /// newest checkpoint's.
  public static func open(
    _ source: any EventSource, log: String, files: CheckpointFiles
  ) throws(ProofError) -> Notary {
    let signed = try Signed(source, log: log, files)
    try files.make()
    if signed.newest == nil { try files.makeWitness() } else { try files.requireWitness() }
    if !signed.hasKey { try files.write(signed.key) }
    let notary = Notary(
      source, files, signed.key, try state(source, files, signed.checkpoints), signed.newest)
    notary.state.withLock { $0.witnessed = signed.witnessed?.checkpoint.size ?? 0 }
    try files.mendWitness(cutting: signed.torn)
    try notary.witness()
    return notary
  }

  /// Checks a log as `open` does, and changes nothing; gives the size of the newest checkpoint, 0
  /// where nothing was signed.
  ///
  /// Throws `witness` where there is to be one and it isn't there.
  public static func check(
    _ source: any EventSource, log: String, files: CheckpointFiles
  ) throws(ProofError) -> UInt64 {
    try files.requireWitness()
    let signed = try Signed(source, log: log, files)
    _ = try state(source, files, signed.checkpoints)
    return signed.checkpoints.map(\.checkpoint.size).max() ?? 0
  }

  /// What was signed of a log, here and at the witness, and that the log begins so.
  private struct Signed {
    let key: SigningKey
    /// False where the key was made just now.
    let hasKey: Bool
    let newest: SealedCheckpoint?
    let witnessed: SealedCheckpoint?
    /// Bytes at the witness's end that are part of a checkpoint.
    let torn: Int
    var checkpoints: [SealedCheckpoint] { [newest, witnessed].compactMap { $0 } }

    init(
      _ source: any EventSource, log: String, _ files: CheckpointFiles
    ) throws(ProofError) {
      let kept = try files.readKey(log: log)
      hasKey = kept != nil
      key = kept ?? .fresh(name: Checkpoint.origin(ofLog: log))
      do throws(ProofError) {
        newest = try files.newest(key.verifier)
        (witnessed, torn) = try files.witnessed(key.verifier, newest: newest)
      } catch {
        guard kept == nil, case .forged = error else { throw error }
        throw .key(path: files.keyPath, what: "is not there, but checkpoints are: \(error)")
      }
      for checkpoint in checkpoints { try checkpoint.check(headOf: source) }
    }
  }

  private init(
    _ source: any EventSource, _ files: CheckpointFiles, _ key: SigningKey, _ state: State,
    _ newest: SealedCheckpoint?
  ) {
    self.source = source
    self.files = files
    signingKey = key
    self.key = key.verifier
    self.state = Mutex(state)
    published = Mutex(newest)
  }

  /// The newest checkpoint, a signed note; nil before the first.
  public var newest: [UInt8]? { published.withLock { $0?.bytes } }

  /// How many events the newest checkpoint covers.
  public var signed: UInt64 { published.withLock { $0?.checkpoint.size ?? 0 } }

  /// Signs all that is durable now, writes it here and then at the witness; gives its size.
  ///
  /// Where nothing is new it only brings the witness up. One caller at a time; may be called again
  /// after it threw.
  @discardableResult public func sign() throws(ProofError) -> UInt64 {
    let head = source.head.position
    try state.withLock { (state) throws(ProofError) in
      guard head > signed else { return }
      var edge = state.edge
      var leaves = LogLeaves(of: source, after: edge.size, hash: state.hash)
      try leaves.read(to: head) { (leaf, _, chain) throws(ProofError) in
        edge.append(leaf, chain)
      }
      let sealed = SealedCheckpoint(
        Checkpoint(
          origin: key.name, size: head, root: edge.root(leaves.chain), head: leaves.hash),
        sealedBy: signingKey, place: files.newestPath)
      try files.write(sealed, edge)
      (state.edge, state.hash) = (edge, leaves.hash)
      published.withLock { $0 = sealed }
    }
    try witness()
    return signed
  }

  /// Appends the newest checkpoint to the witness where it isn't there.
  private func witness() throws(ProofError) {
    guard let newest = published.withLock({ $0 }) else { return }
    try state.withLock { (state) throws(ProofError) in
      guard state.witnessed < newest.checkpoint.size else { return }
      try files.witness(newest)
      state.witnessed = newest.checkpoint.size
    }
  }

  /// The tree at the largest of the checkpoints, each seen to be the tree's.
  private static func state(
    _ source: any EventSource, _ files: CheckpointFiles, _ checkpoints: [SealedCheckpoint]
  ) throws(ProofError) -> State {
    let chain = Chain()
    let ordered = checkpoints.sorted { $0.checkpoint.size < $1.checkpoint.size }
    var edge = TreeEdge()
    var hash = Digest.zero
    if let kept = try files.edge(),
      let known = ordered.first(where: { $0.checkpoint.size == kept.size }),
      kept.root(chain) == known.checkpoint.root
    {
      (edge, hash) = (kept, known.checkpoint.head)
    }
    var leaves = LogLeaves(of: source, after: edge.size, hash: hash)
    for sealed in ordered where sealed.checkpoint.size >= edge.size {
      try leaves.read(to: sealed.checkpoint.size) { (leaf, _, chain) throws(ProofError) in
        edge.append(leaf, chain)
      }
      try sealed.check(root: edge.root(chain), head: leaves.hash)
    }
    return State(edge: edge, hash: leaves.hash, witnessed: 0)
  }
}
