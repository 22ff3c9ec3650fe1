import Kernel
import Synchronization

/// One frame in the making: what is planned of it, encoded and chained, behind room for its head.
struct StagedGroup: Sendable {
  /// One event that is encoded and not yet shown.
  struct Event: Sendable {
    /// Where its record starts in the frame.
    let offset: Int
    let hash: Digest
  }

  private(set) var plan: GroupPlan
  private(set) var events: [Event] = []
  /// The chain's value before the first event, and behind the last.
  private(set) var before: Digest
  private(set) var hash: Digest
  private(set) var first: UInt64
  private var body = BodyWriter()
  private let chain = Chain()

  init(after end: GroupPlan.End, hash: Digest) {
    plan = GroupPlan(after: end)
    before = hash
    self.hash = hash
    first = end.position + 1
  }

  /// Lets go of everything but the room.
  mutating func clear() {
    plan.begin(after: plan.end)
    events.removeAll(keepingCapacity: true)
    body.out.bytes.removeAll(keepingCapacity: true)
  }

  /// Begins another group, in the same room.
  mutating func begin(after end: GroupPlan.End, hash: Digest) {
    clear()
    plan.begin(after: end)
    before = hash
    self.hash = hash
    first = end.position + 1
  }

  /// Bytes of the payload.
  var length: Int { max(0, body.out.bytes.count - FrameHead.size) }

  /// Takes proposals in behind the others.
  mutating func take(
    _ group: [Proposal], over map: borrowing Mutex<LogMap>, behind flying: GroupPlan?
  ) throws(StoreError) -> [AppendOutcome] {
    let known = plan.entries.count
    let outcomes = try map.withLock { (map) throws(StoreError) in
      try plan.admit(group, over: map.index, behind: flying)
    }
    for index in known..<plan.entries.count { encode(entry: index) }
    return outcomes
  }

  /// The whole frame's bytes.
  mutating func frame(_ head: FrameHead) -> [UInt8] {
    head.complete(&body.out.bytes)
    return body.out.bytes
  }

  private mutating func encode(entry number: Int) {
    if body.out.bytes.isEmpty { body.out.put(zeros: FrameHead.size) }
    let start = body.out.bytes.count
    let count = plan.entries[number].proposal.events.count
    body.out.put(zeros: FrameHead.proposalSize)
    body.out.bytes.put(plan.entries[number].digest, at: start)
    body.out.bytes.put(UInt32(count), at: start + 32)
    for index in 0..<count { encode(entry: number, index) }
  }

  private mutating func encode(entry number: Int, _ index: Int) {
    let start = body.out.bytes.count
    body.out.put(zeros: FrameHead.recordSize)
    let bodyCount = plan.put(plan.entries[number], index, to: &body)
    hash = body.out.bytes.withUnsafeMutableBytes { bytes in
      let record = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
      let count = record.count - FrameHead.recordSize
      let found = chain.hash(
        after: hash, UnsafeRawBufferPointer(record).part(FrameHead.recordSize, count))
      record.storeBytes(of: UInt32(count).littleEndian, toByteOffset: 4, as: UInt32.self)
      record.storeBytes(of: UInt32(bodyCount).littleEndian, toByteOffset: 8, as: UInt32.self)
      withUnsafeBytes(of: found.words) {
        UnsafeMutableRawBufferPointer(rebasing: record[16..<48]).copyMemory(from: $0)
      }
      let sum = crc(UnsafeRawBufferPointer(record).part(4, record.count - 4))
      record.storeBytes(of: sum.littleEndian, as: UInt32.self)
      return found
    }
    events.append(Event(offset: start, hash: hash))
  }
}

/// Groups on their way: the one that is gathered, behind the one that is written and synced.
struct Staging: Sendable {
  private var open: StagedGroup?
  private var flying: Flying?
  /// The room of a group that has landed.
  private var spare: StagedGroup?
  /// Why the group on its way wasn't written: what was staged behind it can't be either.
  private var failure: StoreError?

  /// What the next group must know of the one on its way.
  private struct Flying {
    let plan: GroupPlan
    let hash: Digest
  }

  /// Plans and encodes proposals behind everything that was staged before.
  ///
  /// Throws `tooLarge` where they don't fit into one frame with what is gathered: then nothing is.
  mutating func stage(
    _ proposals: [Proposal], over map: borrowing Mutex<LogMap>
  ) throws(StoreError) -> [AppendOutcome] {
    if let failure { throw failure }
    var group = takeOpen(map)
    let outcomes = try group.take(proposals, over: map, behind: flying?.plan)
    let size = FrameHead.total(group.length)
    guard size <= LogFormat.frameMost else {
      throw .tooLarge(bytes: size, limit: LogFormat.frameMost)
    }
    open = group
    return outcomes
  }

  private mutating func takeOpen(_ map: borrowing Mutex<LogMap>) -> StagedGroup {
    if let group = open {
      open = nil
      return group
    }
    let (end, hash) =
      flying.map { ($0.plan.end, $0.hash) }
      ?? map.withLock {
        (GroupPlan.End(position: $0.index.position, at: $0.index.at), $0.index.hash)
      }
    guard var group = spare else { return StagedGroup(after: end, hash: hash) }
    spare = nil
    group.begin(after: end, hash: hash)
    return group
  }

  /// Sends the gathered group on its way; nil where nothing is to be written.
  mutating func close() -> StagedGroup? {
    guard let group = open else { return nil }
    open = nil
    guard !group.events.isEmpty else {
      spare = group
      return nil
    }
    flying = Flying(plan: group.plan, hash: group.hash)
    return group
  }

  /// The group on its way is durable and shown.
  mutating func land() { flying = nil }

  mutating func reuse(_ group: StagedGroup?) {
    if let group { spare = group }
  }

  /// The group on its way will not be written.
  mutating func fail(_ error: StoreError) {
    forget()
    failure = error
  }

  /// Begins again behind what is in the log.
  mutating func forget() {
    open = nil
    flying = nil
    failure = nil
  }
}
