import Kernel

/// Makes a sealed segment of a closed one, a step at a time.
///
/// Written under an unfinished name and synced, read back and checked from its first byte to its
/// last, renamed, its folder synced: only then does anything rely on it. Whatever fails or is cut
/// off before leaves the raw segment as it was, and the raw one is nobody's to remove but whoever
/// got the sealed one from here.
struct Sealer {
  private enum Stage {
    case writing
    case indexing
    case checking(SealedSegment)
    case publishing(SealedSegment)
  }

  private let folder: LogFolder
  private let log: LogID
  private let source: LogMap.Raw
  private let last: UInt64
  private let readers: SealedReaders
  private let seed: SealedFormat.Seed
  private let buffer = ReadBuffer(window: 1 << 18)
  private let reader = SealedReader()
  private let file: any DiskFile

  private var stage = Stage.writing
  /// Beside the stage, and taken out while it is changed, so that it has one owner: it gathers some
  /// megabytes, and a copy of them for every block took longer than all the rest.
  private var check: SealedCheck?
  private var walk = FrameWalk()
  private var position: UInt64
  private var hash: Digest
  private var times: SealedTimes?
  private var footer = SealedFooter()
  private var names: [String: Int] = [:]
  private var order: [String] = []
  private let dictionary: [UInt8]
  private var packer: BlockPacker
  private var builder: SealedIndexBuilder
  /// What is to be written at `written`.
  private var pending: [UInt8]
  private var written: UInt64 = 0
  private let chain = Chain()

  /// Bytes that are written at once.
  private static let portion = 1 << 20

  private var name: Segment.Name { Segment.Name(first: source.segment.first, .sealed) }
  private var end: UInt64 { written + UInt64(pending.count) }

  /// - Parameter last: The raw segment's last position.
  init(
    _ source: LogMap.Raw, last: UInt64, in folder: LogFolder, log: LogID, readers: SealedReaders
  ) throws(StoreError) {
    self.folder = folder
    self.log = log
    self.source = source
    self.last = last
    self.readers = readers
    let segment = source.segment
    seed = SealedFormat.Seed(log: log, first: segment.first)
    position = segment.first - 1
    hash = segment.before
    dictionary = try Self.dictionary(source, buffer)
    packer = BlockPacker(dictionary: dictionary)
    builder = SealedIndexBuilder(log: log)
    pending = Segment.head(
      first: segment.first, log: log, before: segment.before, kind: SealedFormat.kind)
    let path = folder.path(Segment.Name(first: segment.first, .sealed)) + ".new"
    file = try writing { () throws(DiskError) in try folder.disk.open(path, .create) }
  }

  /// A sample of the records, evenly over the segment: what LZ4 may refer to in every block.
  private static func dictionary(
    _ source: LogMap.Raw, _ buffer: ReadBuffer
  ) throws(StoreError) -> [UInt8] {
    let bytes = source.offsets.last.map(Int.init) ?? 0
    // A dictionary is worth little where there is little to refer to it.
    let most = min(SealedFormat.dictionaryMost, bytes / 16)
    let sampled = min(source.offsets.count, 256)
    var dictionary: [UInt8] = []
    for number in 0..<sampled where dictionary.count < most {
      // Every other one from the ends inward would do as well; a stride is enough.
      let index = number * 97 % sampled * source.offsets.count / sampled
      let record = try Record(
        buffer, source.segment, UInt64(source.offsets[index]),
        source.segment.first + UInt64(index))
      dictionary.append(
        contentsOf: record.envelope[Envelope.bodyStart...].prefix(most - dictionary.count))
    }
    return dictionary
  }

