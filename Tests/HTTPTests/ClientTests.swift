import Glibc
import HTTP
import Synchronization
import Testing

typealias CallEnd = Result<HTTPClientResponse, HTTPClientFailure>

/// A call whose end is waited for.
final class Ending: Sendable {
  private let end = Mutex<CallEnd?>(nil)
  private let call = Mutex<HTTPCall?>(nil)

  init(_ client: HTTPClient, _ request: HTTPClientRequest) {
    let started = client.start(request) { outcome in self.end.withLock { $0 = outcome } }
    call.withLock { $0 = started }
  }

  func cancel() { call.withLock { $0 }?.cancel() }

  /// How the call ended; nil when patience ended first.
  var value: CallEnd? {
    _ = eventually { end.withLock { $0 != nil } }
    return end.withLock { $0 }
  }
}

extension HTTPClient {
  /// How a call ends.
  ///
  /// The tests block their threads, so that none waits for a task's turn.
  func ends(_ request: HTTPClientRequest) -> CallEnd? { Ending(self, request).value }
}

@Suite struct HTTPClientTests {
  private func outcome(
    _ script: @escaping @Sendable (Wire) -> Void, method: String = "POST",
    timeout: Int = patienceMilliseconds, largest: Int = 1 << 20
  ) -> CallEnd? {
    let stub = Stub(script)
    let client = HTTPClient()
    let body = method == "GET" ? [] : Array("body".utf8)
    return client.ends(
      HTTPClientRequest(
        method: method, url: stub.url + "/x", body: body, timeoutMilliseconds: timeout,
        maximumAnswerBytes: largest))
  }

  @Test("sends: method, target, headers and body as they stand; any status is an answer")
  func sends() throws {
    let seen = Mutex<[String]>([])
    let stub = Stub { wire in
      while let (head, body) = wire.request() {
        seen.withLock { $0.append(head + body) }
        wire.say("HTTP/1.1 100 Continue\r\n\r\n")
        wire.say("HTTP/1.1 302 Found\r\nLocation: /next\r\nX-A: 1\r\nx-a:  2 \r\n")
        wire.say("Content-Length: 2\r\n\r\nok")
      }
    }
    let client = HTTPClient()
    for method in ["POST", "PUT", "PATCH", "DELETE", "GET"] {
      let answer = try client.ends(
        HTTPClientRequest(
          method: method, url: stub.url + "/a/../b?q=%20", headers: ["X-B": "1", "Empty": ""],
          body: method == "GET" ? [] : Array("b\u{0}dy".utf8))
      )?.get()
      #expect(answer?.status == 302)
      #expect(answer?.headers.all("X-A") == ["1", "2"])
      #expect(answer?.body == Array("ok".utf8))
      let text = try #require(seen.withLock { $0.last })
      #expect(text.hasPrefix("\(method) /a/../b?q=%20 HTTP/1.1\r\n"))
      #expect(text.contains("\r\nX-B: 1\r\n"))
      #expect(text.contains("\r\nEmpty:\r\n"))
      #expect(!text.contains("Expect:"))
      #expect(!text.contains("Content-Type:"))
      #expect(text.hasSuffix(method == "GET" ? "\r\n\r\n" : "b\u{0}dy"))
    }
    #expect(seen.withLock { $0.count } == 5)
    #expect(stub.accepted == 1)
  }

