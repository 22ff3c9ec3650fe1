import CLZ4
import Kernel

/// What reading a sealed segment needs of memory: a window of the file, and one block's text.
///
/// What it hands out is valid until the next call. One thread at a time; `SealedReaders` lends it.
// Unchecked: a reader belongs to whoever took it out of the pool, until it is put back.
final class SealedReader: @unchecked Sendable {
  private var segment: SealedSegment?
  private var window = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 15, alignment: 64)
  private var windowStart: UInt64 = 0
  private var windowCount = 0
  /// The dictionary, and right behind it the text: so LZ4 is fastest.
  private var memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: SealedFormat.dictionaryMost + 1 << 15, alignment: 64)
  private var assembled = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 12, alignment: 64)
  private var number = -1
  /// Where the block begins.
  private(set) var offset: UInt64 = 0
  private var decoded = 0
  private var areHashesSound = false
  private var headAt = Instant.blank
  private var envelopeHead = BodyWriter()
  private var dictionaryOf: SealedSegment?
  private let page = UnsafeMutableRawBufferPointer.allocate(
    byteCount: SealedFormat.page, alignment: 64)
  /// Where the page lies that was read last; 0 for none.
  private var pageOffset: UInt64 = 0

  private(set) var block = SealedBlock()
  private(set) var entries: [SealedBlock.Entry] = []

  deinit {
    window.deallocate()
    memory.deallocate()
    assembled.deallocate()
    page.deallocate()
  }

  // MARK: Blocks

  /// Turns to the block with an event; gives the event's place in it.
  ///
  /// - Parameter ahead: Bytes to read at least, where something must be read.
  func select(
    _ position: UInt64, of segment: SealedSegment, ahead: Int = 0
  ) throws(StoreError) -> Int {
    if self.segment === segment, number >= 0, position >= block.first,
      position - block.first < block.events
    {
      return Int(position - block.first)
    }
    let event = UInt32(position - segment.first)
    var low = 0
    var high = try count(of: segment)
    while high - low > 1 {
      let middle = (low + high) / 2
      if try place(middle, segment).event <= event { low = middle } else { high = middle }
    }
    try load(low, of: segment, ahead: ahead)
    guard position >= block.first, position - block.first < block.events else {
      throw damage("the block doesn't hold position \(position)")
    }
    return Int(position - block.first)
  }

  /// Reads the n-th block's head and table, from 0.
  func load(_ number: Int, of segment: SealedSegment, ahead: Int = 0) throws(StoreError) {
    if self.segment === segment, self.number == number { return }
    use(segment)
    self.number = -1
    let start = try place(number, segment)
    let end =
      number + 1 < (try count(of: segment))
      ? try place(number + 1, segment).offset : segment.footer.blocks.upperBound
    offset = start.offset
    guard start.offset >= segment.footer.blocks.lowerBound, end > start.offset,
      end <= segment.footer.blocks.upperBound
    else { throw damage("its places aren't in order") }
    let bytes = try fetch(Int(end - start.offset), ahead: ahead)
    guard let found = SealedBlock(bytes, at: offset, segment.seed) else {
      throw damage("a block's checksum is wrong")
    }
    guard found.first == segment.first + UInt64(start.event), found.read(bytes, into: &entries)
    else { throw damage("a block's table isn't its own") }
    block = found
    decoded = 0
    areHashesSound = false
    grow(to: found.text)
    putDictionary(segment)
    self.number = number
  }

  private func use(_ segment: SealedSegment) {
    guard self.segment !== segment else { return }
    self.segment = segment
    number = -1
    windowCount = 0
    pageOffset = 0
  }

  private func putDictionary(_ segment: SealedSegment) {
    guard dictionaryOf !== segment else { return }
    let start = SealedFormat.dictionaryMost - segment.dictionary.count
    UnsafeMutableRawBufferPointer(rebasing: memory[start..<SealedFormat.dictionaryMost])
      .copyBytes(from: segment.dictionary)
    dictionaryOf = segment
  }

  /// Reads a page of the file; valid until the next one is read.
  func readPage(
    _ kind: SealedPage.Kind, at start: UInt64, of segment: SealedSegment
  ) throws(StoreError) -> UnsafeRawBufferPointer {
    use(segment)
    guard pageOffset != start else { return UnsafeRawBufferPointer(page) }
    pageOffset = 0
    let count = try reading { () throws(DiskError) in try segment.file.read(page, at: start) }
    let bytes = UnsafeRawBufferPointer(rebasing: page[..<count])
    guard SealedPage.isSound(bytes, kind, at: start, segment.seed) else {
      throw segment.damage("its index is damaged", at: start)
    }
    pageOffset = start
    return UnsafeRawBufferPointer(page)
  }

  private func grow(to text: Int) {
    // LZ4 may write a little beyond what is asked for.
    let need = SealedFormat.dictionaryMost + text + 64
    guard need > memory.count else { return }
    memory.deallocate()
    memory = UnsafeMutableRawBufferPointer.allocate(byteCount: need, alignment: 64)
    dictionaryOf = nil
  }

  /// The bytes of the file from `offset` on, so many; out of the window where they are in it.
  private func fetch(_ count: Int, ahead: Int) throws(StoreError) -> UnsafeRawBufferPointer {
    guard let segment else { preconditionFailure("a reader without a segment") }
    let isHere =
      offset >= windowStart && offset + UInt64(count) <= windowStart + UInt64(windowCount)
    if !isHere {
      let most = max(count, ahead)
      if most > window.count {
        window.deallocate()
        window = UnsafeMutableRawBufferPointer.allocate(byteCount: most, alignment: 64)
      }
      windowCount = 0
      windowStart = offset
      windowCount = try reading { () throws(DiskError) in
        try segment.file.read(
          UnsafeMutableRawBufferPointer(rebasing: window[..<most]), at: offset)
      }
    }
    let start = Int(offset - windowStart)
    return UnsafeRawBufferPointer(
      rebasing: window[start..<min(start + count, max(start, windowCount))])
  }

  private var bytes: UnsafeRawBufferPointer {
    let start = Int(offset - windowStart)
    return UnsafeRawBufferPointer(rebasing: window[start..<start + block.total])
  }

  /// Decompresses up to a place of the text.
  private func need(_ end: Int) throws(StoreError) {
    guard decoded < end, let segment else { return }
    let start = SealedFormat.dictionaryMost
    let count = segment.dictionary.count
    let source = bytes.part(SealedBlock.headSize + block.table, block.compressed)
    guard let memory = memory.baseAddress else { return }
    let found = LZ4_decompress_safe_partial_usingDict(
      source.baseAddress?.assumingMemoryBound(to: CChar.self),
      (memory + start).assumingMemoryBound(to: CChar.self), Int32(source.count), Int32(end),
      Int32(block.text), (memory + start - count).assumingMemoryBound(to: CChar.self),
      Int32(count))
    guard found == Int32(end) else { throw damage("a block can't be decompressed") }
    decoded = end
  }

  private func text(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(memory).part(SealedFormat.dictionaryMost + start, count)
  }

  // MARK: Events of the block

  /// Decompresses what is needed for the bodies of all events up to one.
  func needBodies(through index: Int) throws(StoreError) {
    try need(entries[index].body + entries[index].bodyCount)
  }

  func body(_ index: Int) throws(StoreError) -> UnsafeRawBufferPointer {
    let entry = entries[index]
    try need(entry.body + entry.bodyCount)
    return text(entry.body, entry.bodyCount)
  }

  /// How the event's body is read; nil where this program doesn't know.
  func form(_ index: Int) -> FactForm? {
    guard let segment, entries[index].name < segment.forms.count else { return nil }
    return segment.forms[entries[index].name]
  }

  /// What follows the body in the envelope.
  func tail(_ index: Int) throws(StoreError) -> UnsafeRawBufferPointer {
    let entry = entries[index]
    try need(entry.tail + entry.tailCount)
    return text(entry.tail, entry.tailCount)
  }

  /// The event's record, its envelope put together byte for byte.
  func record(_ index: Int) throws(StoreError) -> Record {
    let entry = entries[index]
    let tail = try tail(index)
    let body = text(entry.body, entry.bodyCount)
    guard entry.at.isWritable else { throw damage("an event's time can't be") }
    if headAt != entry.at {
      headAt = entry.at
      envelopeHead.out.bytes.removeAll(keepingCapacity: true)
      Envelope.writeHead(at: entry.at, to: &envelopeHead)
    }
    let total = Envelope.bodyStart + body.count + tail.count
    if total > assembled.count {
      assembled.deallocate()
      assembled = UnsafeMutableRawBufferPointer.allocate(byteCount: total, alignment: 64)
    }
    assembled.copyBytes(from: envelopeHead.out.bytes)
    UnsafeMutableRawBufferPointer(rebasing: assembled[Envelope.bodyStart...]).copyMemory(from: body)
    UnsafeMutableRawBufferPointer(rebasing: assembled[(Envelope.bodyStart + body.count)...])
      .copyMemory(from: tail)
    return Record(
      UnsafeRawBufferPointer(assembled).part(0, total), bodyCount: body.count,
      hash: try hash(index), position: block.first + UInt64(index),
      file: segment?.name ?? "", offset: offset)
  }

  func record(at position: UInt64, of segment: SealedSegment) throws(StoreError) -> Record {
    try record(try select(position, of: segment))
  }

  func hash(_ index: Int) throws(StoreError) -> Digest {
    try Digest(hashes(), at: 32 * index)
  }

  /// The digest and the events of the proposal that begins at a place of the block; nil for none.
  func proposal(_ index: Int) throws(StoreError) -> FramePayload.Proposal? {
    guard entries[index].proposal > 0 else { return nil }
    let before = entries[..<index].reduce(0) { $0 + ($1.proposal > 0 ? 1 : 0) }
    let digest = Digest(try hashes(), at: 32 * (block.events + before))
    return FramePayload.Proposal(digest: digest, count: entries[index].proposal)
  }

  func command(
    at position: UInt64, of segment: SealedSegment
  ) throws(StoreError) -> LogIndex.Command? {
    try proposal(try select(position, of: segment)).map {
      LogIndex.Command(
        digest: $0.digest, first: position, last: position + UInt64($0.count) - 1)
    }
  }

  private func hashes() throws(StoreError) -> UnsafeRawBufferPointer {
    if !areHashesSound, let segment {
      guard block.areHashesSound(bytes, at: offset, segment.seed) else {
        throw damage("the checksum of a block's hashes is wrong")
      }
      areHashesSound = true
    }
    return bytes.part(block.told, block.total - block.told)
  }

  func damage(_ what: String) -> StoreError {
    guard let segment else { preconditionFailure("a reader without a segment") }
    return segment.damage(what, at: offset, position: number < 0 ? segment.first : block.first)
  }
}
