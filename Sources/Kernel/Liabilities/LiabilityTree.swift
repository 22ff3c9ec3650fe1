/// What is owed to everybody in one asset, as a Merkle tree of sums: whoever sees the root knows
/// the sum, and each client that his amount is in it.
///
/// A leaf's hash is `SHA-256(0 ‖ salt ‖ client ‖ amount)`, a node's
/// `SHA-256(1 ‖ left sum ‖ left hash ‖ right sum ‖ right hash)`; amounts are 16 bytes, the highest
/// first, and never negative. Both sums stand in a node's hash: one that was made too small
/// elsewhere would need another root.
public struct LiabilityTree: Sendable {
  public struct Node: Hashable, Sendable {
    /// 32 bytes.
    public let hash: [UInt8]
    /// Units of the asset.
    public let sum: Int128

    public init(hash: [UInt8], sum: Int128) {
      self.hash = hash
      self.sum = sum
    }

    /// A client's; the salt hides who it is from whoever guesses.
    public static func leaf(_ client: String, _ amount: Int128, salt: [UInt8]) -> Node {
      let bytes = [0] + salt + Array(client.utf8) + LiabilityTree.bytes(of: amount)
      return Node(hash: ContentDigest.bytes(of: bytes), sum: amount)
    }

    /// Nil where a sum is negative, or too large for a sum.
    static func over(_ left: Node, _ right: Node) -> Node? {
      guard left.sum >= 0, right.sum >= 0, left.hash.count == 32, right.hash.count == 32 else {
        return nil
      }
      let (sum, isTooLarge) = left.sum.addingReportingOverflow(right.sum)
      guard !isTooLarge else { return nil }
      let bytes =
        [1] + LiabilityTree.bytes(of: left.sum) + left.hash + LiabilityTree.bytes(of: right.sum)
        + right.hash
      return Node(hash: ContentDigest.bytes(of: bytes), sum: sum)
    }
  }

  /// A node beside the way from a leaf to the root.
  public struct Step: Hashable, Sendable {
    public let isLeft: Bool
    public let node: Node

    public init(isLeft: Bool, _ node: Node) {
      self.isLeft = isLeft
      self.node = node
    }
  }

  /// The leaves first, the root alone last; one that is left over goes up as it is.
  private let levels: [[Node]]
  /// Where each leaf stands.
  private let places: [[UInt8]: Int]

  /// In the order of their hashes, so that a place tells nothing of who stands there.
  ///
  /// Nil where there is none, where one is negative or stands there twice, or where the sum is too
  /// large for a sum.
  public init?(_ leaves: [Node]) {
    guard !leaves.isEmpty, leaves.allSatisfy({ $0.sum >= 0 && $0.hash.count == 32 }) else {
      return nil
    }
    var levels = [leaves.sorted { $0.hash.lexicographicallyPrecedes($1.hash) }]
    var places: [[UInt8]: Int] = [:]
    for (place, leaf) in levels[0].enumerated() {
      guard places.updateValue(place, forKey: leaf.hash) == nil else { return nil }
    }
    self.places = places
    while let below = levels.last, below.count > 1 {
      var level: [Node] = []
      for place in stride(from: 0, to: below.count, by: 2) {
        guard place + 1 < below.count else {
          level.append(below[place])
          continue
        }
        guard let node = Node.over(below[place], below[place + 1]) else { return nil }
        level.append(node)
      }
      levels.append(level)
    }
    self.levels = levels
  }

  public var root: Node { levels[levels.count - 1][0] }
  public var count: Int { levels[0].count }

  /// The nodes beside the way from a leaf to the root, the lowest first; nil where it is no leaf.
  public func path(of leaf: Node) -> [Step]? {
    guard var place = places[leaf.hash], levels[0][place] == leaf else { return nil }
    var steps: [Step] = []
    for level in levels.dropLast() {
      let beside = place ^ 1
      if beside < level.count { steps.append(Step(isLeft: beside < place, level[beside])) }
      place /= 2
    }
    return steps
  }

  /// Whether a leaf is in the tree with that root, and so its amount in the root's sum.
  public static func proves(_ leaf: Node, _ path: [Step], root: Node) -> Bool {
    guard leaf.sum >= 0, path.count <= 64 else { return false }
    var node = leaf
    for step in path {
      guard let up = step.isLeft ? Node.over(step.node, node) : Node.over(node, step.node) else {
        return false
      }
      node = up
    }
    return node == root
  }

  private static func bytes(of amount: Int128) -> [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: amount >> Int128(120 - 8 * $0)) }
  }
}
