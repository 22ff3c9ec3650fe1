public import Log
import PostgresLog
public import Tables

/// Why tables in a database couldn't be kept, made or compared.
public enum TablesFailure: Error, CustomStringConvertible {
  /// The session broke, or the server goes down: nobody knows whether the last transaction counts.
  /// Opened again, the tables are as some transaction left them, and go on from there.
  case lost(String)
  /// The server's own words.
  case refused(String)
  /// Another one keeps or rebuilds these tables; its words say who.
  case held(String)
  /// The tables were made of another log.
  case otherLog(holds: String, asked: String)
  /// The tables have taken in what the log doesn't have there.
  case otherHistory(position: UInt64)
  /// There are no tables yet.
  case nothing(String)
  /// The lock on a table couldn't be had for switching: somebody reads it without an end.
  case busy(String)
  case tables(TableError)
  case log(StoreError)

  init(_ failure: PostgresFailure) {
    self =
      switch failure.state {
      case "55P03": .busy(failure.words)
      case let state where failure.isLost || state == "40001" || state == "40P01":
        .lost(failure.words)
      case _: .refused(failure.words)
      }
  }

  /// Whether another try may succeed without anybody's doing.
  public var isPassing: Bool {
    if case .lost = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .lost(let words): "the database was lost: \(words)"
    case .refused(let words): "the database refuses: \(words)"
    case .held(let words): words
    case .otherLog(let holds, let asked):
      "the tables there are of the log \(holds), not of \(asked): drop schema weir_tables, or name "
        + "another database"
    case .otherHistory(let position):
      "the tables there have taken in an event \(position) that this log doesn't have, as after a "
        + "failover or a restore: drop schema weir_tables and export again"
    case .nothing(let place): "\(place) holds no tables: weir projections export makes them"
    case .busy(let words):
      "somebody holds a table for too long to switch it (\(words)); the old one stays"
    case .tables(let error): error.description
    case .log(let error): error.description
    }
  }
}

/// Runs what talks to the server.
func served<T>(_ body: () throws(PostgresFailure) -> T) throws(TablesFailure) -> T {
  do throws(PostgresFailure) { return try body() } catch { throw TablesFailure(error) }
}

/// Runs what works on tables or their folds.
func folded<T>(_ body: () throws(TableError) -> T) throws(TablesFailure) -> T {
  do throws(TableError) { return try body() } catch { throw .tables(error) }
}

/// Runs what reads the log.
func logged<T>(_ body: () throws(StoreError) -> T) throws(TablesFailure) -> T {
  do throws(StoreError) { return try body() } catch { throw .log(error) }
}
