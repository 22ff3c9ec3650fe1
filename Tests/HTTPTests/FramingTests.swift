import HTTP
import Testing

/// Requests that two readers could read differently, and requests that are too much.
@Suite struct HTTPFramingTests {
  private static let chunks = "0\r\n\r\n"
  private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"

  private func head(_ lines: String...) -> String {
    (["POST /p HTTP/1.1", "Host: h"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
  }

  /// The request gets that status, the connection closes, and no handler runs.
  private func expectRefusal(
    _ served: Served, _ request: [UInt8], _ status: Int, _ note: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = served.handled
    let wire = try served.wire()
    wire.say(request)
    wire.say(Self.smuggled)
    let answer = wire.answer()
    #expect(answer?.status == status, "\(note)", sourceLocation: sourceLocation)
    _ = wire.everything()
    #expect(served.handled == before, "\(note)", sourceLocation: sourceLocation)
    #expect(try served.ask(get("/"))?.status == 200, sourceLocation: sourceLocation)
  }

  @Test("refuses: more than one length, and lengths that are none")
  func refusesLengths() throws {
    let served = try Served()
    let lengths: [[String]] = [
      ["Content-Length: 5", "Transfer-Encoding: chunked"],
      ["Transfer-Encoding: chunked", "Content-Length: 5"],
      ["Content-Length: 5", "Content-Length: 5"], ["Content-Length: 5", "Content-Length: 6"],
      ["Content-Length: 5, 5"], ["Content-Length: +5"], ["Content-Length: -5"],
      ["Content-Length: 0x5"], ["Content-Length: 5 5"], ["Content-Length: "],
      ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
      ["Transfer-Encoding: xchunked"], ["Transfer-Encoding: chunked, identity"],
      ["Transfer-Encoding: gzip, chunked"], ["Transfer-Encoding: identity"],
      ["Transfer-Encoding: \u{B}chunked"], ["Transfer-Encoding : chunked"],
      ["Content-Length : 5"], ["Content-Length: 5\u{0}"], [" Content-Length: 5"],
      ["X: y", " folded: 5"], ["X: y\n Content-Length: 5"], ["X: y\nContent-Length: 5"],
      ["X\u{1}: y"], ["X y: z"], ["(x): y"], ["X: \u{7F}"], ["no colon"], [": empty"],
      ["Host: other"],
    ]
    for lines in lengths {
      let text = (["POST /p HTTP/1.1", "Host: h"] + lines).joined(separator: "\r\n")
      try expectRefusal(served, Array((text + "\r\n\r\n" + Self.chunks).utf8), 400, "\(lines)")
    }
  }

  @Test("refuses: malformed request lines and targets")
  func refusesLines() throws {
    let served = try Served()
    let lines = [
      "GET  / HTTP/1.1", "GET\t/ HTTP/1.1", "G(T / HTTP/1.1",
      "GET /%zz HTTP/1.1", "GET /%4 HTTP/1.1", "GET /%00 HTTP/1.1", "GET /%0a HTTP/1.1",
      "GET /%c0%af HTTP/1.1", "GET /%ff HTTP/1.1", "GET /../x HTTP/1.1",
      "GET /a/%2e%2E/b HTTP/1.1", "GET /./x HTTP/1.1", "GET /a#b HTTP/1.1", "GET x HTTP/1.1",
      "GET http:///x HTTP/1.1", "GET ftp://h/x HTTP/1.1", "GET * HTTP/1.1", "GET /?%zz HTTP/1.1",
      "GET /\u{E9} HTTP/1.1",
    ]
    for line in lines {
      try expectRefusal(served, Array("\(line)\r\nHost: h\r\n\r\n".utf8), 400, line)
    }
    try expectRefusal(served, Array("GET / HTTP/1.1\r\n\r\n".utf8), 400, "no host")
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    try expectRefusal(served, Array(old.utf8), 400, "chunked in HTTP/1.0")
  }

  @Test(
    "refuses: a request whose chunks are broken",
    arguments: [
      "z\r\nab\r\n0\r\n\r\n", "-1\r\n\r\n", "2\r\nabc\r\n0\r\n\r\n", "ffffffffffffffffff\r\n",
      "0x2\r\nab\r\n0\r\n\r\n", "\r\n0\r\n\r\n",
    ])
  func breaksChunks(chunks: String) throws {
    let served = try Served()
    let wire = try served.wire()
    wire.say(head("Transfer-Encoding: chunked") + chunks + Self.smuggled)
    let text = wire.everything()
    #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"), "\(text)")
    #expect(served.handled == 0)
  }

  @Test("refuses: too much of anything, before the handler, and closes")
  func refusesTooMuch() throws {
    var limits = HTTPServerLimits()
    limits.bodyBytes = 1000
    limits.headerCount = 10
    limits.headerBytes = 200
    limits.allHeaderBytes = 800
    limits.targetBytes = 100
    let served = try Served(limits, standing: ["X-Standing": "1"])
    let long = String(repeating: "a", count: 201)
    let cases: [(String, Int)] = [
      (head("Content-Length: 1001"), 413),
      (head("Content-Length: 0000000000000000000001001"), 413),
      (head("Transfer-Encoding: chunked") + "3e9\r\n" + String(repeating: "x", count: 1001), 413),
      (get("/", "X: \(long)\r\n"), 431),
      (get("/", (0..<10).map { "X\($0): y\r\n" }.joined()), 431),
      (get("/", (0..<9).map { "X\($0): \(long.dropFirst(80))\r\n" }.joined()), 431),
      (get("/" + String(repeating: "b", count: 100)), 414),
      (head("Content-Length: 2", "Content-Encoding: gzip"), 415),
      (head("Content-Length: 2", "Content-Encoding: identity, br"), 415),
      ("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 405),
      ("CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n", 405),
    ]
    for (request, status) in cases {
      let wire = try served.wire()
      wire.say(request)
      let answer = wire.answer()
      #expect(answer?.status == status, "\(request.prefix(80))")
      #expect(answer?.header("X-Standing") == "1", "\(status)")
      #expect(answer?.header("Connection")?.lowercased() == "close", "\(status)")
      #expect(answer?.header("Content-Type") == "application/problem+json", "\(status)")
      #expect(wire.isClosedByPeer(), "\(status)")
    }
    // libmicrohttpd's own refusals: without an answer, and with a page of its own.
    #expect(try served.ask("GET /  HTTP/1.1\r\nHost: h\r\n\r\n") == nil)
    #expect(try served.ask(head("Content-Length: 99999999999999999999999"))?.status == 413)
    #expect(served.handled == 0)
    let full = String(repeating: "f", count: 1000)
    #expect(try served.ask(post(full, "Content-Encoding: Identity\r\n"))?.status == 200)
    #expect(try served.ask(get("/" + String(repeating: "b", count: 99)))?.status == 200)
    #expect(served.handled == 2)
  }

  @Test("refuses: a large body although the client is still sending it")
  func refusesWhileSending() throws {
    let served = try Served()
    let wire = try served.wire()
    wire.say(head("Content-Length: 3000000"))
    onThread { wire.say([UInt8](repeating: 0x61, count: 3_000_000)) }
    #expect(wire.answer()?.status == 413)
  }
}
