import Kernel
import Log
import Service

extension Command {
  static let logExport = Command(
    "log export", "Writes every event as one canonical JSON object a line, in order",
    options: [
      dataOption, storeOption, Option("from", "N", "begin at this position"),
      Option("to", "N", "end at this position"),
    ],
    notes: [
      "Each line has position, stream, version, name, at, cause, tags, body and hash.",
      "Works while the service runs.",
    ]
  ) { (arguments) throws(Failure) in
    let from = try arguments.number("from", standard: 1)
    let to = try arguments.number("to", standard: .max)
    guard from >= 1, from <= to else {
      throw Failure(.usage, "--from must be 1 or more, up to --to")
    }
    let log = try DataFolder(arguments.required("data")).openLog(arguments)
    return try reading { () throws(StoreError) in
      var position = from - 1
      // What is added meanwhile is left for the next export.
      let end = min(to, log.head.position)
      while position < end {
        let page = try log.read(after: position, limit: Int(min(1_000, end - position)))
        guard let last = page.last else { break }
        for event in page { arguments.terminal.put(LogExport.line(of: event)) }
        position = last.position
      }
      return .success
    }
  }

  /// Runs what reads the log, and names what is wrong with it.
  static func reading(
    _ body: () throws(StoreError) -> ExitCode
  ) throws(Failure) -> ExitCode {
    do throws(StoreError) {
      return try body()
    } catch {
      throw Failure(error)
    }
  }
}

extension Failure {
  init(_ error: StoreError) {
    switch error {
    case .damaged: self.init(.damaged, error.description)
    case .locked, .otherEnvironment, .newerFormat, .unknownName, .unusable:
      self.init(.refused, error.description)
    case .failed, .full, .unreadable, .tooLarge: self.init(.failure, error.description)
    }
  }
}

extension DataFolder {
  /// The log, for reading beside whoever writes it; the folder's own, or that of the database which
  /// `--store` or WEIR_STORE names.
  func openLog(_ arguments: Arguments) throws(Failure) -> any WholeLog {
    let store = arguments["store"] ?? Terminal.environment[SettingName.store.environmentName]
    do throws(StoreError) {
      guard let store, !store.isEmpty else { return try FileLogReader.open(folder: log) }
      return try LogPlace(store).reader()
    } catch {
      throw Failure(error)
    }
  }
}
