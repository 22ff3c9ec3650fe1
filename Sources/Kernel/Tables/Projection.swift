/// A table that is a fold of the log: its SQL, what a row is, and what each fact does to the rows.
///
/// Pure: the same facts give the same rows, whoever runs it and in whatever portions.
/// A projection is rebuilt, never migrated: raise `version` when the fold changes what it makes of
/// old facts.
public protocol Projection: SendableMetatype {
  associatedtype Row: TableRow
  /// What the fold has to remember of earlier facts beside the rows themselves.
  associatedtype Note: TableNote = NoNote

  static var table: Table { get }
  static var version: Int { get }
  /// Facts of other families are not shown to the fold.
  static var families: EventFamilies { get }
  /// The facts of them that change anything: all the others need not be read.
  static var forms: FactForms { get }

  /// Takes one fact in; facts come in the order of the log.
  static func apply(_ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<Note>)

  /// Takes in the facts at the places `wanted` names, from its `first` on, and stops once more than
  /// `most` rows have changed; how many of `wanted` are done.
  ///
  /// The same for every projection; a requirement so that the compiler makes it for each.
  static func apply(
    _ facts: [Recorded], at wanted: [Int], from first: Int, keeping most: Int,
    to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) -> Int
}

extension Projection {
  public static var version: Int { 1 }
  public static var families: EventFamilies { .all }
  public static var forms: FactForms { FactForms(families) }

  @inlinable public static func apply(
    _ facts: [Recorded], at wanted: [Int], from first: Int, keeping most: Int,
    to rows: inout Rows<Row>, _ notes: inout Rows<Note>
  ) -> Int {
    // Through a pointer: an element of an array is copied, with every text in it.
    facts.withUnsafeBufferPointer { facts in
      guard let start = facts.baseAddress else { return first }
      var next = first
      while next < wanted.count, rows.changedCount <= most {
        precondition(facts.indices.contains(wanted[next]), "a fact outside the portion")
        let fact = start + wanted[next]
        rows.position = fact.pointee.position
        notes.position = fact.pointee.position
        apply(fact.pointee, to: &rows, &notes)
        next += 1
      }
      return next
    }
  }
}

/// A projection whose rows remember all that its fold needs.
public protocol PlainProjection: Projection where Note == NoNote {
  static func apply(_ recorded: Recorded, to rows: inout Rows<Row>)
}

extension PlainProjection {
  @inlinable public static func apply(
    _ recorded: Recorded, to rows: inout Rows<Row>, _ notes: inout Rows<NoNote>
  ) {
    apply(recorded, to: &rows)
  }
}

/// A table's name and the script that makes it.
public struct Table: Hashable, Sendable {
  public let name: String
  /// One `CREATE TABLE` and its indexes, commented.
  public let sql: String

  public init(_ name: String, sql: [UInt8]) {
    self.name = name
    self.sql = String(decoding: sql, as: UTF8.self)
  }
}

/// Families of facts, as a set.
public struct EventFamilies: OptionSet, Sendable {
  public let rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let ledger = EventFamilies(rawValue: 1 << 0)
  public static let channel = EventFamilies(rawValue: 1 << 1)
  public static let order = EventFamilies(rawValue: 1 << 2)
  public static let payment = EventFamilies(rawValue: 1 << 3)
  public static let accumulation = EventFamilies(rawValue: 1 << 4)
  public static let conversion = EventFamilies(rawValue: 1 << 5)
  public static let batch = EventFamilies(rawValue: 1 << 6)
  public static let split = EventFamilies(rawValue: 1 << 7)
  public static let hostpay = EventFamilies(rawValue: 1 << 8)
  public static let transfer = EventFamilies(rawValue: 1 << 9)
  public static let wallet = EventFamilies(rawValue: 1 << 10)
  public static let account = EventFamilies(rawValue: 1 << 11)
  public static let invite = EventFamilies(rawValue: 1 << 12)
  public static let membership = EventFamilies(rawValue: 1 << 13)
  public static let chat = EventFamilies(rawValue: 1 << 14)
  public static let all = EventFamilies(rawValue: .max)
}

extension LedgerEvent {
  /// The family a fact is of.
  public var family: EventFamilies {
    switch self {
    case .ledger: .ledger
    case .channel: .channel
    case .order: .order
    case .payment: .payment
    case .accumulation: .accumulation
    case .conversion: .conversion
    case .batch: .batch
    case .split: .split
    case .hostpay: .hostpay
    case .transfer: .transfer
    case .wallet: .wallet
    case .account: .account
    case .invite: .invite
    case .membership: .membership
    case .chat: .chat
    }
  }
}
