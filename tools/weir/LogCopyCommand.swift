import JSON
import Kernel
import Log
import PostgresLog
import Service

extension Command {
  static let logCopy = Command(
    "log copy", "Copies a log between files and a database, with the same hashes",
    options: [
      Option("from", "PLACE", "a data folder, or postgres://…", isRequired: true),
      Option(
        "to", "PLACE", "the other one; an earlier copy is brought up to date", isRequired: true),
      Option("move", nil, "the log at --from signs nothing from now on: --to takes its place"),
      jsonOption,
    ],
    notes: [
      "Every event is decoded, written by the other store's own rules, and its hash compared;",
      "then the copy is read back whole. Without --move the service may run meanwhile, and the",
      "copy must not be served. With it every node must be stopped, and nothing left in the inbox;",
      "serve the copy with the same data folder, whose key and checkpoints go on.",
    ]
  ) { (arguments) throws(Failure) in
    let (from, to) = (arguments.required("from"), arguments.required("to"))
    guard from != to else { throw Failure(.usage, "--from and --to are the same place") }
    return try reading { () throws(StoreError) in
      let source = try LogPlace(from), target = try LogPlace(to)
      // Whoever moves a log has it for itself, until it is marked.
      let held = arguments.has("move") ? try source.open(nil) : nil
      if held != nil { try source.checkInbox() }
      let mirror = try source.reader()
      let copy = try target.open(mirror)
      let appended: UInt64
      do throws(MirrorError) {
        appended = try fill(copy, from: mirror, arguments)
      } catch {
        if case .store(let error) = error { throw error }
        throw .unusable("\(error)")
      }
      let read = try target.reader().verify()
      guard read.head == copy.head, read.head == mirror.head || held == nil else {
        throw .damaged(Damage(position: read.head.position, what: "the copy ends otherwise"))
      }
      try copy.close()
      if let held {
        try source.checkInbox()
        try held.oweRecovery("moved to \(target)")
        try held.close()
      }
      show(appended, read, isMoved: held != nil, arguments)
      return .success
    }
  }

  /// Appends what the copy lacks; gives how many events that were.
  private static func fill(
    _ copy: any LogStore, from mirror: any WholeLog, _ arguments: Arguments
  ) throws(MirrorError) -> UInt64 {
    let tail = MirrorTail(of: mirror)
    let report: MirrorTail.Report
    do throws(MirrorError) {
      report = try tail.missing(in: copy)
    } catch {
      if case .nothing(let theirs, let ours) = error, theirs == ours { return 0 }
      throw error
    }
    try tail.append(report, to: copy) { position in
      arguments.terminal.progress("position \(position) of \(report.to)")
    }
    arguments.terminal.endProgress()
    return report.to - report.from
  }

  private static func show(
    _ appended: UInt64, _ read: LogVerification, isMoved: Bool, _ arguments: Arguments
  ) {
    let hash = HexText.of(read.head.hash)
    guard arguments.has("json") else {
      return arguments.terminal.put(
        "\(isMoved ? "moved" : "copied") appended=\(appended) events=\(read.events) hash=\(hash)")
    }
    arguments.terminal.put(
      JSONValue.object([
        "moved": .bool(isMoved), "appended": .number(String(appended)),
        "events": .number(String(read.events)), "hash": .string(hash),
      ]).written(.asIs))
  }
}

/// Where a log is kept.
enum LogPlace: CustomStringConvertible {
  case folder(DataFolder)
  case database(PostgresURL)

  init(_ text: String) throws(StoreError) {
    guard text.contains("://") else {
      self = .folder(DataFolder(text))
      return
    }
    var why = ""
    guard let url = PostgresURL(text, why: &why) else { throw .unusable(why) }
    self = .database(url)
  }

  var description: String {
    switch self {
    case .folder(let folder): folder.path
    case .database(let url): url.description
    }
  }

  /// The log, for reading beside whoever writes it.
  func reader() throws(StoreError) -> any WholeLog {
    switch self {
    case .folder(let folder): try FileLogReader.open(folder: folder.log)
    case .database(let url): try PostgresReader.open(url)
    }
  }

  /// Throws where a webhook that somebody was told is taken isn't in the log yet.
  func checkInbox() throws(StoreError) {
    guard case .database(let url) = self else { return }
    let waiting = try PostgresInbox(url, node: "weir log copy").backlog().waiting
    guard waiting == 0 else {
      throw .unusable("\(url): \(waiting) in the inbox; serve it until they are taken")
    }
  }

  /// The log, for writing; one that isn't there yet is made with the other's name, or refused.
  func open(_ model: (any WholeLog)?) throws(StoreError) -> any LogStore {
    let known = if let model { model } else { try reader() }
    let environment = known.environment
    let id = model.flatMap { LogID(text: $0.logID) }
    switch self {
    case .folder(let folder):
      var options = FileStore.Options()
      options.mayCreate = model != nil
      options.newLog = id
      return try FileStore.open(folder: folder.log, environment: environment, options: options)
    case .database(let url):
      var options = PostgresStore.Options(holder: "weir log copy")
      options.mayCreate = model != nil
      options.newLog = id
      options.leaseSeconds = 60
      return try PostgresStore.open(url, environment: environment, options: options)
    }
  }
}
