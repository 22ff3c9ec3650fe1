import Foundation
import Kernel
import PostgresLog
import Support
import Testing

@Suite struct LogCopyCommandTests {
  private static func database() async throws -> String {
    try await offPool {
      let server = try PostgresServer.shared.get()
      return server.url(try server.database())
    }
  }

  @Test("does: log copy there and back keeps every byte and hash, and again adds nothing")
  func thereAndBack() async throws {
    let url = try await Self.database()
    try await offPool {
      let folder = try StoryFolder()
      let count = folder.story.log.count
      let there = try WeirProcess.run("log", "copy", "--from", folder.path, "--to", url)
      #expect(there.code == 0, "\(there)")
      #expect(there.out.hasPrefix("copied appended=\(count) events=\(count) hash="))
      let again = try WeirProcess.run("log", "copy", "--from", folder.path, "--to", url, "--json")
      #expect(again.code == 0 && again.out.contains(#""appended":0"#), "\(again)")
      let back = ScratchFolder()
      let copied = try WeirProcess.run("log", "copy", "--from", url, "--to", back.path)
      #expect(copied.code == 0, "\(copied)")

      let exported = try WeirProcess.run("log", "export", "--data", folder.path)
      #expect(exported.lines.count == count)
      let stored = try WeirProcess.run(
        "log", "export", "--data", folder.path, "--store", url)
      let last = try WeirProcess.run("log", "export", "--data", back.path)
      #expect(stored.lines == exported.lines && last.lines == exported.lines)
      let verified = try WeirProcess.run(
        ["log", "verify", "--data", folder.path], ["WEIR_STORE": url])
      #expect(verified.out.hasPrefix("ok events=\(count) "), "\(verified)")
    }
  }

  @Test(
    "does: a moved log signs nothing any more, and the folder takes the database's place for it")
  func moves() async throws {
    let url = try await Self.database()
    try await offPool {
      let folder = try StoryFolder()
      let words = ["serve", "--sandbox", "--data", folder.path, "--listen", "127.0.0.1:0"]
      let early = try WeirProcess.run(words, ["WEIR_STORE": url])
      #expect(early.code == 2 && early.err.contains("log copy --move"), "\(early)")
      let moved = try WeirProcess.run("log", "copy", "--from", folder.path, "--to", url, "--move")
      #expect(moved.code == 0 && moved.out.hasPrefix("moved "), "\(moved)")
      let status = try WeirProcess.run(
        "recovery", "status", "--sandbox", "--json", "--data", folder.path)
      #expect(status.out.contains("moved to postgres://"), "\(status)")
      // The story's wallet isn't this sandbox's, which the service learns from the database's log.
      let served = try WeirProcess.run(words, ["WEIR_STORE": url])
      #expect(served.err.contains(#""to":\#(folder.story.log.count),"#), "\(served)")
      #expect(served.code == 2 && served.err.contains("the log signs for"), "\(served)")
    }
  }

  @Test("refuses: to move a database's log while webhooks wait in its inbox; a copy leaves them")
  func inbox() async throws {
    let url = try await Self.database()
    try await offPool {
      let (folder, target) = (try StoryFolder(), ScratchFolder())
      #expect(try WeirProcess.run("log", "copy", "--from", folder.path, "--to", url).code == 0)
      let inbox = PostgresInbox(try #require(PostgresURL(url)), node: "test")
      try inbox.put([
        .init(kind: "telegram", at: Instant(microseconds: 1_800_000_000_000_000), sealed: [1])
      ])
      let words = ["log", "copy", "--from", url, "--to", target.path]
      let refused = try WeirProcess.run(words + ["--move"])
      #expect(refused.code == 2 && refused.err.contains("1 in the inbox"), "\(refused)")
      #expect(try inbox.backlog().waiting == 1)
      let copied = try WeirProcess.run(words)
      #expect(copied.code == 0, "\(copied)")
    }
  }

  @Test("refuses: another log's place, one place twice, and an address that is none")
  func refusals() async throws {
    let url = try await Self.database()
    try await offPool {
      let (one, other) = (try StoryFolder(), try StoryFolder())
      #expect(try WeirProcess.run("log", "copy", "--from", one.path, "--to", url).code == 0)
      let otherLog = try WeirProcess.run("log", "copy", "--from", other.path, "--to", url)
      #expect(otherLog.code == 2 && otherLog.err.contains("mirror-of-another-log"), "\(otherLog)")
      let same = try WeirProcess.run("log", "copy", "--from", url, "--to", url)
      #expect(same.code == 64, "\(same)")
      let bad = try WeirProcess.run(
        "log", "copy", "--from", one.path, "--to", "mysql://me:hunter2@db/weir")
      #expect(bad.code == 2 && !bad.err.contains("hunter2"), "\(bad)")
    }
  }
}
