/// The right edge of an RFC 6962 tree: the roots of its whole subtrees, largest first.
///
/// One leaf more is one hash on average, and memory is 32 bytes for each set bit of the size: at
/// most 2 KiB, whatever the log's length.
struct TreeEdge: Hashable, Sendable {
  private(set) var size: UInt64 = 0
  private(set) var subtrees: [Digest] = []

  init() {}

  /// Nil where so many subtrees aren't the edge of a tree of that size.
  init?(size: UInt64, subtrees: [Digest]) {
    guard subtrees.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.subtrees = subtrees
  }

  mutating func append(_ leaf: Digest, _ chain: Chain) {
    var node = leaf
    var level = size
    while level & 1 == 1 {
      node = chain.node(subtrees.removeLast(), node)
      level >>= 1
    }
    subtrees.append(node)
    size += 1
  }

  /// `MTH` of RFC 6962: of nothing, the SHA-256 of nothing.
  func root(_ chain: Chain) -> Digest {
    guard var root = subtrees.last else {
      return chain.hash(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    for subtree in subtrees.dropLast().reversed() { root = chain.node(subtree, root) }
    return root
  }
}

extension Chain {
  /// The hash of an inner node.
  func node(_ left: Digest, _ right: Digest) -> Digest {
    withUnsafeTemporaryAllocation(byteCount: 65, alignment: 8) { bytes in
      bytes[0] = 1
      withUnsafeBytes(of: left.words) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[1..<33]).copyMemory(from: $0)
      }
      withUnsafeBytes(of: right.words) {
        UnsafeMutableRawBufferPointer(rebasing: bytes[33..<65]).copyMemory(from: $0)
      }
      return hash(UnsafeRawBufferPointer(bytes))
    }
  }
}
