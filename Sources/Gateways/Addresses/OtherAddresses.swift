import CBotan

/// Stellar's account: base 32, with a CRC behind it (SEP-23).
enum StellarAddress {
  static func isOne(_ text: String) -> Bool {
    guard text.utf8.count == 56, text.hasPrefix("G") else { return false }
    var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
    for character in text.utf8 {
      let value: UInt8
      switch character {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - 65
      case UInt8(ascii: "2")...UInt8(ascii: "7"): value = character - 24
      case _: return false
      }
      bits = (bits << 5 | UInt32(value)) & 0xfff
      count += 5
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    guard bytes.count == 35, bytes[0] == 6 << 3 else { return false }
    let sum = crc16(bytes.dropLast(2))
    return bytes[33] == UInt8(sum & 255) && bytes[34] == UInt8(sum >> 8)
  }
}

/// TON's in the form that people are shown: base 64, with a CRC behind it.
enum TonAddress {
  static func isOne(_ text: String) -> Bool {
    guard text.utf8.count == 48 else { return false }
    let isPlain = text.utf8.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
    var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
    for character in text.utf8 {
      let value: UInt8
      switch character {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - 65
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - 71
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character + 4
      case UInt8(ascii: "-") where !isPlain, UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "_") where !isPlain, UInt8(ascii: "/"): value = 63
      case _: return false
      }
      bits = (bits << 6 | UInt32(value)) & 0x3fff
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    let sum = crc16(bytes.dropLast(2))
    // Bounceable or not; 0x80 more would be a test net's. The basic chain, or the masters'.
    return [0x11, 0x51].contains(bytes[0]) && [0x00, 0xff].contains(bytes[1])
      && bytes[34] == UInt8(sum >> 8) && bytes[35] == UInt8(sum & 255)
  }
}

/// CRC-16 of XMODEM.
private func crc16(_ bytes: some Sequence<UInt8>) -> UInt16 {
  bytes.reduce(0) { sum, byte in
    (0..<8).reduce(sum ^ UInt16(byte) << 8) { sum, _ in
      sum & 0x8000 == 0 ? sum << 1 : sum << 1 ^ 0x1021
    }
  }
}

/// Solana's: a public key, without a checksum.
enum SolanaAddress {
  static func isOne(_ text: String) -> Bool {
    guard let bytes = Base58.bytes(text), bytes.count == 32 else { return false }
    return isOnCurve(bytes)
  }

  private static let prime = "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"
  private static let lessOne =
    "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"
  private static let d = "0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"
  /// Half of one less than the prime: what powers of squares come to one at.
  private static let half = "0x3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff6"

  /// Whether a point of ed25519 has this for its y: addresses that programs hold are chosen so that
  /// none has.
  private static func isOnCurve(_ bytes: [UInt8]) -> Bool {
    var number = Array(bytes.reversed())
    number[0] &= 0x7f
    let p = Number(prime)
    let y = Number(number)
    guard y < p else { return false }
    let square = y.times(y, p)
    let over = square.plus(Number(lessOne), p)
    let under = square.times(Number(d), p).plus(Number("1"), p)
    // A quotient is a square where the product is.
    let power = over.times(under, p).power(Number(half), p)
    return power == Number("1") || power == Number("0")
  }

  /// A number of any size.
  private final class Number: Comparable {
    private var value: botan_mp_t?

    init() { Number.check(botan_mp_init(&value)) }

    convenience init(_ text: String) {
      self.init()
      Number.check(botan_mp_set_from_str(value, text))
    }

    convenience init(_ bytes: [UInt8]) {
      self.init()
      Number.check(botan_mp_from_bin(value, bytes, bytes.count))
    }

    deinit { botan_mp_destroy(value) }

    private static func check(_ code: Int32) { precondition(code == 0, "Botan: \(code)") }

    func times(_ other: Number, _ modulus: Number) -> Number {
      let product = Number()
      Number.check(botan_mp_mod_mul(product.value, value, other.value, modulus.value))
      return product
    }

    func plus(_ other: Number, _ modulus: Number) -> Number {
      let sum = Number()
      Number.check(botan_mp_add(sum.value, value, other.value))
      return sum.times(Number("1"), modulus)
    }

    func power(_ exponent: Number, _ modulus: Number) -> Number {
      let power = Number()
      Number.check(botan_mp_powmod(power.value, value, exponent.value, modulus.value))
      return power
    }

    private func compare(_ other: Number) -> Int32 {
      var order: Int32 = 0
      Number.check(botan_mp_cmp(&order, value, other.value))
      return order
    }

    static func == (left: Number, right: Number) -> Bool { left.compare(right) == 0 }
    static func < (left: Number, right: Number) -> Bool { left.compare(right) < 0 }
  }
}
