import HTTP
import Synchronization
import Testing

/// A server on a free port whose handler is counted.
final class Served: Sendable {
  let server: HTTPServer
  private let count: Counter

  final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  var handled: Int { count.value.load(ordering: .sequentiallyConsistent) }
  var port: Int { server.port }

  init(
    _ limits: HTTPServerLimits = .default, standing: HTTPHeaders = [:],
    handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void = { echo($0, $1) }
  ) throws {
    let count = Counter()
    self.count = count
    server = try HTTPServer(
      listen: HTTPAddress(host: "127.0.0.1", port: 0), limits: limits, standingHeaders: standing
    ) { request, responder in
      count.value.add(1, ordering: .sequentiallyConsistent)
      handler(request, responder)
    }
  }

  func wire() throws -> Wire { try #require(Wire(port: server.port)) }

  /// What one request on a connection of its own gets.
  func ask(_ text: String) throws -> WireAnswer? {
    let wire = try wire()
    wire.say(text)
    return wire.answer()
  }
}

/// Says back what was asked.
func echo(_ request: HTTPRequest, _ responder: HTTPResponder) {
  let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  let body = String(decoding: request.body, as: UTF8.self)
  responder.send(.text("\(request.method) \(request.path) [\(query)] \(body)"))
}

func get(_ target: String, _ headers: String = "") -> String {
  "GET \(target) HTTP/1.1\r\nHost: h\r\n\(headers)\r\n"
}

func post(_ body: String, _ headers: String = "") -> String {
  "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
}

@Suite struct HTTPServerTests {
  @Test("answers: what was asked, several times on one connection")
  func answers() throws {
    let served = try Served(standing: ["X-Standing": "1"])
    let wire = try served.wire()
    for round in 0..<3 {
      wire.say(post("héllo \(round)"))
      let answer = try #require(wire.answer())
      #expect(answer.status == 200)
      #expect(answer.body == "POST /p [] héllo \(round)")
      #expect(answer.header("Content-Type") == "text/plain; charset=utf-8")
      #expect(answer.header("X-Standing") == "1")
    }
    wire.say("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n")
    let head = try #require(wire.answer(toHead: true))
    #expect(head.status == 200)
    #expect(head.header("Content-Length") == "11")
    wire.say(get("/a%20b?q=1+2&x=%C3%A9&y"))
    #expect(wire.answer()?.body == "GET /a%20b [q=1 2&x=é&y=] ")
    #expect(served.handled == 5)
  }

