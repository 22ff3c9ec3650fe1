import Foundation
import Glibc
import Support
import Testing

/// Tables in a database, by the program.
@Suite struct TableCommandTests {
  private static func database() throws -> (url: String, server: PostgresServer, name: String) {
    let server = try PostgresServer.shared.get()
    let name = try server.database()
    let url = server.url(name).replacingOccurrences(of: "weir@", with: "weir:hunter2@")
    return (url, server, name)
  }

  @Test("does: export says what it would do, does it once, and again takes nothing in")
  func export() async throws {
    try await offPool {
      let (url, server, name) = try Self.database()
      let folder = try StoryFolder()
      let count = folder.story.log.count
      let words = ["projections", "export", "--data", folder.path, "--to", url]
      let dry = try WeirProcess.run(words + ["--dry-run"])
      #expect(dry.code == 0 && dry.out.contains("would make payout_batches"), "\(dry)")
      #expect(dry.out.contains("would take in \(count) events up to position \(count)"), "\(dry)")
      let schema = "SELECT count(*) FROM pg_namespace WHERE nspname = 'weir_tables'"
      #expect(try server.psql(name, schema).out == "0\n")
      let done = try WeirProcess.run(words)
      #expect(done.out == "exported tables=14 taken=\(count) position=\(count)\n", "\(done)")
      let again = try WeirProcess.run(words + ["--json"])
      #expect(again.code == 0 && again.out.contains(#""taken":0"#), "\(again)")
      let later = try WeirProcess.run(words + ["--dry-run", "--json"])
      #expect(later.out.contains(#""behind":0"#) && later.out.contains(#""missing":[]"#))
      #expect(!(dry.out + dry.err + done.err + again.err).contains("hunter2"))
    }
  }

  @Test("does: follow takes in what is appended, also after a kill; refuses: a second one")
  func follow() async throws {
    try await offPool {
      let (url, server, name) = try Self.database()
      let folder = try StoryFolder()
      let log = folder.story.log
      let words = ["projections", "follow", "--data", folder.path, "--to", url]
      var process = try WeirProcess.start(words, output: .pipe)
      #expect(process.output?.some().hasPrefix("following tables=14") ?? false)
      let second = try WeirProcess.run(words)
      #expect(second.code == 2 && second.err.contains("are being kept by another weir"))
      #expect(!second.err.contains("hunter2"), "\(second)")
      let waiting = try WeirProcess.start(words + ["--wait"], output: .pipe, errors: .pipe)
      #expect(waiting.errors?.some().contains("waiting") ?? false)
      process.signal(SIGKILL)
      #expect(process.wait() == .signal(SIGKILL))
      process = waiting
      #expect(process.output?.some().hasPrefix("following tables=14 taken=0") ?? false)
      let place = "SELECT min(position) FROM weir_tables.table_places"
      #expect(try server.psql(name, place).out == "\(log.count)\n")
      process.signal(SIGTERM)
      #expect(process.output?.some().hasPrefix("stopped") ?? false)
      #expect(process.wait() == .code(0))
    }
  }

  @Test("does: compare finds what was changed by hand, and rebuild mends it")
  func mends() async throws {
    try await offPool {
      let (url, server, name) = try Self.database()
      let folder = try StoryFolder()
      let count = folder.story.log.count
      func run(_ words: String...) throws -> WeirProcess.Outcome {
        try WeirProcess.run(
          ["projections"] + words + ["--data", folder.path, "--to", url])
      }
      let early = try run("compare")
      #expect(early.code == 2 && early.err.contains("holds no tables"), "\(early)")
      #expect(try run("export").code == 0)
      let same = try run("compare")
      #expect(same.code == 0 && same.lines.count > 14, "\(same)")
      let here = try WeirProcess.run("projections", "rebuild", "--all", "--data", folder.path)
      #expect(here.code == 0, "\(here)")
      let listed = try run("list", "--json").lines
      let local = try WeirProcess.run("projections", "list", "--json", "--data", folder.path).lines
      #expect(listed.count == 14 && listed == local)
      let paid = "SELECT count(*) FROM weir_tables.payout_batches WHERE total_amount_usdt = 7"
      _ = try server.psql(name, "UPDATE weir_tables.payout_batches SET total_amount_usdt = 7")
      for words in [["compare", "payout_batches"], ["rebuild", "payout_batches", "--dry-run"]] {
        let found = try WeirProcess.run(
          ["projections"] + words + ["--data", folder.path, "--to", url])
        #expect(found.code == 1 && found.err.contains("total_amount_usdt was 7, is "), "\(found)")
        #expect(try server.psql(name, paid).out != "0\n")
      }
      let mended = try run("rebuild", "payout_batches", "--json")
      #expect(mended.code == 0 && mended.out.contains(#""position":\#(count)"#), "\(mended)")
      #expect(try server.psql(name, paid).out == "0\n")
      #expect(try run("compare").code == 0)
      #expect(try run("rebuild").code == 64)
    }
  }

  @Test("refuses: an address that is none, a server that isn't there, another log's tables")
  func refusals() async throws {
    try await offPool {
      let (url, _, _) = try Self.database()
      let (folder, other) = (try StoryFolder(), try StoryFolder())
      func run(_ to: String, _ folder: StoryFolder) throws -> WeirProcess.Outcome {
        try WeirProcess.run("projections", "export", "--data", folder.path, "--to", to)
      }
      #expect(try run("mysql://db/weir", folder).code == 64)
      let gone = try run("postgres://me:hunter2@127.0.0.1:1/weir", folder)
      #expect(gone.code == 1 && !gone.err.contains("hunter2"), "\(gone)")
      #expect(try run(url, folder).code == 0)
      let foreign = try run(url, other)
      #expect(foreign.code == 2 && foreign.err.contains("are of the log"), "\(foreign)")
    }
  }
}
