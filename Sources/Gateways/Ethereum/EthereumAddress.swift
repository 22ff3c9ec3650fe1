import Kernel

/// An account on an Ethereum chain: 20 bytes, written with the checksum of EIP-55.
public struct EthereumAddress: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  /// Reads `0x` and 40 digits; digits of mixed case must carry a right checksum.
  ///
  /// All-lower and all-upper digits carry none and are taken: nodes and providers write them so.
  public init?(_ text: String) {
    guard text.utf8.count == 42, let bytes = Hex.bytes(text) else { return nil }
    self.bytes = bytes
    let digits = text.utf8.dropFirst(2)
    let isMixed =
      digits.contains { $0 >= UInt8(ascii: "a") }
      && digits.contains { UInt8(ascii: "A")...UInt8(ascii: "F") ~= $0 }
    if isMixed, self.text != text { return nil }
  }

  init?(bytes: [UInt8]) {
    guard bytes.count == 20 else { return nil }
    self.bytes = bytes
  }

  /// The last 20 bytes of the hash of an uncompressed public key, its leading 4 left off.
  init(publicKey: [UInt8]) {
    precondition(publicKey.count == 64, "a public key has 64 bytes")
    bytes = Array(Keccak.hash(publicKey).suffix(20))
  }

  /// With the checksum: a letter is upper-case where the hash of the lower-case digits has a nibble
  /// of 8 or more at its place.
  public var text: String {
    let digits = Array(HexText.of(bytes).utf8)
    let hash = Keccak.hash(digits)
    let cased = digits.enumerated().map { index, digit in
      let nibble = index.isMultiple(of: 2) ? hash[index / 2] >> 4 : hash[index / 2] & 15
      return digit >= UInt8(ascii: "a") && nibble >= 8 ? digit - 32 : digit
    }
    return "0x" + String(decoding: cased, as: UTF8.self)
  }

  /// True for the address that nobody holds: well formed, never a place to pay to.
  public var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

  public var description: String { text }

  /// As a 32-byte word of call data and log topics.
  var word: [UInt8] { [UInt8](repeating: 0, count: 12) + bytes }

  /// Reads a 32-byte word whose first 12 bytes are zero.
  init?(word: [UInt8]) {
    guard word.count == 32, word.prefix(12).allSatisfy({ $0 == 0 }) else { return nil }
    bytes = Array(word.suffix(20))
  }
}
