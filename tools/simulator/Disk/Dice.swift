/// Seeded randomness, the same on every machine and in every process (SplitMix64).
package struct Dice: Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// A stream of its own for one part of a world: what other parts draw doesn't change it.
  package init(seed: UInt64, _ name: String) {
    // FNV-1a: Swift's own hashes differ from process to process.
    let hash = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    state = hash ^ (seed &* 0x9e37_79b9_7f4a_7c15)
    _ = next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }

  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// A whole number of a range, each as likely.
  package mutating func among(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  package mutating func pick<Element>(_ all: [Element]) -> Element { all[below(all.count)] }

  /// True so many times in a million.
  package mutating func happens(_ parts: Int) -> Bool { below(1_000_000) < parts }

  /// A whole number whose length is drawn, not its size: small ones come as often as large ones.
  package mutating func loguniform(_ range: ClosedRange<Int64>) -> Int64 {
    var bounds: [Int64] = [range.lowerBound]
    while let last = bounds.last, last < range.upperBound { bounds.append(max(last + 1, last * 2)) }
    let place = below(max(1, bounds.count - 1))
    let high = min(
      place + 1 < bounds.count ? bounds[place + 1] : range.upperBound, range.upperBound)
    return among(bounds[place]...max(bounds[place], high))
  }
}
