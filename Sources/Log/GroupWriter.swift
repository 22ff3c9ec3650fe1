import Kernel
import Synchronization

/// The one that writes groups: one frame each, written, synced, and only then shown.
struct GroupWriter {
  /// Where the log ends.
  struct End {
    var position: UInt64
    var hash: Digest

    init(_ index: LogIndex) {
      position = index.position
      hash = index.hash
    }
  }

  private var segments: SegmentWriter
  private var end: End
  /// Up to here a frame on the disk says that everything was synced.
  private var durable: UInt64
  /// Why nothing is taken any more.
  private var refusal: String?

  init(_ segments: SegmentWriter, durable: UInt64, end: End) {
    self.segments = segments
    self.end = end
    self.durable = durable
  }

  /// Takes nothing any more; false where that was so before.
  mutating func end(_ why: String) -> Bool {
    guard refusal == nil else { return false }
    refusal = why
    return true
  }

  mutating func commit(
    _ group: inout StagedGroup?, to map: borrowing Mutex<LogMap>
  ) throws(StoreError) {
    if let refusal { throw .failed(refusal) }
    guard var staged = group.take() else { return }
    defer { group = staged }
    let before = end.position
    staged.chain(after: end)
    try makeRoom(
      for: FrameHead.total(staged.length), in: map, first: staged.first, before: staged.before)
    let start = segments.offset
    try write(
      staged.frame(
        FrameHead(
          kind: .events, length: staged.length, log: segments.log, offset: segments.offset,
          segment: segments.segment.first, first: staged.first, durable: before,
          events: staged.records.count, proposals: staged.plan.entries.count,
          before: staged.before)))
    durable = before
    Self.show(staged, at: start, in: map)
    end = map.withLock { End($0.index) }
  }

  /// Shows what is on the disk by now, some proposals at a time: whoever reads or stages isn't to
  /// wait for a whole group.
  private static func show(
    _ group: StagedGroup, at start: UInt64, in map: borrowing Mutex<LogMap>
  ) {
    let count = group.plan.entries.count
    var (shown, done) = (0, 0)
    while done < count {
      let some = done..<min(done + 64, count)
      map.withLock { show(some, of: group, at: start, in: &$0, &shown) }
      done = some.upperBound
    }
  }

  private static func show(
    _ numbers: Range<Int>, of group: StagedGroup, at start: UInt64, in map: inout LogMap,
    _ shown: inout Int
  ) {
    var (ids, end): ([KeyHash], Int) = ([], shown)
    ids.reserveCapacity(numbers.count)
    for number in numbers {
      ids.append(group.plan.entries[number].command)
      for index in group.plan.entries[number].events { end += group.plan.places[index].nameCount }
    }
    map.index.warm(commands: ids[...])
    map.index.warm(group.names[shown..<end])
    for number in numbers {
      let entry = group.plan.entries[number]
      for index in entry.events {
        let names = shown..<shown + group.plan.places[index].nameCount
        map.take(
          group.names[names.lowerBound], version: group.plan.places[index].version,
          tags: group.names[names.dropFirst()], at: entry.at, hash: group.hash(behind: index),
          offset: start + UInt64(group.records[index].offset))
        shown = names.upperBound
      }
      map.index.take(entry.outcome, of: entry.command)
    }
  }

  /// Writes a mark where the newest events have none behind them.
  mutating func mark(_ index: LogIndex, closing isClosing: Bool = false) throws(StoreError) {
    if let refusal, !isClosing { throw .failed(refusal) }
    guard durable < index.position else { return }
    var bytes = [UInt8](repeating: 0, count: FrameHead.size)
    // A mark belongs behind its own segment's frames, however full that is.
    try making { (segments) throws(DiskError) in try segments.makeRoom(for: FrameHead.size) }
    FrameHead(
      kind: .mark, length: 0, log: segments.log, offset: segments.offset,
      segment: segments.segment.first, first: index.position + 1, durable: index.position,
      events: 0, proposals: 0, before: index.hash
    ).complete(&bytes)
    try write(bytes)
    durable = index.position
  }

  private mutating func makeRoom(
    for count: Int, in map: borrowing Mutex<LogMap>, first: UInt64, before: Digest
  ) throws(StoreError) {
    if !segments.hasPlace(for: count) {
      var next: Segment?
      try making { (segments) throws(DiskError) in
        next = try segments.next(first: first, before: before)
      }
      guard let next else { return }
      do throws(DiskError) {
        try segments.roll(to: next)
      } catch {
        throw end(error)
      }
      map.withLock { $0.add(next) }
    }
    try making { (segments) throws(DiskError) in try segments.makeRoom(for: count) }
  }

  /// Work ahead of a write: a full disk is no harm yet, anything else is fatal.
  private mutating func making(
    _ work: (inout SegmentWriter) throws(DiskError) -> Void
  ) throws(StoreError) {
    do throws(DiskError) {
      try work(&segments)
    } catch {
      throw error.isFull ? .full(error.description) : end(error)
    }
  }

  private mutating func write(_ frame: [UInt8]) throws(StoreError) {
    do throws(DiskError) {
      try segments.write(frame)
    } catch {
      throw end(error)
    }
  }

  private mutating func end(_ error: DiskError) -> StoreError {
    refusal = error.description
    return .failed(error.description)
  }
}
