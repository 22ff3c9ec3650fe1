import Kernel

/// The last page of a sealed segment: what opening it needs to know.
struct SealedFooter {
  /// How many pages of each kind there are.
  struct Pages: Hashable {
    var places = 0
    var keys = 0
    var steps = 0
    var filter = 0

    var all: Int { places + keys + steps + filter }
  }

  private static let size = 144

  var last: UInt64 = 0
  var hash = Digest.zero
  var times = SealedTimes(first: .blank, last: .blank)
  var proposals = 0
  /// Bytes of the envelopes, as they are hashed and exported.
  var canonicalBytes: UInt64 = 0
  /// Where the blocks begin, and where they end.
  var blocks: Range<UInt64> = 0..<0
  var pagesAt: UInt64 = 0
  var pages = Pages()

  var fileSize: UInt64 { pagesAt + UInt64((pages.all + 1) * SealedFormat.page) }

  func content() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.size)
    bytes.put(last, at: 0)
    bytes.put(hash, at: 8)
    bytes.put(times.first.microseconds, at: 40)
    bytes.put(times.last.microseconds, at: 48)
    bytes.put(UInt64(proposals), at: 56)
    bytes.put(canonicalBytes, at: 64)
    bytes.put(blocks.lowerBound, at: 72)
    bytes.put(blocks.upperBound, at: 80)
    bytes.put(pagesAt, at: 88)
    bytes.put(UInt64(pages.places), at: 96)
    bytes.put(UInt64(pages.keys), at: 104)
    bytes.put(UInt64(pages.steps), at: 112)
    bytes.put(UInt64(pages.filter), at: 120)
    return bytes
  }

  init() {}

  /// Reads the content of a page that is sound; nil where its numbers can't be.
  init?(_ page: UnsafeRawBufferPointer, fileSize size: UInt64) {
    guard page.number(at: 6, UInt16.self) == UInt16(Self.size) else { return nil }
    let content = page.part(SealedPage.head, Self.size)
    last = content.number(at: 0)
    hash = Digest(content, at: 8)
    times = SealedTimes(
      first: Instant(microseconds: content.number(at: 40)),
      last: Instant(microseconds: content.number(at: 48)))
    let (start, end): (UInt64, UInt64) = (content.number(at: 72), content.number(at: 80))
    pagesAt = content.number(at: 88)
    let counts = (0..<4).map { content.number(at: 96 + 8 * $0, UInt64.self) }
    guard start < end, end <= pagesAt, pagesAt < size, counts.allSatisfy({ $0 < 1 << 32 }) else {
      return nil
    }
    proposals = Int(content.number(at: 56, UInt64.self) & 0xffff_ffff)
    canonicalBytes = content.number(at: 64)
    blocks = start..<end
    pages = Pages(
      places: Int(counts[0]), keys: Int(counts[1]), steps: Int(counts[2]), filter: Int(counts[3]))
    guard fileSize == size else { return nil }
  }
}

/// The recorded times of a segment's first and last event.
struct SealedTimes: Hashable, Sendable {
  var first: Instant
  var last: Instant
}
