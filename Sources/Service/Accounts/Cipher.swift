import COpenSSL
import FoundationEssentials
import Kernel

/// Keyed hashes and chance, as tokens and codes need them.
enum Cipher {
  enum Digest: String {
    case sha1 = "SHA1"
    case sha256 = "SHA256"
  }

  /// HMAC of a text under a key (RFC 2104).
  static func hmac(_ text: [UInt8], _ key: [UInt8], _ digest: Digest = .sha256) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 64)
    var count = 0
    let end = EVP_Q_mac(
      nil, "HMAC", nil, digest.rawValue, nil, key, key.count, text, text.count, &code, code.count,
      &count)
    precondition(end != nil, "OpenSSL has no HMAC-\(digest.rawValue)")
    return Array(code[..<count])
  }

  static func hmac(_ text: String, _ key: Secret) -> [UInt8] {
    hmac(Array(text.utf8), Array(key.reveal().utf8))
  }

  /// Whether two texts are the same, in a time that depends on their lengths alone.
  static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// Bytes that nobody can guess.
  static func chance(_ count: Int) -> [UInt8] {
    var chance = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
  }
}
