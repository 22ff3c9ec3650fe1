/// What a log says about itself, in stream `ledger-main`, and what came over from the old system.
public indirect enum GenesisEvent: Hashable, Sendable {
  case opened(Opened)
  case recovered(Recovered)
  case adoptionBegun(AdoptionBegun)
  case frozen(Frozen)
  case unfrozen(Unfrozen)
  case capsSet(CapsSet)
  case difference(DifferenceEvent)
  case step(StepEvent)
  case unfreezeApproved(UnfreezeApproved)
  case capsAsked(CapsAsked)
  case capsApproved(CapsApproved)
  case legacy(LegacyEvent)
  case tableAsked(TableAsked)
  case dustSwept(DustSwept)
  case liabilitiesPublished(LiabilitiesPublished)

  /// The log was created, for real money or for play; the first fact of every log.
  public struct Opened: BlankFact {
    public static let name = "ledger.opened.v1"
    public internal(set) var environment: Environment = .blank
    /// The log's own id: 32 hex digits.
    public internal(set) var log = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("environment", &environment)
      fields.text("log", &log)
    }
  }

  /// A log that was restored, or had lost its end, signs again.
  ///
  /// A person said so, after the checks of recovery had passed (reliability 3.6); who it was stands
  /// as the event's actor.
  public struct Recovered: BlankFact {
    public static let name = "ledger.recovered.v1"
    /// Why recovery was owed.
    public internal(set) var owed = ""
    /// The person's words.
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("owed", &owed)
      fields.text("reason", &reason)
    }
  }

  /// A person, who stands as the event's actor, has what a restored log forgot taken in: from the
  /// witness, where what was signed stands, and from the providers (reliability 3.6).
  ///
  /// The facts that follow are those of the payments and payouts themselves.
  public struct AdoptionBegun: BlankFact {
    public static let name = "ledger.adoption_begun.v1"
    /// Signed transactions that the log had forgotten.
    public internal(set) var forgotten = 0
    /// The person's words.
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.integer("forgotten", &forgotten)
      fields.text("reason", &reason)
    }
  }

  /// Nothing is signed from here on: a person said so, or an invariant broke.
  ///
  /// No nonce is given and no byte signed until `ledger.unfrozen`; what was signed before stays
  /// watched and is sent again, and payments are taken in as ever. Who it was stands as the event's
  /// actor.
  public struct Frozen: BlankFact {
    public static let name = "ledger.frozen.v1"
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) { fields.text("reason", &reason) }
  }

  /// A person, who stands as the event's actor, lets signing go on.
  public struct Unfrozen: BlankFact {
    public static let name = "ledger.unfrozen.v1"
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) { fields.text("reason", &reason) }
  }

  /// One person says that signing may go on; with the second one's word it does.
  public struct UnfreezeApproved: BlankFact {
    public static let name = "ledger.unfreeze_approved.v1"
    public internal(set) var approver = ""
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("approver", &approver)
      fields.text("reason", &reason)
    }
  }

  /// Caps that would let more pass than those in force: they wait for two people.
  public struct CapsAsked: BlankFact {
    public static let name = "ledger.caps_asked.v1"
    public internal(set) var clientDay: [Money] = []
    /// What an approval must name: 64 hex digits over these caps and those in force.
    public internal(set) var digest = ""
    public internal(set) var plausible = 0
    public internal(set) var transfer: [Money] = []
    public internal(set) var walletDay: [Money] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.groups("clientDay", &clientDay)
      fields.text("digest", &digest)
      fields.integer("plausibleBasisPoints", &plausible)
      fields.groups("transfer", &transfer)
      fields.groups("walletDay", &walletDay)
    }
  }

  /// One person says that the caps which were asked for may be in force.
  public struct CapsApproved: BlankFact {
    public static let name = "ledger.caps_approved.v1"
    public internal(set) var approver = ""
    public internal(set) var digest = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("approver", &approver)
      fields.text("digest", &digest)
    }
  }

  /// A person, who stands as the event's actor, has a table made anew from the log, compared with
  /// what it would be, or the one before brought back.
  ///
  /// Tables aren't facts, and what became of it isn't either; that somebody asked for it is.
  public struct TableAsked: BlankFact {
    public static let name = "ledger.table_asked.v1"
    /// What for.
    public internal(set) var kind: TableWork = .blank
    /// The person's words.
    public internal(set) var reason = ""
    /// The table's name.
    public internal(set) var table = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("kind", &kind)
      fields.text("reason", &reason)
      fields.text("table", &table)
    }
  }

  /// The caps in force from here on, as configured; see `Caps`.
  public struct CapsSet: BlankFact {
    public static let name = "ledger.caps_set.v1"
    public internal(set) var clientDay: [Money] = []
    /// Hundredths of a percent; zero for no such rule.
    public internal(set) var plausible = 0
    public internal(set) var transfer: [Money] = []
    public internal(set) var walletDay: [Money] = []

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.groups("clientDay", &clientDay)
      fields.integer("plausibleBasisPoints", &plausible)
      fields.groups("transfer", &transfer)
      fields.groups("walletDay", &walletDay)
    }
  }
}

