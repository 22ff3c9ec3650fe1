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
  /// The chain's value before the first event, and behind the last.
  private(set) var before = Digest.zero
  private(set) var hash = Digest.zero
  private var body = BodyWriter()

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
    body.out.bytes.removeAll(keepingCapacity: true)
    first = end.position + 1
  }

  /// Bytes of the payload.
  var length: Int { max(0, body.out.bytes.count - FrameHead.size) }

  /// Takes proposals in behind the others.
  mutating func plan(
    _ group: [Proposal], over map: borrowing Mutex<LogMap>, behind flying: GroupPlan?
  ) throws(StoreError) -> [AppendOutcome] {
    var outcomes: [AppendOutcome] = []
    outcomes.reserveCapacity(group.count)
    var done = 0
    while done < group.count {
      // Whoever reads or writes isn't to wait for a whole group.
      let some = done..<min(done + 64, group.count)
      try map.withLock { (map) throws(StoreError) in
        try plan.admit(some, of: group, over: map.index, behind: flying, &outcomes)
      }
      done = some.upperBound
    }
    return outcomes
  }

  /// Writes what was planned last of the same proposals: all of the frame but hashes and sums.
  ///
  /// Throws `tooLarge` where it doesn't fit.
  mutating func encode(_ group: [Proposal], from known: Int) throws(StoreError) {
    for index in known..<plan.entries.count { encode(plan.entries[index], of: group) }
    let size = FrameHead.total(length)
    guard size <= LogFormat.frameMost else {
      throw .tooLarge(bytes: size, limit: LogFormat.frameMost)
    }
  }

  private mutating func encode(_ entry: GroupPlan.Entry, of group: [Proposal]) {
    if body.out.bytes.isEmpty { body.out.put(zeros: FrameHead.size) }
    let start = body.out.bytes.count
    body.out.put(zeros: FrameHead.proposalSize)
    body.out.bytes.put(entry.digest, at: start)
    body.out.bytes.put(UInt32(entry.events.count), at: start + 32)
    for index in 0..<entry.events.count {
      let offset = body.out.bytes.count
      body.out.put(zeros: FrameHead.recordSize)
      let bodyCount = plan.put(entry, index, of: group, to: &body)
      let length = body.out.bytes.count - offset - FrameHead.recordSize
      records.append(RecordPlace(offset: offset, length: length, bodyCount: bodyCount))
    }
  }

  /// Hashes along the envelopes where they lie, and completes their records; everything before the
  /// group is in the log by now.
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

  /// The whole frame's bytes, once it is chained.
  mutating func frame(_ head: FrameHead) -> [UInt8] {
    head.complete(&body.out.bytes)
    return body.out.bytes
  }
}
