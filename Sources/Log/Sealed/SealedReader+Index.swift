import Kernel
import Synchronization

/// Finding events of a sealed segment by its index.
extension SealedReader {
  /// Whether events with a name may be in the segment; false is certain.
  func mayHold(_ key: KeyHash, in segment: SealedSegment) throws(StoreError) -> Bool {
    let number = SealedFilter.block(of: key.short, pages: segment.footer.pages.filter)
    let page = try page(.filter, number / SealedFilter.perPage, segment)
    return SealedFilter.mayHold(
      key.short,
      page.part(SealedFilter.block * (1 + number % SealedFilter.perPage), SealedFilter.block))
  }

  /// Positions after another that may have a name, in order; who reads them looks whether they do.
  func positions(
    of key: KeyHash, after position: UInt64, limit: Int, in segment: SealedSegment
  ) throws(StoreError) -> [UInt64] {
    guard position < segment.last, limit > 0 else { return [] }
    let place = position < segment.first ? 0 : Int(position - segment.first + 1)
    let least = SealedKey(key, place: place)
    var found: [UInt64] = []
    var number = max(0, Self.page(of: least, segment))
    while number < segment.steps.count {
      let isDone = try walk(number, segment) { next in
        guard next >= least else { return true }
        guard next.short == key.short, found.count < limit else { return false }
        found.append(segment.first + UInt64(next.place))
        return true
      }
      guard !isDone, found.count < limit else { break }
      number += 1
    }
    return found
  }

  /// The last position before another that may have a name.
  func last(
    of key: KeyHash, before position: UInt64, in segment: SealedSegment
  ) throws(StoreError) -> UInt64? {
    guard position > segment.first else { return nil }
    let place = Int(min(position, segment.last + 1) - segment.first) - 1
    let most = SealedKey(key, place: place)
    let number = Self.page(of: most, segment)
    guard number >= 0 else { return nil }
    var last: SealedKey?
    _ = try walk(number, segment) { found in
      guard found <= most else { return false }
      last = found
      return true
    }
    guard let last, last.short == key.short else { return nil }
    return segment.first + UInt64(last.place)
  }

  /// How many blocks a segment has.
  func count(of segment: SealedSegment) throws(StoreError) -> Int {
    let last = segment.footer.pages.places - 1
    let bytes = try page(.places, last, segment)
    return last * SealedPage.words + Int(bytes.number(at: 6, UInt16.self)) / 8
  }

  /// The n-th block's first event, counted in the segment, and its offset.
  func place(
    _ number: Int, _ segment: SealedSegment
  ) throws(StoreError) -> (event: UInt32, offset: UInt64) {
    let bytes = try page(.places, number / SealedPage.words, segment)
    let at = SealedPage.head + number % SealedPage.words * 8
    return (bytes.number(at: at), UInt64(bytes.number(at: at + 4, UInt32.self)) * 8)
  }

  /// The last page whose first key is at most a key; -1 where all lie behind it.
  private static func page(of key: SealedKey, _ segment: SealedSegment) -> Int {
    var low = 0
    var high = segment.steps.count
    while low < high {
      let middle = (low + high) / 2
      if segment.steps[middle] <= key.word { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }

  /// Shows a page's keys in order until one is enough; true where one was.
  private func walk(
    _ number: Int, _ segment: SealedSegment, _ take: (SealedKey) -> Bool
  ) throws(StoreError) -> Bool {
    let bytes = try page(.keys, number, segment)
    let content = bytes.part(SealedPage.head, Int(bytes.number(at: 6, UInt16.self)))
    var word: UInt64 = bytes.number(at: 8)
    guard take(SealedKey(word: word)) else { return true }
    var at = 0
    while at < content.count {
      guard let step = content.varint(at: &at) else {
        throw segment.damage("a page of keys is no such page", at: segment.offset(of: .keys))
      }
      word &+= step
      guard take(SealedKey(word: word)) else { return true }
    }
    return false
  }

  /// A page, out of memory where the segment keeps it there; valid until the next one is read.
  private func page(
    _ kind: SealedPage.Kind, _ number: Int, _ segment: SealedSegment
  ) throws(StoreError) -> UnsafeRawBufferPointer {
    let kept =
      switch kind {
      case .places: segment.places
      case .filter: segment.filter
      case .keys, .steps, .footer: SealedPages?.none
      }
    if let kept { return kept.bytes.part(number * SealedFormat.page, SealedFormat.page) }
    return try readPage(
      kind, at: segment.offset(of: kind) + UInt64(number * SealedFormat.page), of: segment)
  }
}

/// Readers that wait for the next read.
final class SealedReaders: Sendable {
  private static let most = 8
  private let waiting = Mutex<[SealedReader]>([])

  /// Lends a reader for the time of some work.
  func with<T>(_ work: (SealedReader) throws(StoreError) -> T) throws(StoreError) -> T {
    let reader = waiting.withLock { $0.popLast() } ?? SealedReader()
    defer {
      waiting.withLock { waiting in
        if waiting.count < Self.most { waiting.append(reader) }
      }
    }
    return try work(reader)
  }
}
