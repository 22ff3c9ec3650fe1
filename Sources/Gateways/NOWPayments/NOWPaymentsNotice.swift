import COpenSSL
import JSON
import Kernel

/// A notice of NOWPayments about one payment (IPN): whether it is theirs, and what it says.
///
/// The signature proves values, not their spelling: read ids and amounts from `report`, which takes
/// them from the text and refuses odd spellings, never from a re-parsed number.
public enum NOWPaymentsNotice {
  /// The most bytes of a body.
  public static let bytesMost = 64 * 1024

  /// True where the body was signed with the secret, by any of the ways that are in use (C-24).
  ///
  /// Ways: the bytes as they came; names sorted at every depth with number tokens verbatim, or with
  /// numbers as ECMAScript prints them; and, for bodies with arrays, both with arrays as objects,
  /// as the sample in the public documents does. Refused before anything is hashed: a signature
  /// that isn't 128 hex digits (blanks around them aside), a body that is no object, is larger than
  /// 64 KiB, deeper than 32, or names anything twice. Blanks around the secret are not part of it;
  /// an empty secret signs nothing.
  public static func isAuthentic(body: [UInt8], signature: String?, secret: String) -> Bool {
    let key = Array(secret.utf8).trimmed
    guard let signature, let claimed = Hex.bytes(bare: Array(signature.utf8).trimmed),
      claimed.count == 64, !key.isEmpty, let value = object(body)
    else { return false }
    func isSigned(_ text: [UInt8]) -> Bool { isEqual(hmac(text, key), claimed) }
    if isSigned(body) || isSigned(value.written(.sorted)) { return true }
    if isSigned(value.written(.sortedECMAScript)) { return true }
    guard value.hasArray else { return false }
    let rewritten = value.withArraysAsObjects
    return isSigned(rewritten.written(.asIs))
      || isSigned(rewritten.withPrintedNumbers.written(.asIs))
  }

  /// The signature that NOWPayments sends with a body: 128 lower-case hex digits.
  ///
  /// Nil where the body is no object within the limits.
  public static func signature(of body: [UInt8], secret: String) -> String? {
    object(body).map {
      HexText.of(hmac($0.written(.sortedECMAScript), Array(secret.utf8).trimmed))
    }
  }

  static func object(_ body: [UInt8]) -> JSONValue? {
    guard body.count <= bytesMost,
      let value = try? JSONValue.parse(body, limits: JSONLimits(bytes: bytesMost, depth: 32)),
      value.members != nil
    else { return nil }
    return value
  }

  static func hmac(_ text: [UInt8], _ key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 64)
    var count = 0
    let end = EVP_Q_mac(
      nil, "HMAC", nil, "SHA512", nil, key, key.count, text, text.count, &code, code.count, &count)
    precondition(end != nil && count == 64, "OpenSSL has no HMAC-SHA512")
    return code
  }

  /// Compares in a time that depends on the lengths only.
  private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }
}

extension JSONValue {
  fileprivate var hasArray: Bool {
    switch self {
    case .array: true
    case .object(let members): members.contains { $0.value.hasArray }
    case .null, .bool, .number, .string: false
    }
  }

  /// Names sorted, and arrays as objects whose names are places, in the order of the places: the
  /// order in which ECMAScript lists such names.
  fileprivate var withArraysAsObjects: JSONValue {
    switch self {
    case .array(let items):
      .object(items.enumerated().map { JSONMember(String($0), $1.withArraysAsObjects) })
    case .object(let members):
      .object(
        members.sorted { JSONWriter.inOrder($0.name, $1.name) }.map {
          JSONMember($0.name, $0.value.withArraysAsObjects)
        })
    case .null, .bool, .number, .string: self
    }
  }

  /// Every number as ECMAScript prints it; no arrays are left to look into.
  fileprivate var withPrintedNumbers: JSONValue {
    switch self {
    case .number: .number(String(decoding: written(.sortedECMAScript), as: UTF8.self))
    case .object(let members):
      .object(members.map { JSONMember($0.name, $0.value.withPrintedNumbers) })
    case .null, .bool, .string, .array: self
    }
  }
}

extension [UInt8] {
  /// Without blanks and line ends around.
  fileprivate var trimmed: [UInt8] {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    let front = drop(while: isBlank)
    return Array(front.reversed().drop(while: isBlank).reversed())
  }
}
