/// What stands between an obligation and the wallet's key, beside the obligation's own rules.
struct Guards: Sendable {
  /// What is known of a transfer that was stopped or let pass, until it is closed.
  struct Passage: Sendable {
    /// Why it waits; empty where it never did.
    var reason = ""
    var digest = ""
    /// In the order in which they came; each once.
    var approvers: [String] = []
    /// The day it counts toward; 0 while it counts toward none.
    var day = 0

    var isCleared: Bool { day > 0 }

    /// Two people have said that it may be sent.
    var isApproved: Bool { approvers.count >= Limits.approversLeast }
  }

  /// What a client's orders cost, and what it was sent in Tether; both over all time.
  struct Client: Sendable {
    var priced: Int128 = 0
    var sent: Int128 = 0
  }

  /// Nil where signing goes on.
  var frozen: GenesisEvent.Frozen?
  /// Who said so far that signing may go on.
  var unfreezers: [String] = []
  /// Caps that wait for two people, and who has said yes.
  var askedCaps: GenesisEvent.CapsAsked?
  var capsApprovers: [String] = []
  /// Those in force; nil where none was ever set.
  var caps: GenesisEvent.CapsSet?
  var passages: [TransferID: Passage] = [:]
  private(set) var clients: [ChannelKey: Client] = [:]
  /// The day that the sums below are of.
  private var day = 0
  private var sentByWallet: [Int: Int128] = [:]
  private var sentToClient: [ChannelKey: [Int: Int128]] = [:]

  /// What was cleared on a day so far, to all clients or to one.
  func sent(_ asset: Asset, on day: Int, to channel: ChannelKey? = nil) -> Money {
    guard day == self.day else { return .zero(asset) }
    let place = Int(asset.index)
    let units = channel.map { sentToClient[$0]?[place] } ?? sentByWallet[place]
    return Money(units ?? 0, asset)
  }

  mutating func thaw() {
    frozen = nil
    unfreezers = []
  }

  mutating func ask(_ caps: GenesisEvent.CapsAsked?) {
    askedCaps = caps
    capsApprovers = []
  }

  mutating func take(_ event: TransferGuardEvent) {
    switch event {
    case .held(let e):
      // What was approved before was something else, such as another wallet's transfer.
      if passages[e.transfer]?.digest != e.digest { passages[e.transfer]?.approvers = [] }
      passages[e.transfer, default: Passage()].reason = e.reason
      passages[e.transfer]?.digest = e.digest
    case .approved(let e):
      passages[e.transfer, default: Passage()].approvers.append(e.approver)
    case .cleared(let e):
      passages[e.transfer, default: Passage()].day = e.day
      if e.day != day { (day, sentByWallet, sentToClient) = (e.day, [:], [:]) }
      count(e.amount, e.channel, 1)
    }
  }

  private mutating func count(_ amount: Money, _ channel: ChannelKey, _ sign: Int128) {
    let place = Int(amount.asset.index)
    sentByWallet[place, default: 0] += sign * amount.units
    sentToClient[channel, default: [:]][place, default: 0] += sign * amount.units
  }

  /// Its nonce was consumed by what moved nothing: it counts again when it is sent again, and what
  /// was approved stays approved.
  mutating func takeBack(_ requested: TransferEvent.Requested) {
    guard let passage = passages[requested.transfer], passage.isCleared else { return }
    if passage.day == day { count(requested.amount, requested.channel, -1) }
    passages[requested.transfer]?.day = 0
  }

  mutating func price(_ channel: ChannelKey, _ price: Money) {
    clients[channel, default: Client()].priced += price.units
  }

  /// Something that is worth a dollar was given to a client's transfer; or taken back from it.
  mutating func send(_ channel: ChannelKey, _ amount: Money, _ sign: Int128) {
    clients[channel, default: Client()].sent += sign * amount.units
  }

  mutating func list(_ fields: inout StateFields) {
    fields.fact("frozen", &frozen)
    fields.list("unfreezers", &unfreezers, blank: "") { $1.text("approver", &$0) }
    fields.fact("askedCaps", &askedCaps)
    fields.list("capsApprovers", &capsApprovers, blank: "") { $1.text("approver", &$0) }
    fields.fact("caps", &caps)
    fields.map("passages", &passages, blank: (.blank, Passage())) {
      $2.text("transfer", &$0)
      $2.text("reason", &$1.reason)
      $2.text("digest", &$1.digest)
      $2.list("approvers", &$1.approvers, blank: "") { $1.text("approver", &$0) }
      $2.number("day", &$1.day)
    }
    fields.map("clients", &clients, blank: (.blank, Client())) {
      $2.text("channel", &$0)
      $2.number("priced", &$1.priced)
      $2.number("sent", &$1.sent)
    }
    fields.number("day", &day)
    Self.list("sentByWallet", &sentByWallet, &fields)
    fields.map("sentToClient", &sentToClient, blank: (.blank, [:])) {
      $2.text("channel", &$0)
      Self.list("sums", &$1, &$2)
    }
  }

  private static func list(
    _ key: StaticString, _ sums: inout [Int: Int128], _ fields: inout StateFields
  ) {
    fields.map(key, &sums, blank: (0, 0)) {
      $2.number("asset", &$0)
      $2.number("units", &$1)
    }
  }
}

extension Guards {
  /// Whether somebody gave a word already; names differ by more than case.
  static func knows(_ name: String, among names: [String]) -> Bool {
    names.contains { $0.lowercased() == name.lowercased() }
  }
}

extension LedgerState {
  /// Why nothing is signed; nil where signing goes on.
  public var frozen: String? { guards.frozen?.reason }

  func freeze(_ reason: String) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    if let obstacle = obstacle(to: reason) { return .refuse(obstacle) }
    guard guards.frozen == nil else { return .ignore }
    return .accept([.ledger(.frozen(GenesisEvent.Frozen(reason: reason)))])
  }

  /// Who said so far that signing may go on.
  public var unfreezers: [String] { guards.unfreezers }

  /// What one person stopped, two different ones let go on.
  func unfreeze(_ reason: String, by approver: String) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    if let obstacle = obstacle(to: reason) ?? obstacle(to: approver) { return .refuse(obstacle) }
    guard guards.frozen != nil, !Guards.knows(approver, among: guards.unfreezers) else {
      return .ignore
    }
    let approved = LedgerEvent.ledger(
      .unfreezeApproved(GenesisEvent.UnfreezeApproved(approver: approver, reason: reason)))
    guard guards.unfreezers.count + 1 >= Limits.approversLeast else { return .accept([approved]) }
    return .accept([approved, .ledger(.unfrozen(GenesisEvent.Unfrozen(reason: reason)))])
  }

  /// A person's words: some, and not too many.
  func obstacle(to reason: String) -> Refusal? {
    guard !reason.isEmpty else { return .textMissing }
    return reason.count > Limits.descriptionMost ? .textTooLong : nil
  }
}
