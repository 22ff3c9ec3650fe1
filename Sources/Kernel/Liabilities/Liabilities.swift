/// What is owed in one asset to all clients together.
public struct LiabilitySum: FieldGroup {
  /// To whom anything is owed in it.
  public internal(set) var clients = 0
  /// Of the tree over them: 64 hex digits.
  public internal(set) var root = ""
  public internal(set) var total: Money = .zero(.usdt)
  public static var blank: Self { Self() }

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
    /// Which day's, `2026-11-28` in UTC: there is one a day.
    public internal(set) var day = ""
    /// From which each client's own follows: 64 hex digits; no client is told it.
    public internal(set) var salt = ""
    /// An asset after the other; none where nothing is owed.
    public internal(set) var sums: [LiabilitySum] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("day", &day)
      fields.text("salt", &salt)
      fields.groups("sums", &sums)
    }
  }
}

/// The newest publication, and what it says of each client: the ground of every proof.
public struct Liabilities: Sendable {
  /// Empty where nothing was ever published.
  public private(set) var day = ""
  /// An asset after the other; none where nothing was owed.
  public private(set) var sums: [LiabilitySum] = []
  private var salt = ""
  /// What was owed then, in the order of channels.
  private var owed: [Owed] = []

  struct Owed: Sendable {
    var channel: ChannelKey
    var amount: Money

    /// The client's own salt tells him nothing of another's.
    func leaf(_ salt: String) -> (node: LiabilityTree.Node, salt: [UInt8]) {
      let own = ContentDigest.bytes(of: [2] + Array((salt + channel.text).utf8))
      return (.leaf(channel.text, amount.units, salt: own), own)
    }
  }

  init() {}

  init(_ e: GenesisEvent.LiabilitiesPublished, owed: [Owed]) {
    (day, sums, salt, self.owed) = (e.day, e.sums, e.salt, owed)
  }

  static func sums(of owed: [Owed], salt: String) -> [LiabilitySum] {
    trees(owed, salt).map { asset, tree in
      LiabilitySum(
        clients: tree.count, root: HexText.of(tree.root.hash),
        total: Money(tree.root.sum, asset))
    }
  }

  /// What one client needs to see that he is in the sums; empty where nothing was owed to him.
  public func proofs(of channel: ChannelKey) -> [LiabilityProof] {
    Self.trees(owed, salt).flatMap { asset, tree in
      owed.filter { $0.channel == channel && $0.amount.asset == asset }.map { line in
        let (leaf, own) = line.leaf(salt)
        guard let path = tree.path(of: leaf) else { preconditionFailure("a leaf got lost") }
        return LiabilityProof(
          client: channel.text, amount: line.amount, salt: own, path: path, root: tree.root)
      }
    }
  }

  private static func trees(
    _ owed: [Owed], _ salt: String
  ) -> [(asset: Asset, tree: LiabilityTree)] {
    Set(owed.map(\.amount.asset)).sorted { $0.text < $1.text }.map { asset in
      let leaves = owed.filter { $0.amount.asset == asset }.map { $0.leaf(salt).node }
      guard let tree = LiabilityTree(leaves) else {
        preconditionFailure("what is owed in \(asset) has no sum")
      }
      return (asset, tree)
    }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.text("liabilitiesDay", &day)
    fields.list("liabilitiesSums", &sums, blank: .blank) { $1.group("sum", &$0) }
    fields.text("liabilitiesSalt", &salt)
    fields.list("liabilitiesOwed", &owed, blank: Owed(channel: .blank, amount: .zero(.usdt))) {
      $1.text("channel", &$0.channel)
      $1.money("amount", &$0.amount)
    }
  }
}

/// What one client needs to see that his amount is in a published sum.
public struct LiabilityProof: Hashable, Sendable {
  /// The channel's key.
  public let client: String
  public let amount: Money
  public let salt: [UInt8]
  public let path: [LiabilityTree.Step]
  public let root: LiabilityTree.Node

  /// Whether it leads to a root that was told, and to the sum that was told beside it.
  public func holds(root: [UInt8], total: Money) -> Bool {
    guard total.asset == amount.asset, salt.count == 32 else { return false }
    return LiabilityTree.proves(
      .leaf(client, amount.units, salt: salt), path,
      root: LiabilityTree.Node(hash: root, sum: total.units))
  }
}

extension LedgerState {
  /// What is owed, waiting and being paid out, to each client.
  private func owed() -> [Liabilities.Owed] {
    books.channels.flatMap { channel in
      books.lines(of: channel).compactMap { line in
        let amount = -(line.payable + line.reserved)
        return amount.units > 0 ? Liabilities.Owed(channel: channel, amount: amount) : nil
      }
    }
  }

  mutating func evolve(_ e: GenesisEvent.LiabilitiesPublished) {
    liabilities = Liabilities(e, owed: owed())
  }

  /// Sums up once a day; the time it takes grows with the clients: some 0.1 s for 10,000.
  func publishLiabilities(
    _ salt: String, _ chat: String, _ checkpoint: [String], at now: Instant
  ) -> Decision {
    let day = String(now.text.prefix(10))
    guard day != liabilities.day else { return .ignore }
    guard salt.utf8.count == 64, !chat.isEmpty else { return .refuse(.textMissing) }
    let sums = Liabilities.sums(of: owed(), salt: salt)
    let published = GenesisEvent.LiabilitiesPublished(day: day, salt: salt, sums: sums)
    let words = sums.map {
      "\($0.total.amountText) \($0.total.asset) in \($0.clients) parts, root \($0.root)"
    }
    let log = checkpoint.isEmpty ? [] : ["The log's newest checkpoint:"] + checkpoint
    let notice = ChatEvent.NoticeRequested(
      chat: Personal(chat), kind: .liabilities,
      lines: (words.isEmpty ? ["Nothing to anybody."] : words) + log,
      notice: "liabilities-\(day)", title: "What we owe on \(day)")
    return .accept(
      [.ledger(.liabilitiesPublished(published))]
        + (chats.bot == nil ? [] : [.chat(.noticeRequested(notice))]))
  }
}
