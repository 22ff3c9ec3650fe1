public import Log

/// Another program's tables, read in one snapshot: whoever writes there meanwhile isn't seen, and
/// nothing of it is written.
public final class ForeignTables {
  /// A column that is asked for, and how it is called in what is given.
  public struct Column: Sendable {
    public let name: String
    /// An expression of the table's columns whose value is a text.
    public let sql: String

    public init(_ name: String, sql: String) {
      self.name = name
      self.sql = sql
    }
  }

  private let url: PostgresURL
  private let session: Session
  private let page = 1_000

  /// Opens a session and begins the snapshot.
  ///
  /// Throws `unusable` where the server doesn't let anybody in, `unreadable` where none is there.
  public init(_ url: PostgresURL) throws(StoreError) {
    self.url = url
    do throws(PostgresFailure) {
      session = try url.connect(writing: false)
      _ = try session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    } catch { throw Self.error(url, error) }
  }

  /// The types of a table's columns, as `information_schema` calls them, in the schemas that names
  /// are looked up in; empty where there is no such table.
  public func columns(of table: String) throws(StoreError) -> [String: String] {
    let rows = try run(
      """
      SELECT a.attname::text, format_type(a.atttypid, NULL)
      FROM pg_attribute a
      WHERE a.attrelid = to_regclass(quote_ident($1)) AND a.attnum > 0 AND NOT a.attisdropped
      """, [.text(table)])
    var found: [String: String] = [:]
    for row in 0..<rows.count { found[rows.text(row, 0)] = rows.text(row, 1) }
    return found
  }

  /// How many rows a table has.
  public func count(of table: String) throws(StoreError) -> Int {
    let rows = try run("SELECT count(*) FROM \(table)", [])
    return rows.count == 1 ? rows.integer(0, 0) : 0
  }

  /// Hands over a table's rows, some at a time, in the order of an expression; NULL isn't there.
  ///
  /// `table`, `columns` and `order` are SQL: none of it may be what somebody else wrote.
  public func read(
    _ table: String, _ columns: [Column], orderedBy order: String,
    _ take: ([String: String]) throws(StoreError) -> Void
  ) throws(StoreError) {
    let list = columns.map(\.sql).joined(separator: ", ")
    _ = try run(
      "DECLARE weir_rows NO SCROLL CURSOR FOR SELECT \(list) FROM \(table) ORDER BY \(order)", [])
    while true {
      let rows = try run("FETCH \(page) FROM weir_rows", [])
      for row in 0..<rows.count {
        var cells: [String: String] = [:]
        for (place, column) in columns.enumerated() where !rows.isNull(row, place) {
          cells[column.name] = rows.text(row, place)
        }
        try take(cells)
      }
      if rows.count < page { break }
    }
    _ = try run("CLOSE weir_rows", [])
  }

  private func run(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> SQLRows {
    do throws(PostgresFailure) {
      return try session.run(sql, values, seconds: 120)
    } catch { throw Self.error(url, error) }
  }

  private static func error(_ url: PostgresURL, _ failure: PostgresFailure) -> StoreError {
    failure.isLost
      ? .unreadable("\(url): \(failure.words)") : .unusable("\(url): \(failure.words)")
  }
}
