import Kernel
import Log

/// One-time codes of an authenticator (RFC 6238: SHA-1, 30 seconds, 6 digits), and the codes that
/// stand in for them.
///
/// An account's secret follows from the service's key and a nonce, and is stored nowhere.
struct OneTimeCodes: Sendable {
  let keys: [Secret]

  static let recoveryCount = 10

  /// Names a key without telling anything of it.
  static func name(of key: Secret) -> String {
    String(HexText.of(Cipher.hmac("weir key", key)).prefix(16))
  }

  /// 160 bits; nil where the key it follows from isn't configured any more.
  func secret(_ account: AccountID, key name: String, nonce: String) -> [UInt8]? {
    keys.first { Self.name(of: $0) == name }.map {
      Array(Cipher.hmac("weir totp|\(account)|\(nonce)", $0).prefix(20))
    }
  }

  static func step(at now: Instant) -> Int { Int(now.microseconds / 30_000_000) }

  static func code(_ secret: [UInt8], step: Int) -> String {
    let counter = withUnsafeBytes(of: UInt64(step).bigEndian) { Array($0) }
    let mac = Cipher.hmac(counter, secret, .sha1)
    let start = Int(mac[mac.count - 1] & 15)
    let number = mac[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
    let digits = String(number % 1_000_000)
    return String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// The step of a code that is right now or was a moment ago, or will be; nil for a wrong one.
  static func step(of code: String, _ secret: [UInt8], at now: Instant) -> Int? {
    let given = Array(code.utf8)
    var found: Int?
    for step in (Self.step(at: now) - 1)...(Self.step(at: now) + 1) {
      if Cipher.isEqual(Array(Self.code(secret, step: step).utf8), given) { found = step }
    }
    return found
  }

  /// 80 bits each, in groups of four letters and digits.
  static func recoveryCodes() -> [String] {
    (0..<recoveryCount).map { _ in
      let letters = Array(Base32.text(Cipher.chance(10)).lowercased())
      return stride(from: 0, to: 16, by: 4).map { String(letters[$0..<($0 + 4)]) }
        .joined(separator: "-")
    }
  }

  /// What is stored of a recovery code, however it is typed.
  static func recoveryHash(_ code: String) -> String {
    Tokens.hash(String(code.lowercased().filter { $0.isLetter || $0.isNumber }))
  }
}

/// Base32 as authenticators take it, without padding (RFC 4648 section 6).
enum Base32 {
  static func text(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var text = ""
    var rest = 0
    var bits = 0
    for byte in bytes {
      rest = rest << 8 | Int(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(letters[rest >> bits & 31])
      }
    }
    if bits > 0 { text.append(letters[rest << (5 - bits) & 31]) }
    return text
  }
}
