import COpenSSL

/// A private key; it can sign and name its address, and nothing shows it.
///
/// Its bytes live in one place, are never copied out, and are wiped when the last holder lets go.
/// The text it was read from is the caller's to drop.
public final class EthereumKey: Sendable {
  /// The account of the key, with checksum.
  public let address: String
  // Written in the initialiser only; signing reads it.
  private nonisolated(unsafe) let secret: UnsafeMutablePointer<UInt8>

  /// Reads 64 hex digits, with or without `0x`; nil where they are no number of the curve.
  public init?(hex: String) {
    let digits = hex.hasPrefix("0x") ? hex.dropFirst(2) : hex[...]
    guard var bytes = Hex.bytes(bare: digits.utf8) else { return nil }
    defer { OPENSSL_cleanse(&bytes, bytes.count) }
    guard bytes.count == 32, Secp256k1.isKey(bytes) else { return nil }
    secret = .allocate(capacity: 32)
    secret.initialize(from: bytes, count: 32)
    address = EthereumAddress(publicKey: Secp256k1.publicKey(of: bytes)).text
  }

  deinit {
    OPENSSL_cleanse(secret, 32)
    secret.deallocate()
  }

  func sign(_ digest: [UInt8]) -> Secp256k1.Signature {
    Secp256k1.sign(digest, with: secret)
  }
}

extension EthereumKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "EthereumKey(\(address))" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
