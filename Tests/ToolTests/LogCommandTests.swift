import Foundation
import JSON
import Kernel
import Log
import Support
import Testing

@Suite struct LogCommandTests {
  private func parsed(_ lines: [String]) throws -> [JSONValue] {
    try lines.map { try JSONValue.parse(Array($0.utf8)) }
  }

  @Test("does: log export writes every event in order, and its chain can be computed again")
  func exports() throws {
    let folder = try StoryFolder()
    let outcome = try WeirProcess.run("log", "export", "--data", folder.path)
    #expect(outcome.code == 0, "\(outcome.err)")
    let events = try parsed(outcome.lines)
    #expect(events.map { $0["position"]?.integer } == folder.story.log.map { Int($0.position) })
    #expect(events.map { $0["name"]?.text } == folder.story.log.map(\.event.name))
    var hash = [UInt8](repeating: 0, count: 32)
    for event in events {
      let names = event.members?.map(\.name) ?? []
      for name in ["at", "body", "cause", "hash", "position", "stream", "tags", "version"] {
        #expect(names.contains(name))
      }
      let rest = JSONValue.object((event.members ?? []).filter { $0.name != "hash" })
      hash = SHA256.digest(of: hash + rest.written(.sortedECMAScript))
      #expect(event["hash"]?.text == hash.map { String(format: "%02x", $0) }.joined())
    }
    let part = try WeirProcess.run("log", "export", "--data", folder.path, "--from=3", "--to", "5")
    #expect(part.lines == Array(outcome.lines[2..<5]))
  }

  @Test("does: log verify says in one line what it found, and --data may be any path to it")
  func verifies() throws {
    let folder = try StoryFolder()
    let outcome = try WeirProcess.run("log", "verify", "--data", folder.path)
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.lines.count == 1)
    let count = folder.story.log.count
    #expect(outcome.out.hasPrefix("ok events=\(count) position=\(count) hash="))
    #expect(outcome.err.isEmpty)
  }

  @Test("refuses: a byte changed in what was acknowledged, by name and with exit code 3")
  func damage() throws {
    let folder = try StoryFolder()
    let segments = folder.scratch.file("log/segments")
    let name = try #require(FileManager.default.contentsOfDirectory(atPath: segments).min())
    let file = try #require(FileHandle(forUpdatingAtPath: "\(segments)/\(name)"))
    try file.seek(toOffset: 5_000)
    let byte = try #require(file.read(upToCount: 1)?.first)
    try file.seek(toOffset: 5_000)
    file.write(Data([byte ^ 1]))
    try file.close()
    let outcome = try WeirProcess.run("log", "verify", "--data", folder.path)
    #expect(outcome.code == 3, "\(outcome)")
    #expect(outcome.out.isEmpty)
    #expect(outcome.err.contains("corrupt-acknowledged"))
  }

  @Test("refuses: folders without a log, and options that make no sense")
  func refuses() throws {
    let scratch = ScratchFolder()
    for command in ["export", "verify"] {
      let outcome = try WeirProcess.run("log", command, "--data", scratch.path)
      #expect(outcome.code == 2, "\(outcome)")
      #expect(outcome.err.contains("holds no log"))
      #expect(try WeirProcess.run("log", command).code == 64)
    }
    let bad = try WeirProcess.run("log", "export", "--data", scratch.path, "--from", "0")
    #expect(bad.code == 64)
  }
}
