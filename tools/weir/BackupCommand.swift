import Glibc
import JSON
import Kernel
import Log
import Service

extension Command {
  static let backup = Command(
    "backup", "Brings a copy of the log up to date, while the service runs, and verifies it",
    operandText: "TARGET", operands: 1...1,
    options: [
      dataOption,
      Option("verify", "WHAT", "`new` events are read again (as it does), or `full`: all of them"),
      jsonOption,
    ],
    notes: [
      "Closed segments are copied once, the last one as far as it is written. Interrupted, it",
      "leaves the backup before as it was. Secrets are never copied: keep the configuration, the",
      "wallet's key and DIR/log-key elsewhere, and the witness on another disk.",
      "`weir restore` takes it back; see Sources/Log/Backup/backup.md.",
    ]
  ) { (arguments) throws(Failure) in
    let data = DataFolder(arguments.required("data"))
    let target = arguments.operands[0].trimmingSlashes
    let check: Backup.Check
    switch arguments["verify"] {
    case nil, "new": check = .new
    case "full": check = .full
    default: throw Failure(.usage, "--verify is new or full")
    }
    try refuseNesting(data.path, target)
    let terminal = arguments.terminal
    let report = try backing { () throws(BackupError) in
      let rate = ByteRate(terminal)
      defer { terminal.endProgress() }
      return try Backup(of: data.path, in: target).run(
        at: Weir.clock(), checking: check, progress: { rate.show($0.done, of: $0.total) })
    }
    for name in report.mended { terminal.say("\(name) had changed in the backup: copied again") }
    terminal.put(arguments.has("json") ? report.json : Array(report.line.utf8))
    return .success
  }

  /// Runs what makes a backup or takes one back, and names what is wrong with it.
  static func backing<T>(_ body: () throws(BackupError) -> T) throws(Failure) -> T {
    do throws(BackupError) {
      return try body()
    } catch {
      throw Failure(error)
    }
  }

  /// A backup within the data folder is lost with it, and one around it would copy itself.
  static func refuseNesting(_ data: String, _ target: String) throws(Failure) {
    guard let data = realPath(data), let target = realPath(target) else { return }
    guard !(target + "/").hasPrefix(data + "/"), !(data + "/").hasPrefix(target + "/") else {
      throw Failure(
        .refused, "backup-within-data: \(target) and the data folder \(data) lie in each other")
    }
  }

  /// Where a path leads; of one that isn't there yet, where it will.
  private static func realPath(_ path: String) -> String? {
    if let found = realpath(path, nil) {
      defer { free(found) }
      return String(cString: found)
    }
    let path = path.trimmingSlashes
    guard let slash = path.lastIndex(of: "/") else { return realPath(".").map { $0 + "/" + path } }
    let parent = slash == path.startIndex ? "/" : String(path[..<slash])
    guard parent != path else { return nil }
    return realPath(parent).map { ($0 == "/" ? "" : $0) + path[slash...] }
  }
}

extension String {
  /// Without slashes at the end; the root stays.
  var trimmingSlashes: String {
    var text = self
    while text.count > 1, text.hasSuffix("/") { text.removeLast() }
    return text
  }
}

extension Backup.Report {
  fileprivate var line: String {
    "ok position=\(position) hash=\(head) root=\(root) checkpoint=\(checkpoint ?? 0) "
      + "copied=\(copiedFiles) files, \(copiedBytes) bytes kept=\(keptFiles) files, "
      + "\(keptBytes) bytes"
  }

  fileprivate var json: [UInt8] {
    JSONValue.object([
      "position": .number(String(position)), "hash": .string(head), "root": .string(root),
      "checkpoint": checkpoint.map { .number(String($0)) } ?? .null,
      "copied_files": .integer(copiedFiles), "copied_bytes": .number(String(copiedBytes)),
      "kept_files": .integer(keptFiles), "kept_bytes": .number(String(keptBytes)),
      "mended": .array(mended.map(JSONValue.string)),
    ]).written(.asIs)
  }
}

extension Failure {
  init(_ error: BackupError) {
    switch error {
    case .store(let error): self.init(error)
    case .proof(let error): self.init(error)
    case .files: self.init(.failure, error.description)
    case .taken, .occupied, .missing, .newerFormat, .otherLog, .older:
      self.init(.refused, error.description)
    case .forked, .damaged: self.init(.damaged, error.description)
    }
  }
}

/// Bytes done and bytes a second, shown a few times a second.
final class ByteRate {
  private let terminal: Terminal
  private let start = ContinuousClock.now
  private var shownAt = ContinuousClock.now

  init(_ terminal: Terminal) { self.terminal = terminal }

  func show(_ done: UInt64, of total: UInt64) {
    let now = ContinuousClock.now
    guard now - shownAt >= .milliseconds(200) else { return }
    shownAt = now
    let milliseconds = UInt64(max(1, (now - start) / .milliseconds(1)))
    let share = total == 0 ? 100 : min(100, done * 100 / total)
    terminal.progress("\(share) %  \(done >> 20) MiB  \(done / milliseconds / 1_000) MB/s")
  }
}
