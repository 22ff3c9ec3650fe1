@testable import Bench
import Foundation
import JSON
import Kernel
import Log
import Support
import Testing

/// `tools/audit.py`, which shares no line with the product, and `weir log` agree on what a log is.
@Suite struct AuditTests {
  /// A story's folder, signed in the middle and at the end, with a witness.
  struct SignedFolder {
    let folder: StoryFolder
    let witness = ScratchFolder()
    let export: [String]
    let vkey: String
    var path: String { folder.path }
    var witnessFile: String { witness.file("checkpoints") }

    init() throws {
      folder = try StoryFolder(signing: witness.file("checkpoints"))
      export = try WeirProcess.run("log", "export", "--data", folder.path).lines
      vkey = try #require(WeirProcess.run("log", "key", "--data", folder.path).lines.first)
    }

    func notes() throws -> String { try String(contentsOfFile: witnessFile, encoding: .utf8) }
  }

  static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../tools/audit.py").standardized.path

  private func python(_ words: [String]) throws -> WeirProcess.Outcome {
    try WeirProcess.run(program: "/usr/bin/env", ["python3"] + words)
  }

  private func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  @Test("does: the script believes a live log's export, at every checkpoint of the witness")
  func believes() throws {
    let signed = try SignedFolder()
    let export = signed.witness.file("export")
    try write(signed.export.joined(separator: "\n") + "\n", to: export)
    let newest = signed.path + "/checkpoints/newest"
    let outcome = try python([Self.script, signed.vkey, export, signed.witnessFile, newest])
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.out == "OK: \(signed.export.count) events\n")
    let verified = try WeirProcess.run(
      "log", "verify", "--data", signed.path, "--witness", signed.witnessFile, "--key",
      signed.vkey)
    #expect(verified.code == 0, "\(verified)")
    #expect(verified.out.hasSuffix(" checkpoints=3\n"))
    let text = try String(contentsOfFile: Self.script, encoding: .utf8)
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 60)
  }

  @Test("refuses: 500 random tamperings of export and checkpoints, by the script")
  func tampering() async throws {
    let results = try await offPool { try tamper(500) }
    #expect(results.count == 501)
    #expect(results.first?.hasPrefix("OK") == true)
    for result in results.dropFirst() { #expect(result.hasPrefix("REFUSED"), "\(result)") }
  }

  /// What the script says to a good export, and then to so many bad ones.
  private func tamper(_ rounds: Int) throws -> [String] {
    let signed = try SignedFolder()
    var dice = SplitMix(state: 20_261_125)
    let list = signed.witness.file("cases")
    var cases: [[String]] = [[signed.vkey, "good", "notes"]]
    let lines = signed.export
    try write(lines.joined(separator: "\n") + "\n", to: signed.witness.file("good"))
    try write(try signed.notes(), to: signed.witness.file("notes"))
    for number in 1...rounds {
      var (export, notes) = ("good", "notes")
      if dice.below(3) == 0 {
        notes = "n\(number)"
        try Data(Tamper.flip(Array(try signed.notes().utf8), &dice))
          .write(to: URL(filePath: signed.witness.file(notes)))
      } else {
        export = "x\(number)"
        try Data(Tamper.change(lines, &dice))
          .write(to: URL(filePath: signed.witness.file(export)))
      }
      cases.append([signed.vkey, export, notes])
    }
    let rows = JSONValue.array(cases.map { .array($0.map(JSONValue.string)) })
    try Data(rows.written(.asIs)).write(to: URL(filePath: list))
    // One interpreter for all, the script run whole each time as `__main__`.
    let driver = """
      import json, os, runpy, sys
      os.chdir(sys.argv[2])
      script, cases = sys.argv[1], json.load(open("cases"))
      for case in cases:
          sys.argv, sys.stdout, out = [script] + case, open(os.devnull, "w"), sys.stdout
          try: runpy.run_path(script, run_name="__main__"); words = "OK"
          except SystemExit as end: words = str(end.code)
          sys.stdout = out
          print(words[:70].replace("\\n", " "), *case[1:])
      """
    let outcome = try python(["-c", driver, Self.script, signed.witness.path])
    #expect(outcome.code == 0, "\(outcome)")
    return outcome.lines
  }

  @Test("refuses: flipped keys, other keys and missing files, by the script")
  func keys() throws {
    let signed = try SignedFolder()
    let export = signed.witness.file("export")
    try write(signed.export.joined(separator: "\n") + "\n", to: export)
    let other = try SignedFolder()
    for vkey in [
      other.vkey, String(signed.vkey.dropLast()), signed.vkey.replacing("weir/", with: "Weir/"), "",
    ] {
      let outcome = try python([Self.script, vkey, export, signed.witnessFile])
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.err.hasPrefix("REFUSED"))
    }
    let none = try python([Self.script, signed.vkey, export, "/nowhere"])
    #expect(none.code == 1)
    let unsigned = try python([Self.script, signed.vkey, export, "/dev/null"])
    #expect(unsigned.code == 1)
    let foreign = try python([Self.script, other.vkey, export, other.witnessFile])
    #expect(foreign.code == 1)
  }
}

/// Changes that somebody might make, by chance.
enum Tamper {
  /// One bit, one byte doubled or one dropped.
  static func flip(_ bytes: [UInt8], _ dice: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    let at = dice.below(bytes.count)
    switch dice.below(4) {
    case 0: bytes.remove(at: at)
    case 1: bytes.insert(UInt8(97 + dice.below(26)), at: at)
    case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + dice.below(80)))
    default: bytes[at] ^= UInt8(1 << dice.below(8))
    }
    return bytes
  }

  /// Lines dropped, doubled, swapped, cut or changed, hashes made to fit again or not.
  static func change(_ lines: [String], _ dice: inout SplitMix) -> [UInt8] {
    var lines = lines
    let at = dice.below(lines.count)
    let other = (at + 1 + dice.below(lines.count - 1)) % lines.count
    switch dice.below(7) {
    case 0: lines.remove(at: at)
    case 1: lines.insert(lines[at], at: other)
    case 2: lines.swapAt(at, other)
    case 3: lines.removeLast(1 + dice.below(lines.count))
    case 4:
      lines[at] = lines[at].replacing("\"version\":", with: "\"version\":1")
      lines = chained(lines)
    case 5:
      lines.remove(at: at)
      lines = chained(lines)
    default: return flip(Array((lines.joined(separator: "\n") + "\n").utf8), &dice)
    }
    return Array((lines + [""]).joined(separator: "\n").utf8)
  }

  /// The chain computed anew, as an insider would.
  static func chained(_ lines: [String]) -> [String] {
    var hash = [UInt8](repeating: 0, count: 32)
    return lines.map { line in
      guard let mark = line.ranges(of: ",\"hash\":\"").last else { return line }
      let end = line.index(mark.upperBound, offsetBy: 65)
      let event = String(line[..<mark.lowerBound]) + line[end...]
      hash = SHA256.digest(of: hash + Array(event.utf8))
      let digits = hash.map { String(format: "%02x", $0) }.joined()
      return line[..<mark.upperBound] + digits + "\"" + line[end...]
    }
  }
}
