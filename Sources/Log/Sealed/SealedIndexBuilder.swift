import Kernel

/// Makes the pages of a sealed segment from its events and blocks; the same ones for the same.
struct SealedIndexBuilder {
  private var keys: [UInt64] = []
  private var places: [UInt8] = []
  private let hasher: KeyHasher
  private(set) var events = 0

  init(log: LogID) { hasher = KeyHasher(log) }

  /// Takes in the next event.
  mutating func take(_ envelope: Envelope, beginsProposal: Bool) {
    add(hasher.hash(.stream, envelope.stream))
    for tag in envelope.tags { add(hasher.hash(.tag, tag)) }
    if beginsProposal { add(hasher.hash(.command, envelope.cause.command.text)) }
    events += 1
  }

  /// Takes in where the block of the next event begins.
  mutating func beginBlock(at offset: UInt64) {
    places.append(number: UInt32(events))
    places.append(number: UInt32(offset / 8))
  }

  private mutating func add(_ hash: KeyHash) {
    keys.append(SealedKey(hash, place: events).word)
  }

  /// All pages but the footer, as they lie from `start` on.
  mutating func finish(
    from start: UInt64, _ seed: SealedFormat.Seed
  ) -> (pages: [UInt8], counts: SealedFooter.Pages) {
    sortKeys()
    var counts = SealedFooter.Pages()
    var bytes: [UInt8] = []
    func append(_ kind: SealedPage.Kind, first: UInt64 = 0, _ content: [UInt8]) {
      SealedPage.append(
        kind, first: first, content, to: &bytes, at: start + UInt64(bytes.count), seed)
    }
    for content in places.parts(SealedPage.words * 8) {
      append(.places, content)
      counts.places += 1
    }
    var steps: [UInt8] = []
    var names = 0
    var content: [UInt8] = []
    var first: UInt64 = 0
    var last: UInt64?
    for key in keys {
      if key >> 24 != (last ?? ~key) >> 24 { names += 1 }
      // A number has 10 bytes at most.
      if last == nil || content.count > SealedPage.room - 10 {
        if last != nil {
          append(.keys, first: first, content)
          counts.keys += 1
        }
        content.removeAll(keepingCapacity: true)
        first = key
        steps.append(number: key)
      } else {
        content.append(varint: key - (last ?? 0))
      }
      last = key
    }
    append(.keys, first: first, content)
    counts.keys += 1
    for content in steps.parts(SealedPage.words * 8) {
      append(.steps, content)
      counts.steps += 1
    }
    counts.filter = SealedFilter.pages(names: names)
    for content in filter(counts.filter) { append(.filter, content) }
    return (bytes, counts)
  }

  private mutating func sortKeys() {
    keys.sort()
    var kept = 0
    for index in keys.indices where index == 0 || keys[index] != keys[index - 1] {
      keys[kept] = keys[index]
      kept += 1
    }
    keys.removeLast(keys.count - kept)
  }

  private func filter(_ pages: Int) -> [[UInt8]] {
    let size = SealedFilter.perPage * SealedFilter.block
    var bits = [UInt8](repeating: 0, count: pages * size)
    var last: UInt64?
    for key in keys where key >> 24 != last {
      last = key >> 24
      let block = SealedFilter.block(of: key >> 24, pages: pages) * SealedFilter.block
      SealedFilter.set(key >> 24, in: &bits[block..<block + SealedFilter.block])
    }
    // Behind the head there is as much again as it takes, so that blocks lie where lines do.
    let gap = [UInt8](repeating: 0, count: SealedFilter.block - SealedPage.head)
    return bits.parts(size).map { gap + $0 }
  }
}

extension Array where Element == UInt8 {
  mutating func append<T: FixedWidthInteger>(number: T) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  /// The bytes in parts of so many, the last one shorter.
  func parts(_ size: Int) -> [[UInt8]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
