/// The old system's tables that are taken over, in the order in which their rows come.
///
/// A payment that accumulated must be known before the subscription that names it too.
public enum LegacyTable: String, CaseIterable, Hashable, Sendable {
  case users = "registered_users"
  case channels = "main_clients_database"
  case accumulations = "payout_accumulation"
  case subscriptions = "private_channel_users_database"
  case batches = "payout_batches"
  case requests = "split_payout_request"
  case swaps = "split_payout_que"
  case transfers = "split_payout_hostpay"
}

/// One row of the old system in texts, as its database gave them.
///
/// Amounts are plain decimals, instants have this program's fixed form, flags are `true` or
/// `false`; what is NULL isn't there. Subscriptions have the two halves of a time in one:
/// `timestamp` and `expire_time` are whole instants. Where a row names a batch, `batch_status` is
/// that batch's, and a transfer's `client_id` is its request's, as the table itself has none.
public struct LegacyRow: Hashable, Sendable {
  public let table: LegacyTable
  /// What tells the row from the table's others.
  public let key: String
  public let cells: [String: String]

  public init(_ table: LegacyTable, key: String, cells: [String: String]) {
    self.table = table
    self.key = key
    self.cells = cells
  }

  /// The command that takes it in, under an id that is the row's for ever.
  ///
  /// Nil where the key has letters that no id has, or too many.
  public var command: (id: CommandID, command: LedgerCommand)? {
    CommandID(text: "legacy/\(table.rawValue)/\(key)").map { ($0, .ledger(.takeOver(self))) }
  }
}

/// What is to be said of one column of a row.
public struct LegacyNote: Hashable, Sendable {
  public let column: String
  public let words: String
}

/// What a row becomes.
public struct LegacyReading: Sendable {
  /// None where something doesn't fit.
  let events: [LedgerEvent]
  /// Why it can't be taken over.
  public let misfits: [LegacyNote]
  /// What isn't taken over as it stands there.
  public let changes: [LegacyNote]
}

/// Reads columns, and notes those that don't fit.
struct LegacyReader {
  let row: LegacyRow
  private(set) var misfits: [LegacyNote] = []
  private(set) var changes: [LegacyNote] = []

  init(_ row: LegacyRow) { self.row = row }

  /// The first word on a column stands.
  mutating func refuse(_ column: String, _ words: String) {
    guard !misfits.contains(where: { $0.column == column }) else { return }
    misfits.append(LegacyNote(column: column, words: words))
  }

  mutating func change(_ column: String, _ words: String) {
    changes.append(LegacyNote(column: column, words: words))
  }

  /// Blanks at the ends don't count, and nothing but blanks is nothing.
  func text(_ column: String) -> String? {
    guard let text = row.cells[column] else { return nil }
    var inner = text[...]
    while inner.first == " " { inner = inner.dropFirst() }
    while inner.last == " " { inner = inner.dropLast() }
    return inner.isEmpty ? nil : String(inner)
  }

  mutating func needed(_ column: String) -> String {
    if let text = text(column) { return text }
    refuse(column, "is empty")
    return ""
  }

  mutating func value<T: TextValue>(_ column: String, _ type: T.Type = T.self) -> T? {
    guard let text = text(column) else { return nil }
    if let value = T(text: text), value.isWritable { return value }
    refuse(column, "\(Self.shown(text)) can't be read")
    return nil
  }

  mutating func needed<T: TextValue>(_ column: String, _ type: T.Type) -> T {
    if text(column) == nil { refuse(column, "is empty") }
    return value(column) ?? .blank
  }

  /// Printable ASCII without blanks: what a fact can be found by.
  mutating func label(_ column: String, most: Int = 200) -> String? {
    guard let text = text(column) else { return nil }
    if text.utf8.count <= most, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) { return text }
    refuse(column, "\(Self.shown(text)) can't be read")
    return nil
  }

  mutating func integer(_ column: String) -> Int? {
    guard let text = text(column) else { return nil }
    // JSON's integers, which every reader has exactly.
    if let number = Int(text), (0...9_007_199_254_740_991).contains(number) { return number }
    refuse(column, "\(Self.shown(text)) is no number of things")
    return nil
  }

  mutating func flag(_ column: String) -> Bool? {
    switch text(column) {
    case nil: return nil
    case "true"?, "t"?: return true
    case "false"?, "f"?: return false
    case let text?:
      refuse(column, "\(Self.shown(text)) is neither true nor false")
      return nil
    }
  }

  /// A decimal that isn't counted with, in the ledger's spelling.
  mutating func decimal(_ column: String) -> String? {
    guard let text = text(column) else { return nil }
    if let units = DecimalText.units(text, scale: 18), units >= 0 {
      return DecimalText.text(units, scale: 18)
    }
    refuse(column, "\(Self.shown(text)) is no amount")
    return nil
  }

  /// An amount in whole units; what is finer than the asset is cut, and said.
  mutating func money(_ column: String, _ asset: Asset) -> Money {
    let text = needed(column)
    guard !text.isEmpty, asset != .none else { return .zero(asset) }
    guard let money = Money(truncating: text, asset), money.units >= 0,
      money.units <= Limits.outcomeUnitsMost
    else {
      refuse(column, "\(Self.shown(text)) is no amount")
      return .zero(asset)
    }
    if Money(text, asset) == nil {
      change(
        column,
        "\(text) is \(money.amountText): \(asset) has \(asset.decimals) decimals, and no less can "
          + "be owed")
    }
    return money
  }

  mutating func asset(_ currency: String, _ network: String) -> Asset {
    let (code, place) = (needed(currency), needed(network))
    guard !code.isEmpty, !place.isEmpty else { return .none }
    if let asset = Asset(currency: code, network: place), asset != .usd { return asset }
    refuse(currency, "\(Self.shown(code)) on \(Self.shown(place)) can't be paid out")
    return .none
  }

  /// A short text to show.
  static func shown(_ text: String) -> String {
    text.count <= 60 ? text : text.prefix(60) + "…"
  }
}
