import COpenSSL

/// SHA-256 of FIPS 180-4, by OpenSSL.
public enum SHA256 {
  /// The digest of some bytes: 32 bytes.
  public static func digest(of bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { digest(of: $0) }
  }

  public static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    Chain().hash(bytes).bytes
  }

  /// The digest of a whole file; nil where it can't be read.
  public static func digest(ofFile path: String) -> [UInt8]? {
    try? FileCopy(disk: RealDisk(), progress: { _ in }).sum(of: path, limit: .max)?.digest.bytes
  }

  /// The chain's value behind some envelopes, the first of which is a log's first.
  package static func chain(
    _ envelopes: [Range<Int>], of bytes: UnsafeRawBufferPointer
  ) -> [UInt8] {
    var hash = Digest.zero
    for range in envelopes {
      hash = Chain().hash(after: hash, UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    return hash.bytes
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

/// What hashes along the log.
struct Chain: Sendable {
  /// The hash of an event: over its predecessor's hash and its canonical envelope.
  func hash(after previous: Digest, _ envelope: UnsafeRawBufferPointer) -> Digest {
    withUnsafeBytes(of: previous.words) { hash($0, envelope) }
  }

  func hash(_ bytes: UnsafeRawBufferPointer) -> Digest {
    hash(UnsafeRawBufferPointer(start: nil, count: 0), bytes)
  }

  /// The hash of bytes that come in pieces, until there is none.
  func hash<E: Error>(
    pieces next: () throws(E) -> UnsafeRawBufferPointer?
  ) throws(E) -> Digest {
    var context = SHA256_CTX()
    weir_sha256_begin(&context)
    while let piece = try next() { weir_sha256_take(&context, piece.baseAddress, piece.count) }
    var digest = Digest.zero
    withUnsafeMutableBytes(of: &digest.words) {
      weir_sha256_end(&context, $0.bindMemory(to: UInt8.self).baseAddress)
    }
    return digest
  }

  private func hash(
    _ before: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer
  ) -> Digest {
    var digest = Digest.zero
    withUnsafeMutableBytes(of: &digest.words) {
      weir_sha256(
        before.baseAddress, before.count, bytes.baseAddress, bytes.count,
        $0.bindMemory(to: UInt8.self).baseAddress)
    }
    return digest
  }
}
