/// Proofs of RFC 6962 (section 2.1), as which subtrees they are made of and how they are checked.
///
/// Leaves are counted from 0: the event at position `p` is leaf `p - 1`.
enum TreeProof {
  /// The subtrees beside the way from a leaf to the root, lowest first: `PATH(index, D[size])`.
  static func inclusion(of index: UInt64, in size: UInt64) -> [Range<UInt64>] {
    precondition(index < size, "a proof for a leaf that isn't there")
    var beside: [Range<UInt64>] = []
    var tree = 0..<size
    while tree.count > 1 {
      let middle = tree.lowerBound + split(UInt64(tree.count))
      if index < middle {
        beside.append(middle..<tree.upperBound)
        tree = tree.lowerBound..<middle
      } else {
        beside.append(tree.lowerBound..<middle)
        tree = middle..<tree.upperBound
      }
    }
    return beside.reversed()
  }

  /// The subtrees that show a tree's first `old` leaves to be an older tree: `PROOF(old, D[new])`.
  ///
  /// None where the trees have one size.
  static func consistency(from old: UInt64, to new: UInt64) -> [Range<UInt64>] {
    precondition(old > 0 && old <= new, "a proof between trees that aren't older and newer")
    var beside: [Range<UInt64>] = []
    var tree = 0..<new
    var isOldTree = true
    while old < tree.upperBound {
      let middle = tree.lowerBound + split(UInt64(tree.count))
      if old <= middle {
        beside.append(middle..<tree.upperBound)
        tree = tree.lowerBound..<middle
      } else {
        beside.append(tree.lowerBound..<middle)
        tree = middle..<tree.upperBound
        isOldTree = false
      }
    }
    if !isOldTree { beside.append(tree) }
    return beside.reversed()
  }

  /// The largest power of two below a size of at least 2.
  private static func split(_ size: UInt64) -> UInt64 {
    1 << UInt64(63 - (size - 1).leadingZeroBitCount)
  }

  /// Whether the path leads from the leaf's hash to the root (RFC 9162, section 2.1.3.2).
  static func proves(
    _ leaf: Digest, at index: UInt64, in size: UInt64, root: Digest, path: [Digest]
  ) -> Bool {
    guard index < size else { return false }
    let end = climb(from: index, size - 1, leaf, path[...])
    return end.map { $0.whole == root } ?? false
  }

  /// Whether the first tree is how the second one begins (RFC 9162, section 2.1.4.2).
  static func proves(
    old: UInt64, _ oldRoot: Digest, isPrefixOf new: UInt64, _ newRoot: Digest, path: [Digest]
  ) -> Bool {
    guard old > 0, old <= new else { return false }
    if old == new { return path.isEmpty && oldRoot == newRoot }
    var (first, last) = (old - 1, new - 1)
    while first & 1 == 1 { (first, last) = (first >> 1, last >> 1) }
    var rest = path[...]
    guard let start = old.nonzeroBitCount == 1 ? oldRoot : rest.popFirst() else { return false }
    guard let end = climb(from: first, last, start, rest) else { return false }
    return end.part == oldRoot && end.whole == newRoot
  }

  /// Goes up from a node to the root: what the old tree's and the whole tree's hashes become; nil
  /// where the path is too long or too short.
  private static func climb(
    from node: UInt64, _ last: UInt64, _ start: Digest, _ path: ArraySlice<Digest>
  ) -> (part: Digest, whole: Digest)? {
    let chain = Chain()
    var (node, last) = (node, last)
    var (part, whole) = (start, start)
    for beside in path {
      guard last > 0 else { return nil }
      if node & 1 == 1 || node == last {
        part = chain.node(beside, part)
        whole = chain.node(beside, whole)
        while node != 0, node & 1 == 0 { (node, last) = (node >> 1, last >> 1) }
      } else {
        whole = chain.node(whole, beside)
      }
      (node, last) = (node >> 1, last >> 1)
    }
    return last == 0 ? (part, whole) : nil
  }
}

/// Takes leaves one after another and keeps the roots of some subtrees: a proof out of one reading
/// of the log, in memory for the logarithm of its length.
struct SubtreeCollector {
  private var wanted: [(range: Range<UInt64>, edge: TreeEdge)]
  private var next: UInt64 = 0

  init(_ ranges: [Range<UInt64>]) { wanted = ranges.map { ($0, TreeEdge()) } }

  mutating func append(_ leaf: Digest, _ chain: Chain) {
    for index in wanted.indices where wanted[index].range.contains(next) {
      wanted[index].edge.append(leaf, chain)
    }
    next += 1
  }

  /// In the order they were asked for.
  func roots(_ chain: Chain) -> [Digest] {
    wanted.map { wanted in
      precondition(wanted.edge.size == wanted.range.count, "a proof out of too few leaves")
      return wanted.edge.root(chain)
    }
  }
}
