import Kernel

/// Reads a sealed segment from its first byte to its last, and believes nothing of it: every
/// record's bytes by the chain, and every answer of the index by making it again.
struct SealedCheck {
  private let segment: SealedSegment
  private var builder: SealedIndexBuilder
  private var number = 0
  private var hash: Digest
  private var position: UInt64
  private var at: Instant?
  private var proposals = 0
  private var canonicalBytes: UInt64 = 0
  /// Events of the proposal at hand that are still to come.
  private var left = 0
  private let chain = Chain()

  init(_ segment: SealedSegment, log: LogID) {
    self.segment = segment
    builder = SealedIndexBuilder(log: log)
    hash = segment.before
    position = segment.first - 1
  }

  /// Checks the next block, and shows its records, each with the proposal that begins with it;
  /// false once the whole file was.
  mutating func step(
    _ reader: SealedReader,
    _ take: (Record, _ begun: FramePayload.Proposal?) throws(StoreError) -> Void = { _, _ in }
  ) throws(StoreError) -> Bool {
    guard try number < reader.count(of: segment) else {
      try end()
      return false
    }
    try reader.load(number, of: segment, ahead: LogView.ahead)
    builder.beginBlock(at: reader.offset)
    for index in reader.entries.indices {
      let record = try reader.record(index)
      let begun = try reader.proposal(index)
      try check(record, begun, reader.entries[index])
      try take(record, begun)
    }
    number += 1
    return true
  }

  private mutating func check(
    _ record: Record, _ begun: FramePayload.Proposal?, _ entry: SealedBlock.Entry
  ) throws(StoreError) {
    position += 1
    guard record.position == position else { throw record.damage("it isn't where it belongs") }
    let envelope = try record.parsed()
    hash = chain.hash(after: hash, record.envelope)
    guard hash == record.hash else { throw record.damage("the chain is broken") }
    guard entry.name < segment.names.count, segment.names[entry.name] == envelope.name else {
      throw record.damage("its block calls it something else")
    }
    guard envelope.at == entry.at, at ?? entry.at <= entry.at else {
      throw record.damage("recorded time went back")
    }
    at = entry.at
    guard (begun != nil) == (left == 0) else { throw record.damage("its proposal is cut") }
    left = (begun?.count ?? left) - 1
    proposals += begun == nil ? 0 : 1
    canonicalBytes += UInt64(record.envelope.count)
    builder.take(envelope, beginsProposal: begun != nil)
  }

  private mutating func end() throws(StoreError) {
    let footer = segment.footer
    guard position == footer.last, hash == footer.hash, left == 0, at == footer.times.last,
      proposals == footer.proposals, canonicalBytes == footer.canonicalBytes
    else { throw segment.damage("its footer says something else", position: position) }
    let made = builder.finish(from: footer.pagesAt, segment.seed)
    guard made.counts == footer.pages else { throw segment.damage("its index isn't its own") }
    let kept = try reading { () throws(DiskError) in
      try segment.file.bytes(made.pages.count, at: footer.pagesAt)
    }
    guard kept == made.pages else {
      throw segment.damage("its index isn't its own", at: footer.pagesAt)
    }
  }
}
