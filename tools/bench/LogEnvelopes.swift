import Log

/// The envelopes of a log, in order: what the chain runs over.
struct LogEnvelopes {
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>] = []

  /// Read as events, since closed segments are sealed meanwhile.
  init(_ store: FileStore) throws(StoreError) {
    var place: UInt64 = 0
    while place < store.head.position {
      for event in try store.read(after: place, limit: 4_096) {
        let start = bytes.count
        bytes += LogExport.canonicalBytes(of: event)
        ranges.append(start..<bytes.count)
        place = event.position
      }
    }
  }

  /// Seconds of this thread's processor that hashing along them takes, and the last hash.
  func hash() -> (seconds: Double, hash: [UInt8]) {
    var seconds = 0.0
    let hash = Stopwatch.thread(&seconds) {
      bytes.withUnsafeBytes { SHA256.chain(ranges, of: $0) }
    }
    return (seconds, hash)
  }
}
