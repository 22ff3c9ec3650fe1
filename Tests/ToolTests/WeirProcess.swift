import Foundation
import JSON
import Kernel
import Log
import Support
import Testing

/// The program as it was built beside these tests, run as a process.
struct WeirProcess {
  typealias Outcome = ChildProcess.Outcome

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

  private static func environment(_ variables: [String: String]) -> [String: String] {
    ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"].merging(variables) { $1 }
  }

  /// Starts it, and goes on.
  static func start(
    _ words: [String], _ variables: [String: String] = [:],
    output: ChildProcess.Stream = .null, errors: ChildProcess.Stream = .inherit
  ) throws -> ChildProcess {
    try ChildProcess(
      program.path, words, environment: environment(variables), output: output, errors: errors)
  }

  /// Starts a sandbox that serves; gives it once it listens, and where.
  static func serve(
    _ folder: String, _ variables: [String: String] = [:]
  ) throws -> (process: ChildProcess, url: String) {
    let process = try start(
      ["serve", "--sandbox", "--data", folder, "--listen", "127.0.0.1:0"], variables,
      errors: .pipe)
    var text = ""
    while !text.contains("\"listening\"") {
      let more = process.errors?.some() ?? ""
      try #require(!more.isEmpty, "\(text)")
      text += more
    }
    process.errors?.drain()
    let line = text.split(separator: "\n").first { $0.contains("\"listening\"") } ?? ""
    return (process, try #require(try JSONValue.parse(Array(line.utf8))["url"]?.text))
  }

  /// Runs to the end.
  static func run(_ words: String..., variables: [String: String] = [:]) throws -> Outcome {
    try run(words, variables)
  }

  static func run(_ words: [String], _ variables: [String: String] = [:]) throws -> Outcome {
    try ChildProcess.run(program.path, words, environment: environment(variables))
  }

  /// Runs any program to the end.
  static func run(program: String, _ words: [String]) throws -> Outcome {
    try ChildProcess.run(program, words, environment: environment([:]))
  }
}

/// A data folder whose log holds the acceptance story.
struct StoryFolder {
  let scratch = ScratchFolder()
  var path: String { scratch.path }
  let story = Story.standard()
  /// Facts that the copy of the young log holds.
  private let young = 3

  /// Signs in the middle and at the end where a witness is named, and keeps a copy of the young log
  /// beside.
  init(signing witness: String? = nil) throws {
    var store = try open()
    try append(story.log.prefix(young), to: store)
    if witness != nil {
      try store.close()
      try FileManager.default.copyItem(atPath: scratch.file("log"), toPath: scratch.file("young"))
      store = try open()
    }
    let notary = try witness.map {
      try Notary.open(
        store, log: store.logID, files: CheckpointFiles(data: scratch.path, witness: $0))
    }
    let rest = story.log.dropFirst(young)
    try append(rest.prefix(rest.count / 2), to: store)
    try notary?.sign()
    try append(rest.dropFirst(rest.count / 2), to: store)
    try notary?.sign()
    try store.close()
  }

  /// Puts another history, sound in itself, in the log's place: the first facts, and then all
  /// others by somebody else, or none.
  func rewrite(isShorter: Bool) throws {
    try FileManager.default.removeItem(atPath: scratch.file("log"))
    try FileManager.default.copyItem(atPath: scratch.file("young"), toPath: scratch.file("log"))
    let store = try open()
    if !isShorter { try append(story.log.dropFirst(young), to: store, actor: "an insider") }
    try store.close()
  }

  private func open() throws -> FileStore {
    try FileStore.open(folder: scratch.file("log"), environment: .sandbox)
  }

  private func append(
    _ facts: ArraySlice<Recorded>, to store: FileStore, actor: String = "story",
    at: Instant? = nil
  ) throws {
    for recorded in facts {
      var event = recorded.event
      // The first fact names the log it stands in.
      if case .ledger = event,
        case .accept(let opened) = LedgerState().decide(
          .ledger(.open(environment: .sandbox, log: store.logID)), at: recorded.at)
      {
        event = opened[0]
      }
      try Self.append(event, of: recorded, to: store, actor: actor)
    }
  }

  static func append(
    _ event: LedgerEvent, of recorded: Recorded, to store: FileStore, actor: String = "story",
    at: Instant? = nil
  ) throws {
    _ = try store.append([
      Proposal(
        command: .composed("story", String(recorded.position)),
        digest: [UInt8](repeating: 0, count: 32), actor: actor, at: at ?? recorded.at,
        events: [event])
    ])
  }
}
