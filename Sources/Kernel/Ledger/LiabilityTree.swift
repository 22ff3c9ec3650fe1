/// What is owed to everybody in one asset, as a Merkle tree of sums: whoever sees the root knows the
/// sum, and each client that his amount is in it.
///
/// A leaf's hash is `SHA-256(0 ‖ salt ‖ client ‖ amount)`, a node's
/// `SHA-256(1 ‖ left sum ‖ left hash ‖ right sum ‖ right hash)`; amounts are 16 bytes, the highest
/// first, and never negative. Both sums stand in a node's hash: one that was made too small somewhere
/// else would need another root.
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

  /// In the order of their hashes, so that a place tells nothing of who stands there.
  ///
  /// Nil where there is none, where one is negative, or where the sum is too large for a sum.
  public init?(_ leaves: [Node]) {
    guard !leaves.isEmpty, leaves.allSatisfy({ $0.sum >= 0 && $0.hash.count == 32 }) else {
      return nil
    }
    var levels = [leaves.sorted { $0.hash.lexicographicallyPrecedes($1.hash) }]
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
    guard var place = levels[0].firstIndex(of: leaf) else { return nil }
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

/// What is owed in one asset to all clients together.
public struct LiabilitySum: FieldGroup {
  /// To whom anything is owed in it.
  public internal(set) var clients = 0
  /// Of the tree over them: 64 hex digits.
  public internal(set) var root = ""
  public internal(set) var total: Money = .zero(.usdt)
  public static var blank: Self { Self() }

  init() {}

  public mutating func list<F: Fields>(_ fields: inout F) {
    fields.integer("clients", &clients)
    fields.text("root", &root)
    fields.money("total", &total)
  }
}

extension GenesisEvent {
  /// What was owed to everybody when this was appended, as anybody was told it.
  public struct LiabilitiesPublished: BlankFact {
    public static let name = "ledger.liabilities_published.v1"
    /// From which each client's own follows: 64 hex digits; nobody is told it.
    public internal(set) var salt = ""
    /// An asset after the other; none where nothing is owed.
    public internal(set) var sums: [LiabilitySum] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("salt", &salt)
      fields.groups("sums", &sums)
    }
  }
}

/// What one client needs to see that his amount is in a published sum.
public struct LiabilityProof: Hashable, Sendable {
  /// The open channel's id.
  public let client: String
  public let amount: Money
  public let salt: [UInt8]
  public let path: [LiabilityTree.Step]

  public init(client: String, amount: Money, salt: [UInt8], path: [LiabilityTree.Step]) {
    self.client = client
    self.amount = amount
    self.salt = salt
    self.path = path
  }

  /// Whether it leads to a root that was told, and to the sum that was told beside it.
  public func holds(root: [UInt8], total: Money) -> Bool {
    guard total.asset == amount.asset, salt.count == 32 else { return false }
    return LiabilityTree.proves(
      .leaf(client, amount.units, salt: salt), path,
      root: LiabilityTree.Node(hash: root, sum: total.units))
  }
}

extension LedgerState {
  /// What is owed, waiting and being paid out, to each client: as it would be published, with a
  /// proof each.
  public func liabilities(
    salt: String
  ) -> (published: GenesisEvent.LiabilitiesPublished, proofs: [LiabilityProof]) {
    var owed: [Asset: [(client: String, salt: [UInt8], units: Int128)]] = [:]
    for channel in books.channels {
      let client = channels[channel]?.open.text ?? channel.text
      for line in books.lines(of: channel) {
        let units = -(line.payable.units + line.reserved.units)
        guard units > 0 else { continue }
        let own = ContentDigest.bytes(of: [2] + Array((salt + client).utf8))
        owed[line.payable.asset, default: []].append((client, own, units))
      }
    }
    var published = GenesisEvent.LiabilitiesPublished(salt: salt)
    var proofs: [LiabilityProof] = []
    for asset in owed.keys.sorted(by: { $0.text < $1.text }) {
      let clients = owed[asset] ?? []
      let leaves = clients.map { LiabilityTree.Node.leaf($0.client, $0.units, salt: $0.salt) }
      guard let tree = LiabilityTree(leaves) else {
        preconditionFailure("what is owed in \(asset) has no sum")
      }
      published.sums.append(
        LiabilitySum(
          clients: tree.count, root: HexText.of(tree.root.hash),
          total: Money(tree.root.sum, asset)))
      for (leaf, one) in zip(leaves, clients) {
        guard let path = tree.path(of: leaf) else { preconditionFailure("a leaf got lost") }
        proofs.append(
          LiabilityProof(
            client: one.client, amount: Money(one.units, asset), salt: one.salt, path: path))
      }
    }
    return (published, proofs)
  }

  func publishLiabilities(_ salt: String, _ chat: String, _ checkpoint: [String]) -> Decision {
    guard salt.utf8.count == 64, !chat.isEmpty else { return .refuse(.textMissing) }
    let published = liabilities(salt: salt).published
    let sums = published.sums.map {
      "\($0.total.amountText) \($0.total.asset) is owed to \($0.clients) clients; root \($0.root)"
    }
    let lines = sums.isEmpty ? ["Nothing is owed to anybody."] : sums
    let log = checkpoint.isEmpty ? [] : ["The log's newest checkpoint:"] + checkpoint
    let notice = ChatEvent.NoticeRequested(
      chat: Personal(chat), kind: .liabilities, lines: lines + log,
      // The salt is nobody's business.
      notice: "liabilities-\(ContentDigest.text(of: Array(salt.utf8)).prefix(16))",
      title: "What we owe")
    return .accept(
      [.ledger(.liabilitiesPublished(published))]
        + (chats.bot == nil ? [] : [.chat(.noticeRequested(notice))]))
  }
}
