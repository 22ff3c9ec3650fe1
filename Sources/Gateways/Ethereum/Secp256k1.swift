import CSecp256k1

/// The curve's operations: signing as RFC 6979 has it, and finding the signer.
enum Secp256k1 {
  struct Signature: Hashable, Sendable {
    /// Numbers below the curve's order, 32 bytes each.
    let r: [UInt8]
    let s: [UInt8]
    /// 0 or 1: which of two points r stands for.
    let parity: UInt8
  }

  // Made and blinded once, never written to again; the library reads it from any thread.
  private nonisolated(unsafe) static let context: OpaquePointer? = {
    let flags = UInt32(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY)
    let context = secp256k1_context_create(flags)
    var random = SystemRandomNumberGenerator()
    let seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    if let context {
      precondition(secp256k1_context_randomize(context, seed) == 1, "the curve can't be blinded")
    }
    return context
  }()

  private static var ready: OpaquePointer {
    guard let context else { preconditionFailure("no memory for the curve's tables") }
    return context
  }

  /// True for a number from 1 to the curve's order less one.
  static func isKey(_ key: UnsafePointer<UInt8>) -> Bool {
    secp256k1_ec_seckey_verify(ready, key) == 1
  }

  /// The 64 bytes of the public key's point.
  static func publicKey(of key: UnsafePointer<UInt8>) -> [UInt8] {
    var point = secp256k1_pubkey()
    precondition(secp256k1_ec_pubkey_create(ready, &point, key) == 1, "not a private key")
    return text(of: point)
  }

  /// Signs a 32-byte digest: the same bytes for the same input, s in the lower half (EIP-2).
  static func sign(_ digest: [UInt8], with key: UnsafePointer<UInt8>) -> Signature {
    precondition(digest.count == 32, "a digest has 32 bytes")
    var signature = secp256k1_ecdsa_recoverable_signature()
    let isSigned = secp256k1_ecdsa_sign_recoverable(ready, &signature, digest, key, nil, nil)
    precondition(isSigned == 1, "not a private key")
    var compact = [UInt8](repeating: 0, count: 64)
    var parity: Int32 = 0
    secp256k1_ecdsa_recoverable_signature_serialize_compact(ready, &compact, &parity, &signature)
    // 2 and 3 would need an r beyond the order, which nobody has ever met.
    guard let parity = UInt8(exactly: parity), parity < 2 else {
      preconditionFailure("r lies beyond the order")
    }
    return Signature(r: Array(compact[..<32]), s: Array(compact[32...]), parity: parity)
  }

  /// The public key that signed; nil where a number is out of range or s is in the upper half.
  static func signer(of digest: [UInt8], _ signature: Signature) -> [UInt8]? {
    let compact = signature.r + signature.s
    guard digest.count == 32, compact.count == 64, signature.parity < 2 else { return nil }
    var plain = secp256k1_ecdsa_signature()
    guard secp256k1_ecdsa_signature_parse_compact(ready, &plain, compact) == 1,
      secp256k1_ecdsa_signature_normalize(ready, nil, &plain) == 0
    else { return nil }
    var recoverable = secp256k1_ecdsa_recoverable_signature()
    var point = secp256k1_pubkey()
    guard
      secp256k1_ecdsa_recoverable_signature_parse_compact(
        ready, &recoverable, compact, Int32(signature.parity)) == 1,
      secp256k1_ecdsa_recover(ready, &point, &recoverable, digest) == 1
    else { return nil }
    return text(of: point)
  }

  private static func text(of point: secp256k1_pubkey) -> [UInt8] {
    var point = point
    var bytes = [UInt8](repeating: 0, count: 65)
    var count = 65
    let flags = UInt32(SECP256K1_EC_UNCOMPRESSED)
    secp256k1_ec_pubkey_serialize(ready, &bytes, &count, &point, flags)
    return Array(bytes.dropFirst())
  }
}
