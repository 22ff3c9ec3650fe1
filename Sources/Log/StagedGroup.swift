import Kernel
import Synchronization

/// One frame in the making: planned and encoded by whoever stages, then chained by whoever writes,
/// behind room for its head.
struct StagedGroup: Sendable {
  /// Where one event's record lies in the frame.
  struct RecordPlace: Sendable {
    let offset: Int
    /// Bytes of the envelope, and of the body in it.
    let length: Int
    let bodyCount: Int
  }

  private(set) var plan: GroupPlan
  /// One an event.
  private(set) var records: [RecordPlace] = []
  private(set) var first: UInt64
  /// Hashes of each event's stream and tags, one after another.
  private(set) var names: [KeyHash] = []
  /// The chain's value before the first event, and behind the last.
  private(set) var before = Digest.zero
  private(set) var hash = Digest.zero
  private var body = BodyWriter()
  /// The last envelope's time, and where it begins.
  private var newest: (at: Instant, envelope: Int)?

  init(after end: GroupPlan.End) {
    plan = GroupPlan(after: end)
    first = end.position + 1
  }

  var isEmpty: Bool { records.isEmpty }

  /// Lets go of everything but the room.
  mutating func clear() { begin(after: plan.end) }

  /// Begins another group, in the same room.
  mutating func begin(after end: GroupPlan.End) {
    plan.begin(after: end)
    records.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    newest = nil
    body.out.bytes.removeAll(keepingCapacity: true)
    first = end.position + 1
  }

  /// Bytes of the payload.
  var length: Int { max(0, body.out.bytes.count - FrameHead.size) }

  /// Takes proposals in behind the others, and writes them: all of the frame but hashes and sums.
  ///
  /// Throws `tooLarge` where they don't fit.
  mutating func take(
    _ group: [Proposal], over map: borrowing Mutex<LogMap>, behind flying: GroupPlan?
  ) throws(StoreError) -> [AppendOutcome] {
    var outcomes: [AppendOutcome] = []
    outcomes.reserveCapacity(group.count)
    var done = 0
    let hasher = map.withLock { $0.index.hasher }
    while done < group.count {
      // Whoever reads or writes isn't to wait for a whole group, and so few are written while they
      // are in the processor's caches.
      let some = done..<min(done + 64, group.count)
      let known = plan.entries.count
      plan.name(some, of: group, hasher)
      try map.withLock { (map) throws(StoreError) in
        try plan.admit(some, of: group, over: map.index, behind: flying, &outcomes)
      }
      for index in known..<plan.entries.count { encode(plan.entries[index], of: group, hasher) }
      done = some.upperBound
    }
    let size = FrameHead.total(length)
    guard size <= LogFormat.frameMost else {
      throw .tooLarge(bytes: size, limit: LogFormat.frameMost)
    }
    return outcomes
  }

  private mutating func encode(
    _ entry: GroupPlan.Entry, of group: [Proposal], _ hasher: KeyHasher
  ) {
    if body.out.bytes.isEmpty { body.out.put(zeros: FrameHead.size) }
    let start = body.out.bytes.count
    body.out.put(zeros: FrameHead.proposalSize)
    body.out.bytes.put(entry.digest, at: start)
    body.out.bytes.put(UInt32(entry.events.count), at: start + 32)
    for index in 0..<entry.events.count {
      let offset = body.out.bytes.count
      body.out.put(zeros: FrameHead.recordSize)
      let like = newest?.at == entry.at ? newest?.envelope : nil
      let bodyCount = plan.put(entry, index, of: group, like: like, to: &body)
      newest = (entry.at, offset + FrameHead.recordSize)
      let length = body.out.bytes.count - offset - FrameHead.recordSize
      records.append(RecordPlace(offset: offset, length: length, bodyCount: bodyCount))
      plan.hashNames(of: plan.places[entry.events.lowerBound + index], hasher, to: &names)
    }
  }

  /// Hashes along the envelopes where they lie, and completes their records; everything before
  /// the group is in the log by now.
  mutating func chain(after end: GroupWriter.End) {
    precondition(end.position == first - 1, "a group behind another log")
    before = end.hash
    let chain = Chain()
    var hash = before
    body.out.bytes.withUnsafeMutableBytes { bytes in
      for place in records {
        let size = FrameHead.recordSize + place.length
        let record = UnsafeMutableRawBufferPointer(
          rebasing: bytes[place.offset..<place.offset + size])
        let envelope = UnsafeRawBufferPointer(record).part(FrameHead.recordSize, place.length)
        hash = chain.hash(after: hash, envelope)
        record.storeBytes(
          of: UInt32(place.length).littleEndian, toByteOffset: 4, as: UInt32.self)
        record.storeBytes(
          of: UInt32(place.bodyCount).littleEndian, toByteOffset: 8, as: UInt32.self)
        withUnsafeBytes(of: hash.words) {
          UnsafeMutableRawBufferPointer(rebasing: record[16..<48]).copyMemory(from: $0)
        }
        let sum = crc(UnsafeRawBufferPointer(record).part(4, size - 4))
        record.storeBytes(of: sum.littleEndian, as: UInt32.self)
      }
    }
    self.hash = hash
  }

  /// The chain's value behind an event, once it is chained.
  func hash(behind index: Int) -> Digest {
    body.out.bytes.withUnsafeBytes { Digest($0, at: records[index].offset + 16) }
  }

  /// The whole frame's bytes, once it is chained.
  mutating func frame(_ head: FrameHead) -> [UInt8] {
    head.complete(&body.out.bytes)
    return body.out.bytes
  }
}
