import Tables

/// A table as the server is told to make it, under its name or beside it.
struct ServerTable: Sendable {
  /// The schema that all of it lives in.
  static let schema = "weir_tables"

  let stored: StoredTable
  /// The server's type of each column.
  let types: [String]

  init(_ stored: StoredTable) {
    self.stored = stored
    types = zip(stored.columns, stored.types).map { column, declared in
      ServerType.of(column.name, declared: declared, in: stored.name)
    }
  }

  var name: String { stored.name }
  var columns: [TableColumn] { stored.columns }

  static func quoted(_ name: String) -> String { "\"\(name)\"" }

  func quoted(_ suffix: String) -> String { Self.quoted(name + suffix) }

  /// Columns in the row's order.
  var list: String { columns.map { Self.quoted($0.name) }.joined(separator: ", ") }

  var keyList: String { stored.key.map { Self.quoted($0) }.joined(separator: ", ") }

  /// What gives a row in the form that `CellReader` reads; of a table under an alias.
  func values(of alias: String = "") -> String {
    zip(columns, types).map { column, type in
      let name = alias + Self.quoted(column.name)
      return switch column.kind {
      case .instant, .flag: name
      case .integer: "\(name)::bigint"
      case .text, .amount: type == "text" ? name : "\(name)::text"
      }
    }.joined(separator: ", ")
  }

  /// Rows in the order in which SQLite has them: texts by their bytes.
  func order(of alias: String = "") -> String {
    stored.key.map { key in
      let kind = columns.first { $0.name == key }?.kind
      return alias + Self.quoted(key) + (kind == .integer ? "" : "::text COLLATE \"C\"")
    }.joined(separator: ", ")
  }

  func create(_ suffix: String) -> String {
    let lines = zip(columns, types).map { column, type in
      let order = type == "text" || type == "character varying" ? " COLLATE \"C\"" : ""
      return "  \(Self.quoted(column.name)) \(type)\(order)\(column.isOptional ? "" : " NOT NULL")"
    }
    return "CREATE TABLE \(quoted(suffix)) (\n\(lines.joined(separator: ",\n"))\n)"
  }

  /// The key's index, made once the rows are in.
  func createKey(_ suffix: String) -> String {
    "ALTER TABLE \(quoted(suffix)) ADD CONSTRAINT \(Self.quoted(keyName + suffix)) "
      + "PRIMARY KEY (\(keyList))"
  }

  var keyName: String { "\(name)_pkey" }
}

/// The server's types.
///
/// Money is numeric and times are instants, whatever declares them: never a double, never a clock
/// without a zone. No type has a bound: a value that the log holds must fit, or the table stands
/// still, and the seeds' bounds are known to have been too narrow (domain 2.2, 2.4, 2.6).
enum ServerType {
  static let amount = "weir_tables.amount_text"
  static let instant = "weir_tables.instant_text"

  /// The seeds' tables: their texts are VARCHAR, and what else differs from what declares it.
  private static let seeds: [String: [String: String]] = [
    "main_clients_database": ["client_id": "uuid"],
    // No fact has the provider's time of creation, nor the two fees: always NULL.
    "private_channel_users_database": [
      "sub_price": "character varying", "nowpayments_created_at": instant,
    ],
    "payout_accumulation": [
      "nowpayments_network_fee": amount, "payment_fee_usd": amount,
      "conversion_attempts": "integer",
    ],
    "payout_batches": ["total_payments_count": "integer"],
    "split_payout_request": [:],
    "split_payout_que": [:],
    "hostpay_transactions": ["gas_used": "integer", "block_number": "integer"],
    "currency_to_network_supported_mappings": ["id": "integer"],
  ]

  static func of(_ column: String, declared: String, in table: String) -> String {
    let seed = seeds[table]
    if let own = seed?[column] { return own }
    return switch declared {
    case "amount_text": amount
    case "instant_text": instant
    case "BOOLEAN": "boolean"
    case "SMALLINT": "smallint"
    // What SQLite calls an integer has 64 bits.
    case "INTEGER", "BIGINT": "bigint"
    case "DATE": "date"
    case "TIME": "time without time zone"
    case _: seed == nil ? "text" : "character varying"
    }
  }

  /// What values of a type are sent as.
  static func plain(_ type: String) -> String {
    switch type {
    case amount: "numeric"
    case instant: "timestamp with time zone"
    case _: type
    }
  }
}