  @Test("reuses: one connection for calls one after another, and few for many at once")
  func reuses() throws {
    let stub = Stub { wire in while wire.serve("ok") {} }
    var limits = HTTPClientLimits()
    limits.connectionsPerHost = 4
    let client = HTTPClient(limits: limits)
    for _ in 0..<20 {
      #expect(try client.ends(HTTPClientRequest(url: stub.url))?.get().status == 200)
    }
    #expect(stub.accepted == 1)
    let many = (0..<100).map { _ in Ending(client, HTTPClientRequest(url: stub.url)) }
    for one in many { #expect(try one.value?.get().status == 200) }
    #expect(stub.accepted <= 4)
  }

  @Test("tells: what was surely not sent")
  func tellsNotSent() {
    let client = HTTPClient()
    let dead = "http://127.0.0.1:\(Stub.deadPort())/"
    let refused = client.ends(HTTPClientRequest(method: "POST", url: dead, body: [1]))
    #expect(refused == .failure(.notSent(.couldNotConnect)))
    let malformed: [HTTPClientRequest] = [
      HTTPClientRequest(url: "ftp://127.0.0.1/"), HTTPClientRequest(url: "file:///etc/passwd"),
      HTTPClientRequest(url: "/x"), HTTPClientRequest(url: "http://a b/"),
      HTTPClientRequest(url: "http://h/\r\nX: y"), HTTPClientRequest(method: "G T", url: dead),
      HTTPClientRequest(url: dead, headers: ["X": "a\r\nY: b"]),
      HTTPClientRequest(url: dead, headers: ["X: y": "a"]),
      HTTPClientRequest(url: dead, timeoutMilliseconds: 0),
    ]
    for request in malformed {
      #expect(client.ends(request) == .failure(.notSent(.malformedRequest)))
    }
    let plain = Stub { wire in
      wire.say("this is no TLS, whatever comes\r\n\r\n")
      _ = wire.everything()
    }
    let secure = client.ends(HTTPClientRequest(url: "https://127.0.0.1:\(plain.port)/"))
    guard case .failure(let failure) = secure else {
      Issue.record("an answer without TLS")
      return
    }
    #expect(failure.isSurelyNotSent)
  }

  @Test("tells: what may have happened")
  func tellsUnknown() {
    let hung = outcome({ _ = $0.everything() }, timeout: 400)
    #expect(hung == .failure(.unknown(.timedOut)))
    let dropped = outcome { wire in
      _ = wire.request()
      wire.hangUp()
    }
    #expect(dropped == .failure(.unknown(.connectionLost)))
    let short = outcome { wire in
      _ = wire.request()
      wire.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
      wire.hangUp()
    }
    #expect(short == .failure(.unknown(.answerCutShort)))
    let stalled = outcome(
      { wire in
        _ = wire.request()
        wire.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        _ = wire.everything()
      }, timeout: 400)
    #expect(stalled == .failure(.unknown(.timedOut)))
    let garbage = outcome { wire in
      _ = wire.request()
      wire.say("SSH-2.0-OpenSSH\r\n\r\n")
      wire.hangUp()
    }
    #expect(garbage == .failure(.unknown(.answerMalformed)))
  }

  @Test("bounds: the answer")
  func boundsAnswers() throws {
    let exact = outcome(
      { $0.serve(String(repeating: "a", count: 1000)) }, method: "GET", largest: 1000)
    #expect(try exact?.get().body.count == 1000)
    let large = outcome(
      { $0.serve(String(repeating: "a", count: 1001)) }, method: "GET", largest: 1000)
    #expect(large == .failure(.unknown(.answerTooLarge)))
    let endless = outcome(
      { wire in
        _ = wire.request()
        wire.say("HTTP/1.1 200 OK\r\n\r\n")
        while wire.say(String(repeating: "a", count: 4096)) {}
      }, largest: 100_000)
    #expect(endless == .failure(.unknown(.answerTooLarge)))
    let headers = outcome { wire in
      _ = wire.request()
      wire.say("HTTP/1.1 200 OK\r\n")
      while wire.say("X: \(String(repeating: "a", count: 4096))\r\n") {}
    }
    #expect(headers == .failure(.unknown(.answerTooLarge)))
  }

  @Test("writes: a POST at most once, also when a kept connection breaks under it")
  func writesOnce() throws {
    let posts = Atomic<Int>(0)
    let stub = Stub { wire in
      guard wire.serve("ok"), wire.request() != nil else { return }
      posts.add(1, ordering: .sequentiallyConsistent)
      wire.hangUp()
    }
    let client = HTTPClient()
    for body in [Array("pay".utf8), []] {
      let before = posts.load(ordering: .sequentiallyConsistent)
      #expect(try client.ends(HTTPClientRequest(url: stub.url))?.get().status == 200)
      let broken = client.ends(
        HTTPClientRequest(method: "POST", url: stub.url, body: body))
      let after = posts.load(ordering: .sequentiallyConsistent)
      if body.isEmpty {
        // An empty body goes over a connection of its own, where the stub serves it.
        #expect(try broken?.get().status == 200)
        #expect(after == before)
      } else {
        #expect(broken == .failure(.unknown(.connectionLost)))
        #expect(after == before + 1)
      }
    }
  }

  @Test("cancels: before sending and after")
  func cancels() {
    let arrived = Flag()
    let stub = Stub { wire in
      guard wire.request() != nil else { return }
      arrived.raise()
      _ = wire.everything()
    }
    var limits = HTTPClientLimits()
    limits.connections = 1
    limits.connectionsPerHost = 1
    let client = HTTPClient(limits: limits)
    let request = HTTPClientRequest(method: "POST", url: stub.url, body: [1])
    let sent = Ending(client, request)
    #expect(eventually { arrived.isRaised })
    // The only connection is taken: these two wait for it.
    var brief = request
    brief.timeoutMilliseconds = 300
    #expect(client.ends(brief) == .failure(.notSent(.timedOut)))
    let unsent = Ending(client, request)
    unsent.cancel()
    #expect(unsent.value == .failure(.notSent(.cancelled)))
    sent.cancel()
    #expect(sent.value == .failure(.unknown(.cancelled)))
    sent.cancel()
  }

  @Test("cancels: with the task that waits")
  func cancelsWithTask() async throws {
    let (arrived, isOver) = (Flag(), Flag())
    let stub = Stub { wire in
      guard wire.request() != nil else { return }
      arrived.raise()
      // For as long as the test takes to cancel it: a machine may have no time for it.
      while !isOver.isRaised { usleep(5_000) }
    }
    defer { isOver.raise() }
    let client = HTTPClient()
    let request = HTTPClientRequest(
      method: "POST", url: stub.url, body: [1], timeoutMilliseconds: 600_000,
      connectTimeoutMilliseconds: 600_000)
    let task = Task { await client.send(request) }
    while !arrived.isRaised { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    #expect(await task.value == .failure(.unknown(.cancelled)))
    let early = Task {
      while !Task.isCancelled { await Task.yield() }
      return await client.send(request)
    }
    early.cancel()
    #expect(await early.value == .failure(.notSent(.cancelled)))
  }

  @Test("ends: every call once when the client goes, and refuses more than it may hold")
  func endsWithClient() {
    let arrived = Flag()
    let stub = Stub { wire in
      guard wire.request() != nil else { return }
      arrived.raise()
      _ = wire.everything()
    }
    let ends = Mutex<[CallEnd]>([])
    let request = HTTPClientRequest(method: "POST", url: stub.url, body: [1])
    do {
      var limits = HTTPClientLimits()
      limits.connections = 1
      limits.calls = 2
      let client = HTTPClient(limits: limits)
      for _ in 0..<3 {
        client.start(request) { outcome in ends.withLock { $0.append(outcome) } }
      }
      #expect(eventually { arrived.isRaised })
      #expect(ends.withLock { $0 } == [.failure(.notSent(.tooManyCalls))])
    }
    #expect(eventually { ends.withLock { $0.count } == 3 })
    let outcomes = ends.withLock { $0 }
    #expect(outcomes.contains(.failure(.unknown(.clientClosed))))
    #expect(outcomes.contains(.failure(.notSent(.clientClosed))))
  }

  @Test("speaks: with our own server, many calls at once")
  func speaksWithServer() throws {
    let served = try Served { request, responder in
      onThread { echo(request, responder) }
    }
    let client = HTTPClient()
    let url = "http://127.0.0.1:\(served.port)/p"
    let calls = (0..<200).map {
      Ending(client, HTTPClientRequest(method: "POST", url: url, body: Array("\($0)".utf8)))
    }
    for (index, call) in calls.enumerated() {
      #expect(try call.value?.get().body == Array("POST /p [] \(index)".utf8))
    }
    #expect(served.handled == 200)
  }
}
