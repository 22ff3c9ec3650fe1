import Kernel

/// The index of a log on files: who finds an event, and where each lies.
struct LogMap: Sendable {
  /// A segment that isn't sealed, and where in it its events' records begin.
  struct Raw: Sendable {
    let segment: Segment
    // A segment of 4 GiB is the largest that an offset can be in.
    fileprivate(set) var offsets: [UInt32] = []
  }

  var index: LogIndex
  /// One a table of the index.
  private(set) var raw: [Raw] = []
  /// Bytes of memory for what sealed segments can read again; the newest ones have it first.
  var indexBytesMost = Int.max

  init(log: LogID) { index = LogIndex(log: log) }

  var isEmpty: Bool { raw.isEmpty && index.sealed.isEmpty }

  /// The name of the last segment.
  var newestName: String? { raw.last?.segment.name ?? index.sealed.last?.name }

  /// The oldest segment that is closed and not sealed.
  var closed: Raw? { raw.count > 1 ? raw[0] : nil }

  mutating func add(_ segment: Segment) {
    index.begin()
    raw.append(Raw(segment: segment))
  }

  mutating func add(_ segment: SealedSegment) {
    index.take(segment)
    index.boundMemory(indexBytesMost)
  }

  /// Lets a sealed segment stand for the oldest raw one.
  mutating func replace(with segment: SealedSegment) {
    index.replace(with: segment)
    raw.removeFirst()
    index.boundMemory(indexBytesMost)
  }

  /// Takes in the next event, whose record lies in the newest segment.
  mutating func take(_ place: EventPlace, at instant: Instant, hash: Digest, offset: UInt64) {
    index.take(place, at: instant, hash: hash)
    raw[raw.count - 1].offsets.append(UInt32(offset))
  }

  mutating func take(
    _ stream: KeyHash, version: UInt64, tags: ArraySlice<KeyHash>, at instant: Instant,
    hash: Digest, offset: UInt64
  ) {
    index.take(stream, version: version, tags: tags, at: instant, hash: hash)
    raw[raw.count - 1].offsets.append(UInt32(offset))
  }

  /// The record of an event that isn't sealed.
  func record(at position: UInt64, _ buffer: ReadBuffer) throws(StoreError) -> Record {
    guard let number = index.tables.lastIndex(where: { $0.base < position }) else {
      preconditionFailure("position \(position) isn't among the unsealed")
    }
    let offset = raw[number].offsets[Int(position - index.tables[number].base - 1)]
    return try Record(buffer, raw[number].segment, UInt64(offset), position)
  }

  /// What a read of some consecutive events is to fetch.
  func view(after position: UInt64, limit: Int) -> LogView {
    var view = LogView(index)
    guard position < index.position, limit > 0 else { return view }
    let end = limit < index.position - position ? position + UInt64(limit) : index.position
    for (number, part) in raw.enumerated() {
      let base = index.tables[number].base
      let start = max(position, base)
      let stop = min(end, index.tables[number].last)
      if start < stop {
        view.add(
          part.segment, part.offsets[Int(start - base)..<Int(stop - base)],
          positions: start + 1...stop)
      }
    }
    return view
  }

  /// What a read of a stream's events after a version is to fetch, beside the sealed segments.
  func view(of stream: StreamName, after version: UInt64, limit: Int) -> LogView {
    view(limit) { $0.positions(of: index.hasher.hash(stream), afterVersion: version, limit: $1) }
  }

  /// What a read of a tag's events after a position is to fetch, beside the sealed segments.
  func view(of tag: Tag, after position: UInt64, limit: Int) -> LogView {
    view(limit) { $0.positions(of: index.hasher.hash(tag), after: position, limit: $1) }
  }

  private func view(_ limit: Int, _ find: (LogTable, Int) -> [UInt64]) -> LogView {
    var view = LogView(index)
    for (number, part) in raw.enumerated() where view.rawCount < limit {
      let base = index.tables[number].base
      for position in find(index.tables[number], limit - view.rawCount) {
        view.add(part.segment, part.offsets[Int(position - base - 1)], position: position)
      }
    }
    return view
  }
}
