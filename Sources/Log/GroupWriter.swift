import Kernel
import Synchronization

/// The one that writes groups: plans, encodes into one frame, writes, syncs, and only then shows.
struct GroupWriter {
  private var segments: SegmentWriter
  /// Up to here a frame on the disk says that everything was synced.
  private var durable: UInt64
  /// Why nothing is taken any more.
  private var refusal: String?
  private var body = BodyWriter()
  private let chain = Chain()

  init(_ segments: SegmentWriter, durable: UInt64) {
    self.segments = segments
    self.durable = durable
  }

  /// One event that is written and not yet shown.
  private struct Pending {
    let entry: Int
    let event: Int
    let offset: Int
    let hash: Digest
  }

  /// Takes nothing any more; false where that was so before.
  mutating func end(_ why: String) -> Bool {
    guard refusal == nil else { return false }
    refusal = why
    return true
  }

  mutating func append(
    _ group: [Proposal], to map: borrowing Mutex<LogMap>
  ) throws(StoreError) -> [AppendOutcome] {
    if let refusal { throw .failed(refusal) }
    let (plan, position, before) = try map.withLock { (map) throws(StoreError) in
      (try GroupPlan(group, over: map.index), map.index.position, map.index.hash)
    }
    guard !plan.entries.isEmpty else { return plan.outcomes }
    let pending = encode(plan, after: before)
    let size = FrameHead.total(body.out.bytes.count - FrameHead.size)
    guard size <= LogFormat.frameMost else {
      throw .tooLarge(bytes: size, limit: LogFormat.frameMost)
    }
    try makeRoom(for: size, in: map, first: position + 1, before: before)
    let start = Int(segments.offset)
    try write(
      FrameHead(
        kind: .events, length: body.out.bytes.count - FrameHead.size, log: segments.log,
        offset: segments.offset, segment: segments.segment.first, first: position + 1,
        durable: position, events: pending.count, proposals: plan.entries.count, before: before))
    durable = position
    map.withLock { map in
      for event in pending {
        let entry = plan.entries[event.entry]
        map.take(
          entry.places[event.event], at: entry.at, hash: event.hash,
          offset: UInt64(start + event.offset))
      }
      for entry in plan.entries { map.index.take(entry.command, of: entry.proposal.command) }
    }
    return plan.outcomes
  }

  /// Writes a mark where the newest events have none behind them.
  mutating func mark(_ index: LogIndex, closing isClosing: Bool = false) throws(StoreError) {
    if let refusal, !isClosing { throw .failed(refusal) }
    guard durable < index.position else { return }
    body.out.bytes.removeAll(keepingCapacity: true)
    body.out.bytes.append(contentsOf: repeatElement(0, count: FrameHead.size))
    // A mark belongs behind its own segment's frames, however full that is.
    try making { (segments) throws(DiskError) in try segments.makeRoom(for: FrameHead.size) }
    try write(
      FrameHead(
        kind: .mark, length: 0, log: segments.log, offset: segments.offset,
        segment: segments.segment.first, first: index.position + 1, durable: index.position,
        events: 0, proposals: 0, before: index.hash))
    durable = index.position
  }

  /// Fills the buffer with room for a head, and the payload.
  private mutating func encode(_ plan: GroupPlan, after before: Digest) -> [Pending] {
    body.out.bytes.removeAll(keepingCapacity: true)
    body.out.bytes.append(contentsOf: repeatElement(0, count: FrameHead.size))
    var pending: [Pending] = []
    var previous = before
    for (number, entry) in plan.entries.enumerated() {
      let start = body.out.bytes.count
      body.out.bytes.append(contentsOf: repeatElement(0, count: FrameHead.proposalSize))
      body.out.bytes.put(entry.digest, at: start)
      body.out.bytes.put(UInt32(entry.proposal.events.count), at: start + 32)
      for index in entry.proposal.events.indices {
        let offset = body.out.bytes.count
        previous = encode(entry, index, after: previous)
        pending.append(Pending(entry: number, event: index, offset: offset, hash: previous))
      }
    }
    return pending
  }

  private mutating func encode(
    _ entry: GroupPlan.Entry, _ index: Int, after previous: Digest
  ) -> Digest {
    let start = body.out.bytes.count
    body.out.bytes.append(contentsOf: repeatElement(0, count: FrameHead.recordSize))
    let bodyCount = entry.envelope(of: index).write(entry.proposal.events[index], to: &body)
    let count = body.out.bytes.count - start
    let hash = body.out.bytes.withUnsafeBytes {
      chain.hash(
        after: previous,
        $0.part(start + FrameHead.recordSize, count - FrameHead.recordSize))
    }
    body.out.bytes.put(UInt32(count - FrameHead.recordSize), at: start + 4)
    body.out.bytes.put(UInt32(bodyCount), at: start + 8)
    body.out.bytes.put(hash, at: start + 16)
    let sum = body.out.bytes.withUnsafeBytes { crc($0.part(start + 4, count - 4)) }
    body.out.bytes.put(sum, at: start)
    return hash
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

  private mutating func write(_ head: FrameHead) throws(StoreError) {
    head.complete(&body.out.bytes)
    do throws(DiskError) {
      try segments.write(body.out.bytes)
    } catch {
      throw end(error)
    }
  }

  private mutating func end(_ error: DiskError) -> StoreError {
    refusal = error.description
    return .failed(error.description)
  }
}
