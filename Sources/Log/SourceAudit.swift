import Kernel

/// The checks that need nothing but the events, one after the other: chain, positions, versions and
/// times, and that every body is in its one form, where the fact belongs, and balances.
struct SourceAudit {
  private let hasher: KeyHasher
  private let chain = Chain()
  private var versions = KeyTable<UInt64>()
  private var bodies = EventAudit()
  private var writer = BodyWriter()
  private var hash = Digest.zero
  private var at: Instant?
  private(set) var position: UInt64 = 0

  init(log: LogID) { hasher = KeyHasher(log) }

  var head: LogHead { LogHead(position: position, hash: hash.bytes, at: at) }

  mutating func take(_ event: StoredEvent) throws(StoreError) {
    position += 1
    guard event.position == position else { throw damage("another one stands there") }
    writer.out.bytes.removeAll(keepingCapacity: true)
    event.envelope.write(body: event.body, to: &writer)
    let (position, hash) = (self.position, self.hash)
    let (chain, count) = (self.chain, event.body.count)
    var bodies = self.bodies
    let next = writer.out.bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        let next = chain.hash(after: hash, bytes)
        let record = Record(
          bytes, bodyCount: count, hash: next, position: position, file: "", offset: 0)
        guard next.bytes == event.hash else { throw record.damage("the chain is broken") }
        try bodies.check(record, record.parsed())
        return next
      }
    }
    self.bodies = bodies
    self.hash = try next.get()
    let stream = hasher.hash(.stream, event.stream)
    guard event.version == (versions[stream] ?? 0) + 1 else {
      throw damage("its version in \(event.stream) is \(event.version)")
    }
    versions.put(event.version, stream)
    guard at.map({ $0 <= event.at }) ?? true else { throw damage("it lies before the one before") }
    at = event.at
  }

  private func damage(_ what: String) -> StoreError {
    .damaged(Damage(position: position, what: what))
  }
}

extension EventSource {
  /// Reads a log from its start to its head and believes nothing (`SourceAudit`).
  ///
  /// Memory: some 40 bytes a stream. Throws `damaged` with the first place that isn't as it was
  /// written, and what `pause`, which is told the bytes of each page, throws.
  package func audit(
    log: LogID, pause: (Int) throws(StoreError) -> Void = { _ in }
  ) throws(StoreError) -> LogVerification {
    var audit = SourceAudit(log: log)
    let head = head
    while audit.position < head.position {
      let limit = min(1_000, head.position - audit.position)
      let page = try read(after: audit.position, limit: Int(limit))
      guard !page.isEmpty else {
        throw .damaged(Damage(position: audit.position + 1, what: "it is missing"))
      }
      for event in page { try audit.take(event) }
      try pause(page.reduce(0) { $0 + $1.body.count })
    }
    guard audit.head.hash == head.hash else {
      throw .damaged(Damage(position: head.position, what: "the head has another hash"))
    }
    return LogVerification(events: audit.position, head: audit.head)
  }
}
