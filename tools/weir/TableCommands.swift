import JSON
import Kernel
import Log
import PostgresLog
import PostgresTables
import Projections
import Service

extension Command {
  private static let targetOption = Option(
    "to", "URL", "the database that gets the tables, postgres://…", isRequired: true)

  static let projectionsExport = Command(
    "projections export", "Brings the tables in a database up to the log's end, once",
    options: [
      dataOption, storeOption, targetOption,
      Option("dry-run", nil, "say what would be made and taken in, and change nothing"),
      jsonOption,
    ],
    notes: [
      "They live in schema weir_tables there: every projection, the seeds' tables by their names",
      "and types among them. Rows and the position they stand at are one transaction: run again",
      "after whatever happened, it goes on there, and takes each fact in once. The service may",
      "run meanwhile. One at a time keeps them, by a lock of the session: name the server itself,",
      "no pooler that shares sessions out.",
    ]
  ) { (arguments) throws(Failure) in
    let (url, log) = try tablesAndLog(arguments)
    return try tabling { () throws(TablesFailure) in
      guard !arguments.has("dry-run") else {
        show(try TableStanding(url, of: log, projections: allProjections), url, arguments)
        return .success
      }
      let database = try TableDatabase.keep(url, of: log, projections: allProjections)
      let taken = try database.catchUp { show($0, arguments) }
      arguments.terminal.endProgress()
      show("exported", taken, database, arguments)
      return isWhole(database, arguments) ? .success : .failure
    }
  }

  static let projectionsFollow = Command(
    "projections follow", "Keeps the tables in a database up with the log, until it is stopped",
    options: [
      dataOption, storeOption, targetOption,
      Option("wait", nil, "where another keeps them, wait until it ends and go on for it"),
      jsonOption,
    ],
    notes: [
      "As export, and goes on: it looks for new events five times a second. SIGINT and SIGTERM end",
      "it between two transactions; a kill loses nothing. A server that went away is waited for.",
    ]
  ) { (arguments) throws(Failure) in
    let (url, log) = try tablesAndLog(arguments)
    let signals = StopSignals()
    return try tabling { () throws(TablesFailure) in
      // A server that lost us may hold our own lock until it notices.
      var tries = 0
      while true {
        do throws(TablesFailure) {
          let database = try TableDatabase.keep(url, of: log, projections: allProjections)
          tries = 0
          guard try follow(database, signals, arguments) else { return .failure }
          return .success
        } catch {
          let isHeld = if case .held = error { true } else { false }
          let isWaiting = isHeld && arguments.has("wait")
          guard isWaiting || (error.isPassing || isHeld && tries > 0) && tries < 120 else {
            throw error
          }
          tries += 1
          if tries == 1 {
            arguments.terminal.complain("\(error); \(isWaiting ? "waiting" : "trying again")")
          }
          if signals.come(within: 1_000) { return .success }
        }
      }
    }
  }

  /// Goes on until a signal comes; false where nothing can be kept.
  private static func follow(
    _ database: TableDatabase, _ signals: StopSignals, _ arguments: Arguments
  ) throws(TablesFailure) -> Bool {
    let taken = try database.catchUp { show($0, arguments) }
    arguments.terminal.endProgress()
    show("following", taken, database, arguments)
    arguments.terminal.flush()
    guard isWhole(database, arguments) else { return false }
    while !signals.come(within: 200) { try database.catchUp() }
    show("stopped", 0, database, arguments)
    return true
  }

  static func tablesAndLog(
    _ arguments: Arguments
  ) throws(Failure) -> (PostgresURL, any WholeLog) {
    var why = ""
    guard let url = PostgresURL(arguments.required("to"), why: &why) else {
      throw Failure(.usage, "--to: \(why)")
    }
    return (url, try DataFolder(arguments.required("data")).openLog(arguments))
  }

  static func tabling(
    _ body: () throws(TablesFailure) -> ExitCode
  ) throws(Failure) -> ExitCode {
    do throws(TablesFailure) {
      return try body()
    } catch {
      if case .log(let error) = error { throw Failure(error) }
      let isState =
        switch error {
        case .held, .otherLog, .otherHistory, .nothing: true
        case .lost, .refused, .busy, .tables, .log: false
        }
      throw Failure(isState ? .refused : .failure, error.description)
    }
  }

  static func show(_ progress: TablesProgress, _ arguments: Arguments) {
    let share = progress.total == 0 ? 100 : progress.done * 100 / progress.total
    arguments.terminal.progress(
      "\(progress.phase.rawValue) \(share) %  \(progress.done) of \(progress.total)")
  }

  private static func show(
    _ what: String, _ taken: UInt64, _ database: TableDatabase, _ arguments: Arguments
  ) {
    guard arguments.has("json") else {
      return arguments.terminal.put(
        "\(what) tables=\(database.names.count) taken=\(taken) position=\(database.place)")
    }
    arguments.terminal.put(
      JSONValue.object([
        "state": .string(what), "tables": .integer(database.names.count),
        "taken": .number(String(taken)), "position": .number(String(database.place)),
        "stale": .array(database.stale.map(JSONValue.string)),
      ]).written(.asIs))
  }

  private static func isWhole(_ database: TableDatabase, _ arguments: Arguments) -> Bool {
    for table in database.stale {
      arguments.terminal.complain(
        "\(table) was made by another version and stands still until it is rebuilt")
    }
    return database.stale.isEmpty
  }

  private static func show(
    _ standing: TableStanding, _ url: PostgresURL, _ arguments: Arguments
  ) {
    guard arguments.has("json") else {
      for table in standing.missing { arguments.terminal.put("would make \(table)") }
      for table in standing.stale { arguments.terminal.put("stale, to be rebuilt: \(table)") }
      return arguments.terminal.put(
        "would take in \(standing.behind) events up to position \(standing.head) of the log")
    }
    arguments.terminal.put(
      JSONValue.object([
        "missing": .array(standing.missing.map(JSONValue.string)),
        "stale": .array(standing.stale.map(JSONValue.string)),
        "behind": .number(String(standing.behind)), "head": .number(String(standing.head)),
      ]).written(.asIs))
  }
}
