import JSON
import Kernel
import Log
import Service

extension Command {
  static let restore = Command(
    "restore", "Makes a data folder from a backup, verified, and in recovery",
    operandText: "SOURCE DIR", operands: 2...2, options: [jsonOption],
    notes: [
      "DIR must be empty or not there. The service starts on it at once: it takes notices and",
      "shows what there is, and signs nothing until `weir recovery complete`. Put DIR/log-key and",
      "the configuration back from where they are kept.",
    ]
  ) { (arguments) throws(Failure) in
    let terminal = arguments.terminal
    let (source, data) = (arguments.operands[0].trimmingSlashes, arguments.operands[1])
    try refuseNesting(data, source)
    let report = try backing { () throws(BackupError) in
      let rate = ByteRate(terminal)
      defer { terminal.endProgress() }
      return try Restore(of: source, to: data.trimmingSlashes)
        .run(progress: { rate.show($0.done, of: $0.total) })
    }
    for name in report.ignored { terminal.say("\(name) is in no manifest: left out") }
    terminal.put(arguments.has("json") ? report.json : Array(report.line.utf8))
    terminal.say("The log is in recovery: nothing is signed until `weir recovery complete`.")
    return .success
  }
}

extension Restore.Report {
  fileprivate var line: String {
    "ok position=\(position) hash=\(head) root=\(root) bytes=\(bytes) "
      + "made=\(madeAt?.text ?? "")"
  }

  fileprivate var json: [UInt8] {
    JSONValue.object([
      "position": .number(String(position)), "hash": .string(head), "root": .string(root),
      "bytes": .number(String(bytes)), "made_at": madeAt.map { .string($0.text) } ?? .null,
      "ignored": .array(ignored.map(JSONValue.string)), "recovery": .string("owed"),
    ]).written(.asIs)
  }
}
