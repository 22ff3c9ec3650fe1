import JSON
import Kernel
import Log
import PostgresLog
import Service

extension Command {
  static let importLegacy = Command(
    "import legacy", "Takes the old system's tables over into the log, once",
    options: [
      Option("from", "URL", "the old database, postgres://…; it is only read", isRequired: true)
    ] + checkOptions + [
      Option("zone", "NAME", "the clock its times without a zone were read off; UTC by default"),
      Option("dry-run", nil, "say what doesn't fit and what would be written, and change nothing"),
    ],
    notes: [
      "Needs the log for itself: stop the service, and start it again afterwards. What was",
      "accumulated and not paid out is owed from here on; what was paid is history. A row that",
      "doesn't fit is named with its column and left out: mend it in the old database and run this",
      "again, which adds what is missing and nothing twice. Channels without an owner are",
      "legacy_system's, which nobody signs in as. Exit code 2 says that something was left out.",
    ]
  ) { (arguments) throws(Failure) in
    var why = ""
    guard let url = PostgresURL(arguments.required("from"), why: &why) else {
      throw Failure(.usage, "--from: \(why)")
    }
    let configuration = try configuration(arguments)
    let store = try openStore(configuration)
    if let owed = store.recoveryOwed {
      throw Failure(.refused, "the log owes recovery: \(owed); nothing was changed")
    }
    let isDry = arguments.has("dry-run")
    return try reading { () throws(StoreError) in
      let tables = try ForeignTables(url)
      guard
        let taking = LegacyImport(tables, zone: arguments["zone"] ?? "UTC", isDry: isDry)
      else {
        arguments.terminal.complain("--zone must be a name such as Europe/Berlin")
        return .usage
      }
      let report = try taking.run(into: store, at: Weir.clock) { table, read, total in
        arguments.terminal.progress("\(table.rawValue) \(read) of \(total)")
      } find: { finding in
        arguments.terminal.endProgress()
        show(finding, arguments)
      }
      arguments.terminal.endProgress()
      try store.close()
      show(report, arguments)
      return report.isWhole ? .success : .refused
    }
  }

  private static func show(_ finding: LegacyImport.Finding, _ arguments: Arguments) {
    guard arguments.has("json") else {
      let place = [finding.table.rawValue, finding.key, finding.column].filter { !$0.isEmpty }
      return arguments.terminal.put(
        "\(finding.kind.rawValue) \(place.joined(separator: " ")): \(finding.why)")
    }
    arguments.terminal.put(
      JSONValue.object([
        "kind": .string(finding.kind.rawValue), "table": .string(finding.table.rawValue),
        "key": .string(finding.key),
        "column": finding.column.isEmpty ? .null : .string(finding.column),
        "why": .string(finding.why),
      ]).written(.asIs))
  }

  private static func show(_ report: LegacyImport.Report, _ arguments: Arguments) {
    let (terminal, isDry) = (arguments.terminal, arguments.has("dry-run"))
    guard arguments.has("json") else {
      for count in report.counts {
        terminal.put(
          count.isThere
            ? "\(count.table.rawValue): rows=\(count.read) written=\(count.written) "
              + "known=\(count.known) misfits=\(count.misfits)"
            : "\(count.table.rawValue): no such table")
      }
      return terminal.put(
        "\(isDry ? "would write" : "wrote") events=\(report.to - report.from) "
          + "owed=\(report.owed.amountText) \(report.owed.asset)")
    }
    for count in report.counts {
      terminal.put(
        JSONValue.object([
          "kind": .string("table"), "table": .string(count.table.rawValue),
          "is_there": .bool(count.isThere), "rows": .integer(count.read),
          "written": .integer(count.written), "known": .integer(count.known),
          "misfits": .integer(count.misfits),
        ]).written(.asIs))
    }
    terminal.put(
      JSONValue.object([
        "kind": .string("sum"), "written": .bool(!isDry),
        "events": .number(String(report.to - report.from)),
        "from": .number(String(report.from)), "to": .number(String(report.to)),
        "owed": .string(report.owed.amountText), "asset": .string(report.owed.asset.text),
      ]).written(.asIs))
  }
}
