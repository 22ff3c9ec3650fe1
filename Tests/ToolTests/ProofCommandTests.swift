import Foundation
import JSON
import Kernel
import Log
import Support
import Testing

/// `weir log prove`, `verify --witness`, `key`, and what `serve` refuses to serve.
@Suite struct ProofCommandTests {
  @Test("does: log prove shows event, hashes and checkpoint; the root follows from them")
  func proves() throws {
    let signed = try AuditTests.SignedFolder()
    let count = signed.export.count
    for position in [1, 2, count / 2, count] {
      let outcome = try WeirProcess.run("log", "prove", "\(position)", "--data", signed.path)
      #expect(outcome.code == 0, "\(outcome)")
      let proof = try JSONValue.parse(Array(outcome.out.utf8))
      let event = try #require(proof["event"]).written(.asIs)
      let note = try #require(proof["checkpoint"]?.text).split(separator: "\n")
      #expect(proof["size"]?.integer == count)
      #expect(proof["position"]?.integer == position)
      let path = try #require(proof["hashes"]?.items).map { Data(base64Encoded: $0.text ?? "") }
      let root = climb(
        position - 1, count, SHA256.digest(of: [0] + event), path.map { [UInt8]($0 ?? Data()) })
      #expect(Data(root).base64EncodedString() == note[2])
    }
    let older = try WeirProcess.run("log", "prove", "--from", "3", "--data", signed.path)
    #expect(older.code == 0, "\(older)")
    let proof = try JSONValue.parse(Array(older.out.utf8))
    #expect(proof["from"]?.integer == 3)
    #expect(proof["oldRoot"]?.text?.count == 44)
    let beyond = try WeirProcess.run("log", "prove", "\(count + 1)", "--data", signed.path)
    #expect(beyond.code == 2)
    #expect(beyond.err.contains("checkpoint-short"))
    for words in [[], ["1", "--from", "2"], ["x"], ["1", "2"]] {
      let bad = try WeirProcess.run(
        program: WeirProcess.program.path, ["log", "prove", "--data", signed.path] + words)
      #expect(bad.code == 64, "\(bad)")
    }
  }

  /// RFC 6962's definition of the path, from the root down.
  private func climb(_ index: Int, _ size: Int, _ leaf: [UInt8], _ path: [[UInt8]]) -> [UInt8] {
    guard size > 1, let beside = path.last else { return leaf }
    var split = 1
    while split * 2 < size { split *= 2 }
    let rest = Array(path.dropLast())
    return index < split
      ? SHA256.digest(of: [1] + climb(index, split, leaf, rest) + beside)
      : SHA256.digest(of: [1] + beside + climb(index - split, size - split, leaf, rest))
  }

  @Test("refuses: a log that isn't what the witness saw, with its name and exit code 3")
  func witness() throws {
    let signed = try AuditTests.SignedFolder()
    func verify(_ notes: String, _ more: String...) throws -> WeirProcess.Outcome {
      let path = signed.witness.file("changed")
      try notes.write(toFile: path, atomically: false, encoding: .utf8)
      return try WeirProcess.run(
        program: WeirProcess.program.path,
        ["log", "verify", "--data", signed.path, "--witness", path] + more)
    }
    let notes = try signed.notes()
    #expect(try verify(notes).code == 0)
    let other = try AuditTests.SignedFolder()
    for (bad, name) in [
      (try other.notes(), "checkpoint-of-another-log"), (notes + "x", "checkpoint-malformed"),
      (String(notes.dropLast()), "checkpoint-malformed"),
      (notes.replacing("\nchain ", with: "\nchain 0"), "checkpoint-malformed"),
      (notes.replacing("\n\(signed.export.count)\n", with: "\n999\n"), "checkpoint-forged"),
    ] {
      let outcome = try verify(bad)
      #expect(outcome.code == 3, "\(outcome)")
      #expect(outcome.err.contains(name), "\(outcome)")
      #expect(outcome.out.isEmpty)
    }
    let foreign = try verify(notes, "--key", other.vkey)
    #expect(foreign.code == 3)
    #expect(try verify(notes, "--key", "weir/x+0+0").code == 64)
    let missing = try WeirProcess.run(
      "log", "verify", "--data", signed.path, "--witness", "/nowhere/file")
    #expect(missing.code == 1)
  }

