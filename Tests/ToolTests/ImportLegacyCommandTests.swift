import Foundation
import Support
import Testing

@Suite struct ImportLegacyCommandTests {
  /// An old database of two users, one of whom has no address that could be one.
  private static func database() throws -> (url: String, secret: String) {
    let server = try PostgresServer.shared.get()
    let name = try server.database()
    let made = try server.psql(
      name,
      """
      CREATE TABLE registered_users (user_id UUID PRIMARY KEY, username VARCHAR(50),
        email VARCHAR(255), password_hash VARCHAR(255), is_active BOOLEAN, created_at TIMESTAMP);
      INSERT INTO registered_users VALUES
        ('3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c58', 'ada_old', 'ada@example.org', 'x', TRUE, NOW()),
        ('3f2b8c1e-5d47-4a90-9b1c-7e6f0a2d4c59', 'ben_old', 'nowhere', 'x', TRUE, NOW());
      """)
    try #require(made.code == 0, "\(made)")
    let url = server.url(name).replacingOccurrences(of: "weir@", with: "weir:hunter2@")
    return (url, "hunter2")
  }

  @Test("does: says what doesn't fit and writes nothing, then writes the rest once")
  func once() async throws {
    try await offPool {
      let (url, secret) = try Self.database()
      let folder = try StoryFolder()
      let words = ["import", "legacy", "--from", url, "--data", folder.path, "--sandbox"]
      func events() throws -> Int {
        try WeirProcess.run("log", "export", "--data", folder.path).lines.count
      }
      let before = try events()
      let dry = try WeirProcess.run(words + ["--dry-run", "--json"])
      #expect(dry.code == 2 && !(dry.out + dry.err).contains(secret), "\(dry)")
      #expect(
        dry.lines.contains {
          $0.contains(#""kind":"misfit""#) && $0.contains(#""column":"email""#)
        }, "\(dry)")
      #expect(dry.out.contains(#""written":false"#) && dry.out.contains(#""is_there":false"#))
      #expect(try events() == before)
      let done = try WeirProcess.run(words)
      #expect(done.code == 2 && done.out.contains("wrote events=1 owed=0.00"), "\(done)")
      #expect(done.out.contains("registered_users: rows=2 written=1 known=0 misfits=1"), "\(done)")
      let again = try WeirProcess.run(words)
      #expect(again.out.contains("wrote events=0") && again.out.contains("known=1"), "\(again)")
      #expect(try events() == before + 1)
      #expect(try WeirProcess.run("log", "verify", "--data", folder.path).code == 0)
    }
  }

  @Test("refuses: a server that isn't there, a log that isn't, and a zone that can't be one")
  func refusals() async throws {
    try await offPool {
      let (url, _) = try Self.database()
      let folder = try StoryFolder()
      func run(_ from: String, _ data: String, _ more: [String] = []) throws -> WeirProcess.Outcome
      {
        try WeirProcess.run(
          ["import", "legacy", "--from", from, "--data", data, "--sandbox"] + more)
      }
      let gone = try run("postgres://me:hunter2@127.0.0.1:1/old", folder.path)
      #expect(gone.code == 1 && !gone.err.contains("hunter2"), "\(gone)")
      #expect(try run("mysql://old", folder.path).code == 64)
      let empty = ScratchFolder()
      #expect(try run(url, empty.path).code == 2)
      #expect(try run(url, folder.path, ["--zone", "x'; DROP"]).code == 64)
      let unknown = try run(url, folder.path, ["--zone", "Nowhere/None"])
      #expect(unknown.code == 2 && unknown.err.contains("Nowhere/None"), "\(unknown)")
    }
  }
}
