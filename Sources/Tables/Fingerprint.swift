/// 128-bit FNV-1a: tells tables apart that differ by accident.
///
/// No defence against a forger.
package struct Fingerprint {
  private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
  private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b

  package init() {}

  package mutating func add(_ byte: UInt8) { state = (state ^ UInt128(byte)) &* Self.prime }
  package mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) { for byte in bytes { add(byte) } }

  /// A text and its end, so that neighbours can't lend each other letters.
  package mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0xff)
  }

  /// 32 hex digits.
  package var hex: String {
    let text = String(state, radix: 16)
    return String(repeating: "0", count: 32 - text.count) + text
  }
}
