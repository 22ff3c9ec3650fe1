import COpenSSL

/// Numbers to the base of 58, and the checksum that Bitcoin puts behind them.
enum Base58 {
  static let bitcoin = alphabet("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
  static let rippleDigits = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
  static let ripple = alphabet(rippleDigits)

  /// Values of bytes; 255 for those that are no digit.
  private static func alphabet(_ digits: String) -> [UInt8] {
    var values = [UInt8](repeating: .max, count: 256)
    for (value, digit) in digits.utf8.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }

  /// The bytes of a text, a zero byte for each leading zero digit; nil where a character is no
  /// digit, or the text is longer than any address.
  static func bytes(_ text: String, _ alphabet: [UInt8] = bitcoin) -> [UInt8]? {
    guard (1...200).contains(text.utf8.count) else { return nil }
    // Least byte first.
    var bytes: [UInt8] = []
    for character in text.utf8 {
      let value = alphabet[Int(character)]
      guard value < 58 else { return nil }
      var carry = Int(value)
      for index in bytes.indices {
        carry += Int(bytes[index]) * 58
        bytes[index] = UInt8(carry & 255)
        carry >>= 8
      }
      while carry > 0 {
        bytes.append(UInt8(carry & 255))
        carry >>= 8
      }
    }
    let zeros = text.utf8.prefix { alphabet[Int($0)] == 0 }.count
    return [UInt8](repeating: 0, count: zeros) + bytes.reversed()
  }

  /// The bytes before the checksum, which is the first four of SHA-256 taken twice; nil where it is
  /// another.
  static func checked(_ text: String, _ alphabet: [UInt8] = bitcoin) -> [UInt8]? {
    guard let bytes = bytes(text, alphabet), bytes.count > 4 else { return nil }
    let body = Array(bytes.dropLast(4))
    return sha256(sha256(body)).prefix(4).elementsEqual(bytes.suffix(4)) ? body : nil
  }

  /// The text of bytes and of a checksum behind them, in the given digits.
  static func text(checked body: [UInt8], _ digits: String) -> String {
    let bytes = body + sha256(sha256(body)).prefix(4)
    // Least digit first.
    var values: [UInt8] = []
    for byte in bytes {
      var carry = Int(byte)
      for index in values.indices {
        carry += Int(values[index]) << 8
        values[index] = UInt8(carry % 58)
        carry /= 58
      }
      while carry > 0 {
        values.append(UInt8(carry % 58))
        carry /= 58
      }
    }
    let zeros = bytes.prefix { $0 == 0 }.count
    let utf8 = Array(digits.utf8)
    let all = [UInt8](repeating: 0, count: zeros) + values.reversed()
    return String(decoding: all.map { utf8[Int($0)] }, as: UTF8.self)
  }

  private static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    weir_sha256(nil, 0, bytes, bytes.count, &digest)
    return digest
  }
}

/// The XRP Ledger's: classic, or an X-address, which has the destination tag inside (XLS-5).
struct RippleAddress: Hashable {
  let account: [UInt8]
  /// Whose of those that share the account the money is; nil where the address names nobody.
  let tag: UInt32?

  /// Nil for what is no address of the main net.
  init?(_ text: String) {
    guard let bytes = Base58.checked(text, Base58.ripple) else { return nil }
    if bytes.count == 21, bytes[0] == 0 {
      (account, tag) = (Array(bytes[1...]), nil)
      return
    }
    // A flag of 1 says that 32 bits of tag follow, 0 that there is none; nothing else is defined.
    guard bytes.count == 31, bytes.starts(with: [0x05, 0x44]) else { return nil }
    let number = bytes[23..<27].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard bytes[22] <= 1, bytes[22] == 1 || number == 0, bytes[27...].allSatisfy({ $0 == 0 })
    else { return nil }
    (account, tag) = (Array(bytes[2..<22]), bytes[22] == 1 ? number : nil)
  }

  /// The account alone, as everybody takes it.
  var classic: String { Base58.text(checked: [0] + account, Base58.rippleDigits) }

  static func isOne(_ text: String) -> Bool { RippleAddress(text) != nil }
}

/// Monero's: blocks of eight bytes as eleven digits, Keccak in place of SHA-256.
enum MoneroAddress {
  // How many bytes so many digits are.
  private static let bytesOfDigits = [0: 0, 2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8]

  static func isOne(_ text: String) -> Bool {
    guard let bytes = bytes(text), let kind = bytes.first else { return false }
    let isLong = kind == 19
    guard [18, 19, 42].contains(kind), bytes.count == (isLong ? 77 : 69) else { return false }
    return Keccak.hash(Array(bytes.dropLast(4))).prefix(4).elementsEqual(bytes.suffix(4))
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    guard text.utf8.count <= 200 else { return nil }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let block = rest.prefix(11)
      rest = rest.dropFirst(11)
      guard let count = bytesOfDigits[block.count],
        let number = Base58.bytes(String(decoding: block, as: UTF8.self))
      else { return nil }
      // Zeros may stand before a block's number, but no number is too large for it.
      let value = number.drop { $0 == 0 }
      guard value.count <= count else { return nil }
      bytes += [UInt8](repeating: 0, count: count - value.count) + value
    }
    return bytes
  }
}
