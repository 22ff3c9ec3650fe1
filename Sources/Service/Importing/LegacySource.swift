import Kernel
import Log
import PostgresLog

/// The old system's database, as rows that the ledger can read (domain 2).
///
/// Its tables grew over the years and differ in what columns they have: what isn't there is empty.
final class LegacySource {
  private let tables: ForeignTables
  /// Where the clock hung that its times without a zone were read off.
  private let zone: String
  /// What became of each batch, by its id.
  private var batches: [String: String] = [:]
  /// Whose channel each request, batch and accumulation is, by what a transfer calls it.
  private var clients: [String: String] = [:]
  private var hasLegacyAccount = false

  init(_ tables: ForeignTables, zone: String) {
    self.tables = tables
    self.zone = zone
  }

  /// Names a table went by, the newest first.
  private static func names(_ table: LegacyTable) -> [String] {
    switch table {
    case .transfers: [table.rawValue, "hostpay_transactions"]
    case .users, .channels, .accumulations, .subscriptions, .batches, .requests, .swaps:
      [table.rawValue]
    }
  }

  /// Columns that tell a row from all others.
  private static func key(_ table: LegacyTable) -> String {
    switch table {
    case .users: "user_id"
    case .channels: "open_channel_id"
    case .accumulations, .subscriptions: "id"
    case .batches: "batch_id"
    case .requests, .transfers: "unique_id"
    case .swaps: "cn_api_id"
    }
  }

  /// How many rows a table has; nil where the database has no such table.
  func count(_ table: LegacyTable) throws(StoreError) -> Int? {
    guard let (name, _) = try found(table) else { return nil }
    return try tables.count(of: name)
  }

  private func found(
    _ table: LegacyTable
  ) throws(StoreError) -> (name: String, columns: [String: String])? {
    for name in Self.names(table) {
      let columns = try tables.columns(of: name)
      if !columns.isEmpty { return (name, columns) }
    }
    return nil
  }

  /// Hands over a table's rows in the order of their keys.
  func read(
    _ table: LegacyTable, _ take: (LegacyRow) throws(StoreError) -> Void
  ) throws(StoreError) {
    if table == .accumulations { try noteBatches() }
    guard let (name, types) = try found(table) else { return }
    let key = Self.key(table)
    guard types[key] != nil else { throw .unusable("\(name) has no column \(key)") }
    let columns = types.sorted { $0.key < $1.key }.map { column in
      ForeignTables.Column(column.key, sql: text(column.key, column.value, in: table))
    }
    try tables.read(name, columns, orderedBy: "\(key)::text COLLATE \"C\", 1") {
      (cells) throws(StoreError) in
      var cells = cells
      let key = (cells[key] ?? "").trimmed
      complete(&cells, table, key)
      if table == .channels, cells["client_id"] == nil, !hasLegacyAccount {
        try take(Self.legacyAccount)
        hasLegacyAccount = true
      }
      try take(LegacyRow(table, key: key, cells: cells))
    }
  }

  /// The column's value as the ledger reads it.
  private func text(_ column: String, _ type: String, in table: LegacyTable) -> String {
    let form = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'"
    let value = "\"\(column)\""
    func utc(_ local: String) -> String {
      "to_char(\(local) AT TIME ZONE '\(zone)' AT TIME ZONE 'UTC', \(form))"
    }
    // A subscription's times are in two halves.
    if table == .subscriptions {
      if column == "timestamp" { return utc("(datestamp + \"timestamp\")") }
      if column == "expire_time" { return utc("(expire_date + expire_time)") }
    }
    switch type {
    case "timestamp without time zone": return utc(value)
    case "timestamp with time zone": return "to_char(\(value) AT TIME ZONE 'UTC', \(form))"
    default: return "\(value)::text"
    }
  }

  /// Adds what other tables know of the row, and notes what others will ask of it.
  private func complete(_ cells: inout [String: String], _ table: LegacyTable, _ key: String) {
    switch table {
    case .users:
      if key == AccountID.legacySystem.text { hasLegacyAccount = true }
    case .accumulations:
      cells["batch_status"] = cells["payout_batch_id"].flatMap { batches[$0.trimmed] }
      clients["acc_\(key)"] = cells["client_id"]
    case .requests: clients[key] = cells["closed_channel_id"]
    case .batches: clients["batch_\(key)"] = cells["client_id"]
    case .transfers: cells["client_id"] = clients[key]
    case .channels, .subscriptions, .swaps: break
    }
  }

  private func noteBatches() throws(StoreError) {
    guard let (name, types) = try found(.batches), types["batch_id"] != nil else { return }
    let columns = ["batch_id", "status"].filter { types[$0] != nil }.map {
      ForeignTables.Column($0, sql: "\($0)::text")
    }
    try tables.read(name, columns, orderedBy: "1") { (cells) throws(StoreError) in
      if let id = cells["batch_id"] { batches[id.trimmed] = cells["status"] ?? "pending" }
    }
  }

  /// The account of the channels that had none, where the old system didn't make it itself.
  private static let legacyAccount = LegacyRow(
    .users, key: AccountID.legacySystem.text,
    cells: [
      "user_id": AccountID.legacySystem.text, "username": "legacy_system",
      "email": "legacy_system@legacy.invalid", "is_active": "false", "email_verified": "false",
    ])
}
