import JSON
import Kernel
import Log
import Projections
import Service
import Tables

extension Command {
  private static let placeOption = Option(
    "to", "URL", "the tables that a database has instead (projections export)")

  static let projectionsList = Command(
    "projections list", "Lists the tables, how far they are, and the digest of their rows",
    options: [dataOption, storeOption, placeOption, jsonOption]
  ) { (arguments) throws(Failure) in
    if arguments["to"] != nil { return try listThere(arguments) }
    let folder = DataFolder(arguments.required("data"))
    let head = try folder.openLog(arguments).head.position
    return try withTables(folder) { (store) throws(TableError) in
      let stale = Set(store.stale)
      let place = store.place
      var table = TextTable(["TABLE", "ROWS", "POSITION", "DIGEST"], right: [1, 2])
      for digest in try store.digests() {
        let state = stale.contains(digest.table) ? "stale" : String(place)
        if arguments.has("json") {
          arguments.terminal.put(
            JSONValue.object([
              "table": .string(digest.table), "rows": .integer(digest.rows),
              "digest": .string(digest.digest), "position": .number(String(place)),
              "head": .number(String(head)), "stale": .bool(stale.contains(digest.table)),
            ]).written(.asIs))
        } else {
          table.add([digest.table, String(digest.rows), state, digest.digest])
        }
      }
      if !arguments.has("json") { table.lines.forEach(arguments.terminal.put) }
      return .success
    }
  }

  static let projectionsRebuild = Command(
    "projections rebuild", "Makes tables anew from the log, beside the live ones, and switches",
    operandText: "NAME…", operands: 0...100,
    options: [
      dataOption, storeOption, placeOption, Option("all", nil, "every table"),
      Option("dry-run", nil, "only compare with what the log says, and switch nothing"),
      jsonOption,
    ],
    notes: [
      "Prints rows, digest and the number of rows that were not what the log says, per table.",
      "The service may run meanwhile. The tables before stay as NAME__before.",
    ]
  ) { (arguments) throws(Failure) in
    let names = arguments.operands
    guard arguments.has("all") != !names.isEmpty else {
      throw Failure(.usage, "name tables, or say --all")
    }
    if arguments["to"] != nil { return try rebuildThere(arguments) }
    let folder = DataFolder(arguments.required("data"))
    let log = try folder.openLog(arguments)
    return try withTables(folder) { (store) throws(TableError) in
      let terminal = arguments.terminal
      let reports = try store.rebuild(
        names.isEmpty ? store.names : names, of: log.head.position,
        isSwitching: !arguments.has("dry-run"),
        reading: { after, limit in try log.facts(after: after, limit: limit) },
        progress: { state in
          let share = state.total == 0 ? 100 : state.done * 100 / state.total
          terminal.progress("\(share) %  \(state.done) events  \(state.factsPerSecond)/s")
        })
      terminal.endProgress()
      show(reports, arguments)
      return .success
    }
  }

  static func show(_ reports: [RebuildReport], _ arguments: Arguments) {
    var table = TextTable(["TABLE", "ROWS", "DIFFERING", "DIGEST"], right: [1, 2])
    for report in reports {
      if arguments.has("json") {
        arguments.terminal.put(
          JSONValue.object([
            "table": .string(report.table), "rows": .integer(report.rows),
            "digest": .string(report.digest), "position": .number(String(report.place)),
            "differing": report.differing.map(JSONValue.integer) ?? .null,
            "differences": .array(report.differences.map(json)),
          ]).written(.asIs))
      } else {
        let differing = report.differing.map(String.init) ?? "other shape"
        table.add([report.table, String(report.rows), differing, report.digest])
        for difference in report.differences { explain(difference, of: report.table, arguments) }
      }
    }
    if !arguments.has("json") { table.lines.forEach(arguments.terminal.put) }
  }

  /// One row that the log doesn't confirm, and the facts that explain it, on standard error.
  static func explain(
    _ difference: RowDifference, of table: String, _ arguments: Arguments
  ) {
    let key = difference.key.joined(separator: ", ")
    let positions = difference.positions.map(String.init).joined(separator: ", ")
    for column in difference.columns {
      let (was, now) = (difference.live?[column]?.text, difference.rebuilt?[column]?.text)
      arguments.terminal.say(
        "\(table) \(key): \(column) was \(was ?? "nothing"), is \(now ?? "nothing"); "
          + "see \(positions)")
    }
  }

  static func json(_ difference: RowDifference) -> JSONValue {
    func row(_ record: TableRecord?) -> JSONValue {
      guard let record else { return .null }
      return .object(
        record.cells.map { cell in
          JSONMember(cell.column, cell.value.text.map(JSONValue.string) ?? .null)
        })
    }
    return .object([
      "key": .array(difference.key.map(JSONValue.string)),
      "columns": .array(difference.columns.map(JSONValue.string)),
      "was": row(difference.live), "is": row(difference.rebuilt),
      "positions": .array(difference.positions.map(JSONValue.integer)),
    ])
  }

  private static func withTables(
    _ folder: DataFolder, _ body: (TableStore) throws(TableError) -> ExitCode
  ) throws(Failure) -> ExitCode {
    do throws(TableError) {
      return try body(TableStore(path: folder.tables, projections: allProjections))
    } catch {
      throw Failure(.failure, "the tables: \(error)")
    }
  }
}