extension GenesisEvent {
  var name: String {
    switch self {
    case .opened: Opened.name
    case .recovered: Recovered.name
    case .adoptionBegun: AdoptionBegun.name
    case .frozen: Frozen.name
    case .unfrozen: Unfrozen.name
    case .capsSet: CapsSet.name
    case .unfreezeApproved: UnfreezeApproved.name
    case .capsAsked: CapsAsked.name
    case .capsApproved: CapsApproved.name
    case .tableAsked: TableAsked.name
    case .dustSwept: DustSwept.name
    case .liabilitiesPublished: LiabilitiesPublished.name
    case .difference(let event): event.name
    case .legacy(let event): event.name
    case .step(let event): event.name
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .opened(let fact): writer.write(fact)
    case .recovered(let fact): writer.write(fact)
    case .adoptionBegun(let fact): writer.write(fact)
    case .frozen(let fact): writer.write(fact)
    case .unfrozen(let fact): writer.write(fact)
    case .capsSet(let fact): writer.write(fact)
    case .unfreezeApproved(let fact): writer.write(fact)
    case .capsAsked(let fact): writer.write(fact)
    case .capsApproved(let fact): writer.write(fact)
    case .tableAsked(let fact): writer.write(fact)
    case .dustSwept(let fact): writer.write(fact)
    case .liabilitiesPublished(let fact): writer.write(fact)
    case .difference(let event): event.write(to: &writer)
    case .legacy(let event): event.write(to: &writer)
    case .step(let event): event.write(to: &writer)
    }
  }
}

/// Whether money is real.
///
/// A fake gateway can't stand in a live folder, and a sandbox log can't be opened as live (P-48f).
public enum Environment: String, Word {
  case live
  case sandbox

  public static let words = WordList<Environment>()
}

/// What a person may have done with a table.
public enum TableWork: String, Word {
  /// Made aside and compared with the live one; nothing is changed.
  case compare
  /// Made aside, compared, and switched in.
  case rebuild
  /// The one that the last rebuild replaced is brought back.
  case restore

  public static let words = WordList<TableWork>()
}

extension LedgerState {
  /// Takes down what somebody asked for.
  func askTable(_ work: TableWork, _ table: String, _ reason: String) -> Decision {
    guard genesis != nil else { return .refuse(.ledgerNotOpened) }
    guard !table.isEmpty, !reason.isEmpty else { return .refuse(.textMissing) }
    guard table.count <= Limits.titleMost, reason.count <= Limits.descriptionMost else {
      return .refuse(.textTooLong)
    }
    let asked = GenesisEvent.TableAsked(kind: work, reason: reason, table: table)
    return .accept([.ledger(.tableAsked(asked))])
  }
}
