import COpenSSL

/// AES-256-GCM: what is sealed can be read, and made, by whoever has the key alone.
enum Seal {
  private static let nonceBytes = 12
  private static let tagBytes = 16

  /// A nonce, the sealed text, and its tag.
  ///
  /// A key has 32 bytes, and is good for 2^32 texts.
  static func seal(_ text: [UInt8], _ key: [UInt8]) -> [UInt8] {
    precondition(key.count == 32, "a key of \(key.count) bytes")
    let nonce = Cipher.chance(nonceBytes)
    var sealed = [UInt8](repeating: 0, count: text.count)
    var tag = [UInt8](repeating: 0, count: tagBytes)
    var (count, rest) = (Int32(0), Int32(0))
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    let isDone =
      EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
      && EVP_EncryptUpdate(context, &sealed, &count, text, Int32(text.count)) == 1
      && EVP_EncryptFinal_ex(context, &tag, &rest) == 1
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagBytes), &tag) == 1
    precondition(isDone && Int(count) == text.count, "OpenSSL can't seal")
    return nonce + sealed + tag
  }

  /// The text; nil where it was sealed with another key, or isn't what was sealed.
  static func open(_ sealed: [UInt8], _ key: [UInt8]) -> [UInt8]? {
    guard sealed.count >= nonceBytes + tagBytes, key.count == 32 else { return nil }
    let nonce = Array(sealed.prefix(nonceBytes))
    let body = Array(sealed.dropFirst(nonceBytes).dropLast(tagBytes))
    var tag = Array(sealed.suffix(tagBytes))
    var text = [UInt8](repeating: 0, count: body.count)
    var end = [UInt8](repeating: 0, count: tagBytes)
    var (count, rest) = (Int32(0), Int32(0))
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    let isOpen =
      EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce) == 1
      && EVP_DecryptUpdate(context, &text, &count, body, Int32(body.count)) == 1
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagBytes), &tag) == 1
      && EVP_DecryptFinal_ex(context, &end, &rest) == 1
    return isOpen && Int(count) == body.count ? text : nil
  }
}
