import Kernel

/// A log's events as the leaves of its tree, read in order.
///
/// The leaf's bytes are those that the chain hashes, and each is seen to carry the chain on.
struct LogLeaves {
  let source: any EventSource
  let chain = Chain()
  private var writer = BodyWriter()
  /// Of the last event that was read.
  private(set) var hash: Digest
  private(set) var position: UInt64

  /// Begins behind a position whose chain hash is known.
  init(of source: any EventSource, after position: UInt64 = 0, hash: Digest = .zero) {
    self.source = source
    self.position = position
    self.hash = hash
  }

  /// Hands over each event up to a position, with its leaf's hash.
  ///
  /// Throws `damaged` where an event doesn't carry on the chain, or is missing.
  mutating func read(
    to end: UInt64, _ take: (Digest, StoredEvent, Chain) throws(ProofError) -> Void
  ) throws(ProofError) {
    while position < end {
      let limit = Int(min(1_000, end - position))
      let (source, position) = (self.source, self.position)
      let page = try proving { () throws(StoreError) in
        try source.read(after: position, limit: limit)
      }
      guard !page.isEmpty else { throw damage("it is missing") }
      for event in page { try take(try leaf(of: event), event, chain) }
    }
  }

  private mutating func leaf(of event: StoredEvent) throws(ProofError) -> Digest {
    guard event.position == position + 1 else { throw damage("another one stands there") }
    writer.out.bytes.removeAll(keepingCapacity: true)
    writer.out.bytes.append(0)
    event.envelope.write(body: event.body, to: &writer)
    let (leaf, next) = writer.out.bytes.withUnsafeBytes { bytes in
      (chain.hash(bytes), chain.hash(after: hash, bytes.part(1, bytes.count - 1)))
    }
    guard next.bytes == event.hash else { throw damage("the chain is broken") }
    hash = next
    position += 1
    return leaf
  }

  private func damage(_ what: String) -> ProofError {
    .store(.damaged(Damage(position: position + 1, what: what)))
  }
}
