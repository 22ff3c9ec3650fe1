// A settled transfer that the chain took back, deeper than what was taken for final (CH-11): the
// books follow the chain by a fact of their own, and what was said before stands in the log.

extension DifferenceEvent {
  /// A person, who stands as the event's actor, has the books follow a chain that lost a settled
  /// transfer; or the chain has it again, and they follow that.
  ///
  /// What came back waits in suspense. The client stands as paid: the transaction is signed, and
  /// may be mined again at any time, so that nothing else may ever pay it.
  public struct TransferCorrected: BlankFact {
    public static let name = "ledger.transfer_corrected.v1"
    public internal(set) var amount: Money = .blank
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var difference = 0
    /// Gas, which comes and goes with it.
    public internal(set) var fee = Money.zero(.eth)
    public internal(set) var hash = ""
    public internal(set) var kind: TransferCorrection = .blank
    public internal(set) var reason = ""
    public internal(set) var transfer: TransferID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.money("amount", &amount)
      fields.text("channel", &channel)
      fields.integer("difference", &difference)
      fields.money("fee", &fee)
      fields.text("hash", &hash)
      fields.text("kind", &kind)
      fields.text("reason", &reason)
      fields.text("transfer", &transfer)
    }
  }
}

/// Which way the books are put right.
public enum TransferCorrection: String, Word {
  /// The chain has lost it: value and gas are in the wallet again.
  case takenBack = "taken_back"
  /// The chain has it again.
  case minedAgain = "mined_again"

  public static let words = WordList<TransferCorrection>()
}

/// A transfer as its confirmation stands in the log.
public struct SettledTransfer: Hashable, Sendable {
  public let transfer: TransferID
  public let hash: String
  public let amount: Money
  public let fee: Money

  public init(_ confirmed: TransferEvent.Confirmed) {
    transfer = confirmed.transfer
    hash = confirmed.hash
    amount = confirmed.amount
    fee = confirmed.fee
  }
}

/// The lines of the confirmation the other way round, and again where the chain has it again.
func postings(of event: DifferenceEvent.TransferCorrected) -> [Posting] {
  let lines = [
    Posting(.custody, event.amount), Posting(.suspense, -event.amount),
    Posting(.custody, event.fee), Posting(.gas, -event.fee),
  ]
  switch event.kind {
  case .takenBack: return lines
  case .minedAgain: return lines.map { Posting($0.account, -$0.amount) }
  }
}

extension LedgerState {
  /// Only what a comparison found to be missing whole, once, and as it was settled.
  func correct(_ number: Int, _ settled: SettledTransfer, _ reason: String) -> Decision {
    guard let entry = differences.entries[number] else { return .refuse(.differenceUnknown) }
    if let obstacle = Self.obstacle(to: reason) { return .refuse(obstacle) }
    let key = DifferenceKey(kind: .transferMissing, subject: settled.hash)
    let found = entry.found
    guard found.kind == key.kind, found.outside == TransferLook.missing else {
      return .refuse(.differenceNotCorrectable)
    }
    guard found.subject == key.subject,
      found.ledger == TransferLook.words(settled.transfer, settled.amount),
      let transfer = transfer(settled.transfer), case .confirmed = transfer.phase,
      settled.fee.asset == .eth, settled.fee.units >= 0
    else { return .refuse(.notOurTransaction) }
    guard entry.corrected == nil else { return .ignore }
    let corrected = DifferenceEvent.TransferCorrected(
      amount: settled.amount, channel: transfer.requested.channel, difference: number,
      fee: settled.fee, hash: settled.hash, kind: .takenBack, reason: reason,
      transfer: settled.transfer)
    let explained = DifferenceEvent.Explained(
      amount: nil, difference: number, kind: key.kind, reason: reason, subject: key.subject)
    return .accept(
      [.ledger(.difference(.transferCorrected(corrected)))]
        + (entry.explained == nil ? [.ledger(.difference(.explained(explained)))] : []))
  }
}

extension DifferenceEvent.TransferCorrected {
  /// What follows where the chain has it again.
  var undone: LedgerEvent {
    var again = self
    again.kind = .minedAgain
    again.reason = "the chain has it again"
    return .ledger(.difference(.transferCorrected(again)))
  }
}

extension TransferLook {
  static let missing = "the chain doesn't have it"

  static func words(_ transfer: TransferID, _ amount: Money) -> String {
    "\(transfer) sent \(amount.amountText) \(amount.asset)"
  }
}

extension Difference {
  /// The settled transfer that it is about; nil where it is about something else.
  public var transfer: TransferID? {
    guard kind == .transferMissing else { return nil }
    return ledger.split(separator: " ").first.flatMap { TransferID(text: String($0)) }
  }
}
