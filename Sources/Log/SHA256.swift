import COpenSSL

/// SHA-256 of FIPS 180-4, by OpenSSL.
public enum SHA256 {
  /// The digest of some bytes: 32 bytes.
  public static func digest(of bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { Chain().hash($0).bytes }
  }
}

/// The 32 bytes of one SHA-256, held without an array.
struct Digest: Hashable, Sendable {
  var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  static let zero = Digest()

  init() {}

  /// Nil where there are not exactly 32 bytes.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
  }

  /// Reads 32 bytes at an offset that must lie within.
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    withUnsafeMutableBytes(of: &words) {
      $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 32]))
    }
  }

  var bytes: [UInt8] { withUnsafeBytes(of: words) { [UInt8]($0) } }

  static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// What hashes along the log: the algorithm fetched once, one context used again and again.
///
/// One thread at a time.
final class Chain {
  // Fetched once and never freed; OpenSSL's algorithms may be used on any thread.
  private nonisolated(unsafe) static let algorithm: OpaquePointer = {
    guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
      preconditionFailure("OpenSSL has no SHA256")
    }
    return algorithm
  }()

  private let context: OpaquePointer

  init() {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// The hash of an event: over its predecessor's hash and its canonical envelope.
  func hash(after previous: Digest, _ envelope: UnsafeRawBufferPointer) -> Digest {
    begin()
    withUnsafeBytes(of: previous.words) { update($0) }
    update(envelope)
    return end()
  }

  func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
    begin()
    update(bytes)
    return end()
  }

  /// The hash of bytes that come in pieces, until there is none.
  func hash<E: Error>(
    pieces next: () throws(E) -> UnsafeRawBufferPointer?
  ) throws(E) -> Digest {
    begin()
    while let piece = try next() { update(piece) }
    return end()
  }

  private func begin() {
    precondition(EVP_DigestInit_ex2(context, Self.algorithm, nil) == 1, "SHA256 didn't start")
  }

  private func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(
      EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "SHA256 took no bytes")
  }

  private func end() -> Digest {
    var digest = Digest.zero
    let isDone = withUnsafeMutableBytes(of: &digest.words) {
      EVP_DigestFinal_ex(context, $0.bindMemory(to: UInt8.self).baseAddress, nil)
    }
    precondition(isDone == 1, "SHA256 didn't end")
    return digest
  }
}