  @Test("refuses: to serve a log that was replaced since it was signed, by name")
  func serve() async throws { try await offPool { try refuseToServe() } }

  private func refuseToServe() throws {
    let signed = try AuditTests.SignedFolder()
    try signed.folder.rewrite(isShorter: false)
    let outcome = try serve(signed, named: "log-rewritten")
    #expect(outcome.code == 3, "\(outcome)")
    #expect(outcome.err.contains("log-rewritten"), "\(outcome)")
  }

  @Test("does: a log that ends before what was signed comes up in recovery, start after start")
  func recovers() async throws { try await offPool { try recover() } }

  private func recover() throws {
    let signed = try AuditTests.SignedFolder()
    try signed.folder.rewrite(isShorter: true)
    for _ in 1...2 {
      let outcome = try serve(signed, named: "log-truncated")
      // It goes no further: the story's wallet is nobody's.
      #expect(outcome.code == 2, "\(outcome)")
      #expect(outcome.err.contains("\"event\":\"recovery\""), "\(outcome)")
      #expect(outcome.err.contains("log-truncated"), "\(outcome)")
    }
    let status = try WeirProcess.run(
      "recovery", "status", "--sandbox", "--data", signed.path,
      variables: ["WEIR_WITNESS_PATH": signed.witnessFile])
    #expect(status.out.hasPrefix("recovery=owed"), "\(status)")
    #expect(status.out.contains("R1 NOT PASSED: log-truncated"), "\(status)")
  }

  /// Verifies a folder that was tampered with, and then serves it until it listens, or doesn't.
  private func serve(
    _ signed: AuditTests.SignedFolder, named name: String
  ) throws -> (code: Int32, err: String) {
    if FileManager.default.fileExists(atPath: signed.path + "/checkpoints") {
      let verified = try WeirProcess.run("log", "verify", "--data", signed.path)
      #expect(verified.code == 3, "\(verified)")
      #expect(verified.err.contains(name), "\(verified)")
      try FileManager.default.removeItem(atPath: signed.path + "/checkpoints")
    }
    // Sound in itself: only the witness can tell.
    #expect(try WeirProcess.run("log", "verify", "--data", signed.path).code == 0)
    let log = signed.witness.file("service-log")
    let life = try Life(
      ["serve", "--sandbox", "--data", signed.path, "--listen", "127.0.0.1:0"],
      ["WEIR_WITNESS_PATH": signed.witnessFile], log: log)
    func said() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }
    for _ in 0..<600 where try life.isRunning && !said().contains("\"listening\"") {
      Thread.sleep(forTimeInterval: 0.1)
    }
    let code = life.stop()
    defer { try? FileManager.default.removeItem(atPath: log) }
    return (code, try said())
  }

  @Test("does: a service signs its first facts at once, shows them, and the last at its end")
  func serves() async throws {
    let scratch = ScratchFolder()
    let witness = ScratchFolder()
    let path = witness.file("log")
    let data = scratch.path
    let (process, url) = try WeirProcess.serve(data, ["WEIR_WITNESS_PATH": path])
    var shown = ""
    for _ in 0..<200 where !shown.hasPrefix("weir/") {
      shown = try await offPool {
        try WeirProcess.run(
          program: "/usr/bin/curl", ["-s", url + "/.well-known/weir/checkpoint"]
        ).out
      }
      if !shown.hasPrefix("weir/") { try await Task.sleep(for: .milliseconds(50)) }
    }
    #expect(shown.hasPrefix("weir/"))
    process.signal(SIGTERM)
    _ = try await offPool { process.wait() }
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains(shown))
    let verified = try await offPool {
      try WeirProcess.run("log", "verify", "--data", data, "--witness", path)
    }
    #expect(verified.code == 0, "\(verified)")
    let newest = try String(contentsOfFile: data + "/checkpoints/newest", encoding: .utf8)
    let events = verified.out.split(separator: " ").first { $0.hasPrefix("events=") } ?? ""
    #expect(events == "events=\(newest.split(separator: "\n")[1])")
    var status = stat()
    #expect(stat(data + "/log-key", &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }
}
