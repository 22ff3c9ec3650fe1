import Foundation
import Kernel
import PostgresLog
import Support
import Testing

/// A database of the old system on the throw-away server, with its own tables and types (domain 2).
struct LegacyDatabase {
  let server: PostgresServer
  let name: String
  var url: PostgresURL { get throws { try #require(PostgresURL(server.url(name))) } }

  /// Empty tables.
  static func fresh() throws -> LegacyDatabase {
    let server = try PostgresServer.shared.get()
    let database = LegacyDatabase(server: server, name: try server.database())
    try database.run(schema)
    return database
  }

  func run(_ sql: String) throws {
    let outcome = try server.psql(name, sql)
    try #require(outcome.code == 0, "\(outcome)")
  }

  /// One channel's payment that accumulated; `more` are columns beside those that must be there.
  func accumulate(
    _ number: Int, _ usdt: String, _ more: KeyValuePairs<String, String> = [:]
  ) throws {
    let names = more.map { ", " + $0.key }.joined()
    let values = more.map { ", " + $0.value }.joined()
    try run(
      """
      INSERT INTO payout_accumulation (client_id, user_id, payment_amount_usd, payment_currency,
        payment_timestamp, accumulated_amount_usdt, conversion_status, client_wallet_address,
        client_payout_currency, client_payout_network\(names))
      VALUES ('\(Stage.open(number))', 700001, 30, 'usd', '2025-10-01 10:00', \(usdt), 'completed',
        '\(Self.monero)', 'XMR', 'XMR'\(values))
      """)
  }

  /// A channel of the old system, without an owner.
  func register(_ number: Int, threshold: Int?, wallet: String = Self.monero) throws {
    try run(
      """
      INSERT INTO main_clients_database (open_channel_id, open_channel_title,
        open_channel_description, closed_channel_id, closed_channel_title,
        closed_channel_description, sub_1_price, sub_1_time, client_wallet_address,
        client_payout_currency, client_payout_network, payout_strategy, payout_threshold_usd)
      VALUES ('\(Stage.open(number))', 'Open', 'News', '-200\(1_000_000 + number)', 'Closed',
        'More', 25, 30, '\(wallet)', 'XMR', 'XMR',
        '\(threshold == nil ? "instant" : "threshold")', \(threshold ?? 0))
      """)
  }

  /// A table's rows as PostgreSQL prints them; NULL isn't there.
  func rows(_ table: String) throws -> [[String: String]] {
    let tables = try ForeignTables(try url)
    let columns = try tables.columns(of: table).keys.sorted().map {
      ForeignTables.Column($0, sql: "\"\($0)\"::text")
    }
    var found: [[String: String]] = []
    try tables.read(table, columns, orderedBy: "1") { found.append($0) }
    return found
  }

  static let monero = Stage.monero
}