  /// Does the next portion; gives the sealed segment once it has its name.
  mutating func step() throws(StoreError) -> SealedSegment? {
    switch stage {
    case .writing:
      guard position < last else {
        stage = .indexing
        return nil
      }
      try writeFrame()
    case .indexing:
      try writeIndex()
      let segment = try SealedSegment(
        file, name, log: log, path: "segments/" + name.text, readers: readers)
      check = SealedCheck(segment, log: log)
      stage = .checking(segment)
    case .checking(let segment):
      guard var check = self.check.take() else { preconditionFailure("nothing to check with") }
      if try check.step(reader) {
        self.check = check
        return nil
      }
      guard segment.last == last, segment.hash == hash else {
        throw segment.damage("it was written wrong", position: last)
      }
      stage = .publishing(segment)
    case .publishing(let segment):
      let path = folder.path(name)
      try writing { () throws(DiskError) in
        try folder.disk.rename(path + ".new", to: path)
        try folder.disk.syncFolder(folder.segments)
      }
      return segment
    }
    return nil
  }

  /// Takes the unfinished file away; the raw segment is all there is, as before.
  func abandon() { try? folder.disk.remove(folder.path(name) + ".new") }

  private mutating func writeFrame() throws(StoreError) {
    guard let (head, bytes) = try walk.frame(of: source.segment, log: log, buffer) else {
      throw .damaged(
        Damage(
          file: source.segment.name, offset: walk.offset, position: position + 1,
          what: walk.reason))
    }
    var payload = FramePayload(
      bytes, file: source.segment.name, offset: walk.offset, after: position)
    for _ in 0..<head.proposals {
      var begun: FramePayload.Proposal? = try payload.proposal()
      for _ in 0..<(begun?.count ?? 0) {
        try take(try payload.record(), begun)
        begun = nil
      }
    }
    walk.offset += UInt64(head.total)
    if pending.count >= Self.portion { try write() }
  }

  private mutating func take(
    _ record: Record, _ begun: FramePayload.Proposal?
  ) throws(StoreError) {
    let envelope = try record.parsed()
    hash = chain.hash(after: hash, record.envelope)
    guard hash == record.hash else { throw record.damage("the chain is broken") }
    position = record.position
    if packer.isEmpty { builder.beginBlock(at: end) }
    packer.take(record, envelope.at, name: number(of: envelope.name), begun: begun)
    builder.take(envelope, beginsProposal: begun != nil)
    times = SealedTimes(first: times?.first ?? envelope.at, last: envelope.at)
    footer.proposals += begun == nil ? 0 : 1
    footer.canonicalBytes += UInt64(record.envelope.count)
    if packer.isFull || position == last { packer.finish(into: &pending, at: end, seed) }
  }

  private mutating func number(of name: String) -> Int {
    if let number = names[name] { return number }
    names[name] = order.count
    order.append(name)
    return order.count - 1
  }

  private mutating func writeIndex() throws(StoreError) {
    footer.blocks = UInt64(Segment.headSize)..<end
    putContents()
    let page = UInt64(SealedFormat.page)
    footer.pagesAt = (end + page - 1) / page * page
    pending.appendZeros(to: Int(footer.pagesAt - written))
    let made = builder.finish(from: footer.pagesAt, seed)
    pending += made.pages
    footer.pages = made.counts
    footer.last = position
    footer.hash = hash
    if let times { footer.times = times }
    SealedPage.append(.footer, first: 0, footer.content(), to: &pending, at: end, seed)
    try write()
    try writing { () throws(DiskError) in try file.sync() }
  }

  private mutating func putContents() {
    let start = pending.count
    let offset = end
    let words = order.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    pending.append(number: UInt32(0))
    pending.append(number: UInt32(words.count))
    pending.append(number: UInt32(dictionary.count))
    pending.append(number: UInt32(0))
    pending += words
    pending += dictionary
    let sum = pending.withUnsafeBytes {
      seed.sum($0.part(start + 4, $0.count - start - 4), at: offset)
    }
    pending.put(sum, at: start)
  }

  private mutating func write() throws(StoreError) {
    let end = end
    try writing { () throws(DiskError) in try file.write(pending, at: written) }
    written = end
    pending.removeAll(keepingCapacity: true)
  }
}

/// A call that makes a file nothing relies on yet.
private func writing<T>(_ work: () throws(DiskError) -> T) throws(StoreError) -> T {
  do throws(DiskError) {
    return try work()
  } catch {
    throw error.isFull ? .full(error.description) : .unreadable(error.description)
  }
}
