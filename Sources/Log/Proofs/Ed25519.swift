import COpenSSL

/// Ed25519 (RFC 8032) by OpenSSL.
enum Ed25519 {
  static let signatureSize = 64

  /// The public key of a seed of 32 bytes.
  static func publicKey(ofSeed seed: [UInt8]) -> [UInt8] {
    let key = privateKey(seed)
    defer { EVP_PKEY_free(key) }
    var bytes = [UInt8](repeating: 0, count: 32)
    var count = bytes.count
    precondition(
      EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1 && count == 32, "no public key")
    return bytes
  }

  static func sign(_ message: [UInt8], seed: [UInt8]) -> [UInt8] {
    let key = privateKey(seed)
    defer { EVP_PKEY_free(key) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: signatureSize)
    var count = signature.count
    precondition(
      EVP_DigestSignInit(context, nil, nil, nil, key) == 1
        && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        && count == signatureSize, "Ed25519 didn't sign")
    return signature
  }

  /// False too where the bytes are no signature or no key.
  static func isSigned(_ message: [UInt8], by publicKey: [UInt8], _ signature: [UInt8]) -> Bool {
    guard signature.count == signatureSize, publicKey.count == 32,
      let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, publicKey, 32)
    else { return false }
    defer { EVP_PKEY_free(key) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  private static func privateKey(_ seed: [UInt8]) -> OpaquePointer {
    precondition(seed.count == 32, "a seed has 32 bytes")
    guard let key = EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, 32) else {
      preconditionFailure("OpenSSL has no Ed25519")
    }
    return key
  }
}

/// Base64 of RFC 4648 in its one canonical form, with padding.
enum Base64 {
  static func text(of bytes: [UInt8]) -> String {
    var out = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    let count = EVP_EncodeBlock(&out, bytes, Int32(bytes.count))
    return String(decoding: out.prefix(Int(count)), as: UTF8.self)
  }

  /// Nil where the text isn't exactly what `text(of:)` gives for some bytes.
  static func bytes(of text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 4 == 0, digits.count < 1 << 20 else { return nil }
    var out = [UInt8](repeating: 0, count: digits.count / 4 * 3 + 1)
    let count = EVP_DecodeBlock(&out, digits, Int32(digits.count))
    guard count >= 0 else { return nil }
    let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    let bytes = Array(out.prefix(max(0, Int(count) - padding)))
    return Base64.text(of: bytes) == text ? bytes : nil
  }
}
