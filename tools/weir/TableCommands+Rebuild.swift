import JSON
import Kernel
import Log
import PostgresLog
import PostgresTables
import Projections
import Service
import Tables

extension Command {
  static let projectionsCompare = Command(
    "projections compare", "Compares the tables in a database with a replay of the log",
    operandText: "NAME…", operands: 0...100,
    options: [
      dataOption, storeOption,
      Option("to", "URL", "the database that has the tables, postgres://…", isRequired: true),
      jsonOption,
    ],
    notes: [
      "Row by row, up to the position that each table stands at; the tables are read as of one",
      "moment, and whoever keeps them may go on. Names every row that the log doesn't confirm, and",
      "the facts that explain it. Exit code 1 says that there are such; rebuild mends them.",
    ]
  ) { (arguments) throws(Failure) in
    let (url, log) = try tablesAndLog(arguments)
    return try compare(arguments, url, log)
  }

  /// Rebuilds tables in the database that `--to` names.
  static func rebuildThere(_ arguments: Arguments) throws(Failure) -> ExitCode {
    let (url, log) = try tablesAndLog(arguments)
    if arguments.has("dry-run") { return try compare(arguments, url, log) }
    return try tabling { () throws(TablesFailure) in
      let reports = try TableDatabase.rebuild(
        chosen(arguments), at: url, of: log, projections: allProjections
      ) { show($0, arguments) }
      arguments.terminal.endProgress()
      show(reports, arguments)
      return .success
    }
  }

  private static func chosen(_ arguments: Arguments) -> [String] {
    arguments.operands.isEmpty ? allProjections.map { $0.table.name } : arguments.operands
  }

  private static func compare(
    _ arguments: Arguments, _ url: PostgresURL, _ log: any WholeLog
  ) throws(Failure) -> ExitCode {
    try tabling { () throws(TablesFailure) in
      let found = try TableDatabase.compare(
        chosen(arguments), at: url, of: log, projections: allProjections
      ) { show($0, arguments) }
      arguments.terminal.endProgress()
      show(found, arguments)
      return found.allSatisfy(\.isSame) ? .success : .failure
    }
  }

  private static func show(_ found: [TableComparison], _ arguments: Arguments) {
    var table = TextTable(["TABLE", "ROWS", "POSITION", "DIFFERING", "DIGEST"], right: [1, 2, 3])
    for one in found {
      if arguments.has("json") {
        arguments.terminal.put(
          JSONValue.object([
            "table": .string(one.table), "position": .number(String(one.position)),
            "rows": .integer(one.found.rows), "digest": .string(one.found.digest),
            "expected_rows": .integer(one.expected.rows),
            "expected_digest": .string(one.expected.digest),
            "differing": .integer(one.differing), "differences": .array(one.differences.map(json)),
          ]).written(.asIs))
      } else {
        table.add([
          one.table, String(one.found.rows), String(one.position), String(one.differing),
          one.found.digest,
        ])
        for difference in one.differences { explain(difference, of: one.table, arguments) }
      }
    }
    if !arguments.has("json") { table.lines.forEach(arguments.terminal.put) }
  }

  /// Lists the tables in the database that `--to` names.
  static func listThere(_ arguments: Arguments) throws(Failure) -> ExitCode {
    let (url, log) = try tablesAndLog(arguments)
    return try tabling { () throws(TablesFailure) in
      let database = try TableDatabase.visit(url, of: log, projections: allProjections)
      var table = TextTable(["TABLE", "ROWS", "POSITION", "DIGEST"], right: [1, 2])
      for one in try database.states() {
        let position = one.isStale ? "stale" : String(one.position)
        if arguments.has("json") {
          arguments.terminal.put(
            JSONValue.object([
              "table": .string(one.table), "rows": .integer(one.rows),
              "digest": one.digest.map(JSONValue.string) ?? .null,
              "position": .number(String(one.position)),
              "head": .number(String(log.head.position)), "stale": .bool(one.isStale),
            ]).written(.asIs))
        } else {
          table.add([one.table, String(one.rows), position, one.digest ?? "–"])
        }
      }
      if !arguments.has("json") { table.lines.forEach(arguments.terminal.put) }
      return .success
    }
  }
}