  @Test("reads: chunked bodies, and bodies that come in pieces")
  func readsChunked() throws {
    let served = try Served()
    let wire = try served.wire()
    wire.say("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
    wire.say("lo\r\n1\r\n!\r\n0\r\n\r\n")
    #expect(wire.answer()?.body == "POST /c [] hello!")
    for byte in post("abc").utf8 { wire.say([byte]) }
    #expect(wire.answer()?.body == "POST /p [] abc")
  }

  @Test("answers: requests sent ahead, in order")
  func pipelines() throws {
    let served = try Served { request, responder in
      onThread { responder.send(.text(request.path)) }
    }
    let wire = try served.wire()
    wire.say((0..<10).map { get("/\($0)") }.joined())
    for round in 0..<10 { #expect(wire.answer()?.body == "/\(round)") }
  }

  @Test("waits: suspended requests are answered from another thread, in any order")
  func suspends() throws {
    let waiting = Mutex<[(String, HTTPResponder)]>([])
    let served = try Served { request, responder in
      waiting.withLock { $0.append((request.path, responder)) }
    }
    let wires = try (0..<40).map { _ in try served.wire() }
    for (index, wire) in wires.enumerated() { wire.say(get("/\(index)")) }
    #expect(eventually { waiting.withLock { $0.count } == 40 })
    #expect(served.server.inFlight == 40)
    let held = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    onThread {
      for (path, responder) in held.reversed() { responder.send(.text("late \(path)")) }
    }
    for (index, wire) in wires.enumerated() {
      #expect(wire.answer()?.body == "late /\(index)")
    }
    #expect(eventually { served.server.inFlight == 0 })
  }

  @Test("drops: a request without an answer, at once or later, and the server goes on")
  func drops() throws {
    let served = try Served { request, responder in
      switch request.path {
      case "/now": responder.drop()
      case "/later": onThread { responder.drop() }
      default: responder.send(.text("here"))
      }
    }
    for path in ["/now", "/later"] {
      let wire = try served.wire()
      wire.say(get(path))
      #expect(wire.answer() == nil)
    }
    let wire = try served.wire()
    wire.say(get("/"))
    #expect(wire.answer()?.body == "here")
    #expect(eventually { served.server.inFlight == 0 })
  }

  @Test("answers: once, and 500 when the handler forgets")
  func answersOnce() throws {
    let second = Mutex<Bool?>(nil)
    let served = try Served { request, responder in
      guard request.path == "/twice" else { return }
      responder.send(.text("first"))
      let wasSent = responder.send(.text("second"))
      second.withLock { $0 = wasSent }
    }
    let wire = try served.wire()
    wire.say(get("/twice"))
    #expect(wire.answer()?.body == "first")
    #expect(second.withLock { $0 } == false)
    wire.say(get("/forgotten"))
    #expect(wire.answer()?.status == 500)
    wire.say(get("/twice"))
    #expect(wire.answer()?.body == "first")
  }

  @Test("answers: exactly once when many threads answer together")
  func answersOnceInARace() throws {
    let sent = Atomic<Int>(0)
    let served = try Served { _, responder in
      for index in 0..<4 {
        onThread {
          if responder.send(.text("\(index)")) {
            sent.add(1, ordering: .sequentiallyConsistent)
          }
        }
      }
    }
    let wire = try served.wire()
    for _ in 0..<50 {
      wire.say(get("/"))
      #expect(wire.answer()?.status == 200)
    }
    #expect(eventually { sent.load(ordering: .sequentiallyConsistent) == 50 })
  }

  @Test("survives: clients that leave while their requests wait")
  func survivesLeavers() throws {
    let waiting = Mutex<[HTTPResponder]>([])
    let served = try Served { request, responder in
      guard request.path != "/now" else { return echo(request, responder) }
      waiting.withLock { $0.append(responder) }
    }
    for round in 1...30 {
      let wire = try served.wire()
      wire.say(get("/wait"))
      #expect(eventually { waiting.withLock { $0.count } == round })
      wire.hangUp()
    }
    for responder in waiting.withLock({ $0 }) { responder.send(.text("nobody")) }
    waiting.withLock { $0 = [] }
    #expect(eventually { served.server.inFlight == 0 })
    #expect(try served.ask(get("/now"))?.status == 200)
  }

  @Test("refuses: an answer whose headers would break the wire")
  func refusesInjectedHeaders() throws {
    let served = try Served { request, responder in
      let value = request.path == "/name" ? "x" : "a\r\nX-Evil: 1"
      let name = request.path == "/name" ? "A: b\r\nX-Evil" : "Location"
      responder.send(.empty(302, headers: [name: value]))
    }
    for target in ["/name", "/value"] {
      let answer = try #require(try served.ask(get(target)))
      #expect(answer.status == 500)
      #expect(answer.header("X-Evil") == nil)
    }
  }

  @Test("refuses: an address that is taken, or none of ours")
  func refusesAddresses() throws {
    let served = try Served()
    let address = HTTPAddress(host: "127.0.0.1", port: served.port)
    #expect(throws: HTTPServerError.addressInUse(address)) {
      _ = try HTTPServer(listen: address) { _, _ in }
    }
    let foreign = HTTPAddress(host: "192.0.2.1", port: 0)
    #expect(throws: HTTPServerError.addressUnusable(foreign)) {
      _ = try HTTPServer(listen: foreign) { _, _ in }
    }
    #expect(HTTPAddress("[::1]:80") == HTTPAddress(host: "::1", port: 80))
    for text in ["", ":80", "h:", "h:65536", "h:-1", "::1:80", "h", "h:8 0"] {
      #expect(HTTPAddress(text) == nil, "\(text)")
    }
  }
}
