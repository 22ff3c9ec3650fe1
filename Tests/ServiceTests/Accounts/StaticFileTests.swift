import Foundation
import HTTP
import Support
import Testing

@testable import Service

@Suite struct StaticFileTests {
  private static func folder() throws -> ScratchFolder {
    let folder = ScratchFolder()
    let files = [
      "index.html": "<!doctype html>", "assets/app-1a2b3c4d.js": "let a = 1",
      "assets/app-1a2b3c4d.js.gz": "packed", "assets/plain.css": "a{}", ".env": "SECRET",
      "assets/.git/config": "SECRET", "notes.exe": "SECRET",
    ]
    for (path, text) in files {
      let url = URL(filePath: folder.file(path))
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return folder
  }

  @Test("does: files from memory, the app's page for its paths, and the API as before")
  func serves() async throws {
    let folder = try Self.folder()
    let world = try EdgeWorld(web: StaticFiles(folder: folder.path, isSecure: false))
    let page: HTTPHeaders = ["Accept": "text/html,*/*"]
    for path in ["/", "/login", "/channels/-100123", "/payouts?asof=7", "/verify-email?token=x"] {
      let answer = try await world.get(path, headers: page)
      #expect(answer.status == 200 && answer.text == "<!doctype html>", "\(path): \(answer)")
      #expect(answer.headers["Cache-Control"] == "no-cache")
      #expect(answer.headers["Content-Security-Policy"]?.contains("script-src 'self'") == true)
      #expect(answer.headers.all("Content-Security-Policy").count == 1)
    }
    let script = try await world.get("/assets/app-1a2b3c4d.js")
    #expect(script.headers["Cache-Control"] == "public, max-age=31536000, immutable")
    #expect(script.headers["Content-Type"] == "text/javascript; charset=utf-8")
    let packed = try await world.get(
      "/assets/app-1a2b3c4d.js", headers: ["Accept-Encoding": "gzip, br"])
    #expect(packed.text == "packed" && packed.headers["Content-Encoding"] == "gzip")
    let tag = try #require(script.headers["ETag"])
    let same = try await world.get("/assets/app-1a2b3c4d.js", headers: ["If-None-Match": tag])
    #expect(same.status == 304 && same.text.isEmpty)
    #expect(try await world.get("/assets/plain.css").headers["Cache-Control"] == "no-cache")
    for path in ["/api/nothing", "/webhooks/x", "/metrics/x", "/.well-known/x"] {
      let answer = try await world.get(path, headers: page)
      #expect(answer.status == 404 && answer.code == "not_found", "\(path): \(answer)")
    }
    #expect(try await world.get("/health", headers: page).json != nil)
    #expect(try await world.get("/login").status == 404, "no page was asked for")
    let post = try await world.send("POST", "/login", headers: page)
    #expect(post.status == 404)
  }

  @Test("does: the door with its words at / for whoever isn't signed in, the app for others")
  func door() async throws {
    let folder = try Self.folder()
    try Data("<h1>Welcome</h1>".utf8).write(to: URL(filePath: folder.file("home.html")))
    let world = try EdgeWorld(web: StaticFiles(folder: folder.path, isSecure: false))
    var page: HTTPHeaders = ["Accept": "text/html"]
    let door = try await world.get("/", headers: page)
    #expect(door.text == "<h1>Welcome</h1>" && door.headers.all("Vary").contains("Cookie"))
    #expect(try await world.get("/login", headers: page).text == "<!doctype html>")
    for cookie in ["weir_csrf=abc", "a=b; __Host-weir_csrf=abc"] {
      page = ["Accept": "text/html", "Cookie": cookie]
      let app = try await world.get("/", headers: page)
      #expect(app.text == "<!doctype html>" && app.headers.all("Vary").contains("Cookie"))
    }
  }

  @Test("refuses: what isn't in the table, however its path is written")
  func traversal() async throws {
    let folder = try Self.folder()
    let world = try EdgeWorld(web: StaticFiles(folder: folder.path, isSecure: true))
    for path in [
      "/.env", "/assets/.git/config", "/notes.exe", "/assets/../.env", "/..%2f..%2fetc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd", "/assets/app-1a2b3c4d.js.gz", "/assets/", "//etc/passwd",
    ] {
      let answer = try await world.get(path)
      #expect([400, 404].contains(answer.status) && !answer.text.contains("SECRET"), "\(path)")
    }
    let script = try await world.get("/assets/app-1a2b3c4d.js")
    #expect(script.headers["Strict-Transport-Security"] == "max-age=31536000")
    #expect(throws: StaticFiles.Failure.self) {
      try StaticFiles(folder: folder.file("assets"), isSecure: false)
    }
  }

  @Test("does: a name counts as hashed with 8 letters and digits and a digit among them")
  func hashed() {
    for name in ["app-1a2b3c4d.js", "a/b/index.Bx93KqZ0.css", "x-00000000.woff2"] {
      #expect(StaticFiles.isHashed(name), "\(name)")
    }
    for name in ["app.js", "web-manifest.json", "app-1a2b3.js", "dashboard-component.js", "a-1"] {
      #expect(!StaticFiles.isHashed(name), "\(name)")
    }
  }
}
