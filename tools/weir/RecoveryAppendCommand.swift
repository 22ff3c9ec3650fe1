import JSON
import Log
import Service

extension Command {
  static let recoveryAppend = Command(
    "recovery append", "Brings back what a log lost from a mirror of it",
    options: checkOptions + [
      Option("from", "FOLDER", "a data folder, or a backup, that has more of it", isRequired: true),
      Option("dry-run", nil, "say what would come back, and change nothing"),
    ],
    notes: [
      "For a log that owes recovery. Needs it for itself: stop the service. The mirror is read",
      "whole, along its chain and against what was signed, before anything is appended. Then see",
      "weir recovery status. A log that took notices in since it was restored isn't the mirror's",
      "beginning any more: restore it again, and append before it is served.",
    ]
  ) { (arguments) throws(Failure) in
    let configuration = try configuration(arguments)
    let store = try openStore(configuration)
    guard store.recoveryOwed != nil else {
      throw Failure(.refused, "recovery-none: the log owes no recovery; nothing was changed")
    }
    let report: MirrorTail.Report
    do throws(MirrorError) {
      let tail = try mirror(DataFolder(arguments.required("from")).log)
      report = try tail.missing(in: store)
      try checkSigned(tail.mirror, configuration, arguments)
      if !arguments.has("dry-run") {
        try tail.append(report, to: store) { position in
          arguments.terminal.progress("position \(position) of \(report.to)")
        }
        arguments.terminal.endProgress()
      }
    } catch {
      throw Failure(error)
    }
    do throws(StoreError) { try store.close() } catch { throw Failure(error) }
    show(report, arguments)
    return .success
  }

  private static func mirror(_ folder: String) throws(MirrorError) -> MirrorTail {
    do throws(StoreError) { return try MirrorTail(of: folder) } catch { throw .store(error) }
  }

  /// A mirror that was rewritten brings nothing back; one that lacks an end as well does.
  private static func checkSigned(
    _ mirror: any WholeLog, _ configuration: Configuration, _ arguments: Arguments
  ) throws(MirrorError) {
    let files = CheckpointFiles(data: configuration.data, witness: configuration.witnessPath)
    do throws(ProofError) {
      _ = try Notary.check(mirror, log: mirror.logID, files: files)
    } catch {
      switch error {
      case .truncated:
        arguments.terminal.complain("the mirror lacks an end as well: \(error)")
      case .store(let error): throw .store(error)
      case .rewritten, .key, .files, .witness, .unsigned, .unproven, .malformed, .forged,
        .otherLog:
        throw .unsigned(why: "\(error)")
      }
    }
  }

  private static func show(_ report: MirrorTail.Report, _ arguments: Arguments) {
    let isDry = arguments.has("dry-run")
    if arguments.has("json") {
      return arguments.terminal.put(
        JSONValue.object([
          "appended": .bool(!isDry), "from": .number(String(report.from)),
          "to": .number(String(report.to)), "events": .number(String(report.to - report.from)),
          "head": .string(report.head),
        ]).written(.asIs))
    }
    arguments.terminal.put(
      "\(isDry ? "would append" : "appended") \(report.to - report.from) events: "
        + "\(report.from + 1) to \(report.to) head=\(report.head)")
  }
}

extension Failure {
  init(_ error: MirrorError) {
    switch error {
    case .store(let error): self.init(error)
    case .otherLog, .forked, .nothing, .unsigned: self.init(.refused, error.description)
    case .differs: self.init(.damaged, error.description)
    }
  }
}
