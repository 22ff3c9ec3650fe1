/// A digest of a course of events: the same in every process, and different for a different course.
struct Digest {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func take(_ word: UInt64) {
    state ^= word
    state = (state ^ (state >> 32)) &* 0xd6e8_feb8_6659_fd93
    state = state << 27 | state >> 37
  }

  mutating func take(_ bytes: [UInt8]) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// 16 hex digits.
  var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
