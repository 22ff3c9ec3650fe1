import Foundation
import Kernel
import Log
import Support
import Synchronization

/// The program as it was built beside these tests, run as a process.
struct WeirProcess {
  /// What a run said and ended with.
  struct Outcome: CustomStringConvertible {
    let code: Int32
    let out: String
    let err: String
    var lines: [String] { out.split(separator: "\n").map(String.init) }
    var description: String { "exit \(code)\n\(out)\n\(err)" }
  }

  static let program: URL = {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = own.deletingLastPathComponent()
    while folder.path != "/" {
      let file = folder.appending(path: "weir")
      if FileManager.default.isExecutableFile(atPath: file.path) { return file }
      folder.deleteLastPathComponent()
    }
    let source = URL(filePath: #filePath).deletingLastPathComponent()
    return source.appending(path: "../../.build/debug/weir").standardized
  }()

  static func process(_ words: [String], _ variables: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = words
    process.environment = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"]
      .merging(variables) { $1 }
    return process
  }

  /// Runs to the end.
  static func run(_ words: String..., variables: [String: String] = [:]) throws -> Outcome {
    let process = process(words, variables)
    let (out, err) = (Pipe(), Pipe())
    process.standardOutput = out
    process.standardError = err
    try process.run()
    let errors = Mutex(Data())
    let reader = Thread { errors.withLock { $0 = err.fileHandleForReading.readDataToEndOfFile() } }
    reader.start()
    let text = out.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    while reader.isExecuting { usleep(500) }
    return Outcome(
      code: process.terminationStatus, out: String(decoding: text, as: UTF8.self),
      err: errors.withLock { String(decoding: $0, as: UTF8.self) })
  }
}

/// A data folder whose log holds the acceptance story.
struct StoryFolder {
  let scratch = ScratchFolder()
  var path: String { scratch.path }
  let story = Story.standard()

  init() throws {
    let store = try FileStore.open(folder: scratch.file("log"), environment: .sandbox)
    for recorded in story.log {
      var event = recorded.event
      // The first fact names the log it stands in.
      if case .ledger = event,
        case .accept(let opened) = LedgerState().decide(
          .ledger(.open(environment: .sandbox, log: store.logID)), at: recorded.at)
      {
        event = opened[0]
      }
      try Self.append(event, of: recorded, to: store)
    }
    try store.close()
  }

  static func append(_ event: LedgerEvent, of recorded: Recorded, to store: FileStore) throws {
    _ = try store.append([
      Proposal(
        command: .composed("story", String(recorded.position)),
        digest: [UInt8](repeating: 0, count: 32), actor: "story", at: recorded.at,
        events: [event])
    ])
  }
}
