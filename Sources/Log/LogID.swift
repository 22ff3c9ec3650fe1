import Kernel

/// A log's own id: 16 random bytes, written as 32 small hex digits.
public struct LogID: Hashable, Sendable, CustomStringConvertible {
  let high: UInt64
  let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads 32 small hex digits.
  public init?(text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 32 else { return nil }
    var words: [UInt64] = [0, 0]
    for (index, digit) in digits.enumerated() {
      guard let nibble = Escapes.nibble(ofHex: digit) else { return nil }
      words[index / 16] = words[index / 16] << 4 | UInt64(nibble)
    }
    self.init(high: words[0], low: words[1])
  }

  /// A fresh one, from the system's randomness.
  package static func random() -> LogID {
    var generator = SystemRandomNumberGenerator()
    return LogID(high: generator.next(), low: generator.next())
  }

  public var text: String {
    let words = [high, low]
    return HexText.of(
      words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } })
  }

  public var description: String { text }
}
