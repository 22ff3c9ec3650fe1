import Kernel

/// A log's files at one moment, whatever its writer does to them from then on.
struct LogExtent {
  let log: LogID
  let head: LogHead
  /// One file of it.
  struct Part {
    let segment: Segment
    let kind: Segment.Name.Kind
    /// The position of its last event; `first - 1` where it has none.
    let last: UInt64
    /// The chain's hash behind it.
    let chain: Digest
    /// Where its frames end; nil in a file that nobody writes to any more.
    let end: UInt64?
  }

  let parts: [Part]

  /// - Parameter end: Where the frames of the newest segment end.
  init(log: LogID, _ map: LogMap, end: UInt64) {
    self.log = log
    head = map.index.head
    let sealed = map.index.sealed.map { sealed in
      let segment = Segment(
        first: sealed.first, name: sealed.name, file: sealed.file, before: sealed.before)
      return Part(
        segment: segment, kind: .sealed, last: sealed.last, chain: sealed.hash, end: nil)
    }
    let raw = map.raw.map(\.segment)
    parts =
      sealed
      + raw.indices.map { index in
        guard index + 1 < raw.count else {
          return Part(
            segment: raw[index], kind: .active, last: map.index.position, chain: map.index.hash,
            end: end)
        }
        let next = raw[index + 1]
        return Part(
          segment: raw[index], kind: .raw, last: next.first - 1, chain: next.before, end: nil)
      }
  }
}

extension LogExtent.Part {
  /// Its name in a backup, below the backup's folder.
  var name: String { "log/segments/" + Segment.Name(first: segment.first, kind).text }

  /// What closes the file where it is put: a mark that all before it is synced, and zeros enough to
  /// show that nothing follows.
  func ending(_ log: LogID) -> [UInt8] {
    guard let end else { return [] }
    return Self.ending(log, first: segment.first, last: last, chain: chain, at: end)
  }

  static func ending(
    _ log: LogID, first: UInt64, last: UInt64, chain: Digest, at end: UInt64
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FrameHead.size)
    FrameHead(
      kind: .mark, length: 0, log: log, offset: end, segment: first, first: last + 1, durable: last,
      events: 0, proposals: 0, before: chain
    ).complete(&bytes)
    return bytes + [UInt8](repeating: 0, count: 4096)
  }
}
