import Foundation
import JSON
import Kernel
import Log
import Support
import Testing

/// `weir recovery append`: a log that lost its end, and a disk that was found again.
@Suite struct RecoveryAppendTests {
  /// A folder whose log lost its end, with what was signed of the whole one.
  private func restore(_ whole: StoryFolder, to data: String) throws {
    let files = FileManager.default
    try files.createDirectory(atPath: data, withIntermediateDirectories: true)
    try files.copyItem(atPath: whole.path + "/young", toPath: data + "/log")
    for name in ["log-key", "checkpoints"] {
      try files.copyItem(atPath: whole.path + "/" + name, toPath: data + "/" + name)
    }
  }

  @Test("does: says what would come back, brings it back, and refuses what is no mirror")
  func story() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      let whole = try StoryFolder(signing: scratch.file("witness"))
      let data = scratch.file("restored")
      try restore(whole, to: data)
      let variables = ["WEIR_WITNESS_PATH": scratch.file("witness")]
      func append(_ words: String...) throws -> WeirProcess.Outcome {
        try WeirProcess.run(
          ["recovery", "append", "--sandbox", "--data", data, "--from"] + words, variables)
      }
      let early = try append(whole.path)
      #expect(early.code == 2 && early.err.contains("recovery-none"), "\(early)")
      let store = try FileStore.open(folder: data + "/log", environment: .sandbox)
      try store.oweRecovery("a test says so")
      try store.close()
      let dry = try append(whole.path, "--dry-run")
      let end = whole.story.log.count
      #expect(dry.code == 0 && dry.out.hasPrefix("would append \(end - 3) events: 4 to"), "\(dry)")
      let status = try WeirProcess.run(
        ["recovery", "status", "--sandbox", "--data", data], variables)
      #expect(status.out.contains("R1 NOT PASSED: log-truncated"), "\(status)")
      let done = try append(whole.path, "--json")
      let report = try JSONValue.parse(Array(done.out.utf8))
      #expect(report["appended"]?.flag == true, "\(done)")
      let after = try WeirProcess.run(
        ["recovery", "status", "--sandbox", "--data", data], variables)
      #expect(after.out.contains("R1 passed"), "\(after)")
      let exports = try [data, whole.path].map {
        try WeirProcess.run("log", "export", "--data", $0)
      }
      #expect(exports[0].code == 0 && exports[0].out == exports[1].out)
      let again = try append(whole.path)
      #expect(again.code == 2 && again.err.contains("mirror-shorter"), "\(again)")
      let other = try StoryFolder()
      let foreign = try append(other.path)
      #expect(foreign.code == 2 && foreign.err.contains("mirror-of-another-log"), "\(foreign)")
      #expect(try append(scratch.file("nowhere")).code == 2)
    }
  }

  @Test("refuses: a mirror that isn't what was signed, though its chain is sound")
  func rewritten() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      let whole = try StoryFolder(signing: scratch.file("witness"))
      let data = scratch.file("restored")
      try restore(whole, to: data)
      let store = try FileStore.open(folder: data + "/log", environment: .sandbox)
      try store.oweRecovery("a test says so")
      let before = store.head
      try store.close()
      try whole.rewrite(isShorter: false)
      let outcome = try WeirProcess.run(
        ["recovery", "append", "--sandbox", "--data", data, "--from", whole.path],
        ["WEIR_WITNESS_PATH": scratch.file("witness")])
      #expect(outcome.code == 2 && outcome.err.contains("mirror-unsigned"), "\(outcome)")
      #expect(outcome.err.contains("log-rewritten"), "\(outcome)")
      #expect(try FileLogReader.open(folder: data + "/log").head == before)
    }
  }
}
