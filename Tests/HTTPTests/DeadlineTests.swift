import Glibc
import HTTP
import Synchronization
import Testing

@Suite struct HTTPDeadlineTests {
  private func impatient() -> HTTPServerLimits {
    var limits = HTTPServerLimits()
    limits.requestSeconds = 0.5
    limits.idleSeconds = 0.5
    return limits
  }

  /// Says one byte now and then until the other end has had enough.
  private func trickle(_ wire: Wire, _ text: String) -> Bool {
    onThread {
      for byte in text.utf8 {
        guard wire.say([byte]) else { return }
        usleep(50_000)
      }
    }
    return wire.everything().isEmpty
  }

  @Test("does: cuts off a request that trickles in, by the deadline of the whole request")
  func cutsOffTricklers() throws {
    let served = try Served(impatient())
    let line = try served.wire()
    #expect(trickle(line, "GET /" + String(repeating: "a", count: 1000)))
    let headers = try served.wire()
    headers.say("GET / HTTP/1.1\r\n")
    #expect(trickle(headers, String(repeating: "X: y\r\n", count: 200)))
    let body = try served.wire()
    body.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n")
    #expect(trickle(body, String(repeating: "b", count: 1000)))
    #expect(served.handled == 0)
    #expect(served.server.inFlight == 0)
  }

  @Test("does: cuts off connections that say nothing, at first or later")
  func cutsOffIdlers() throws {
    let served = try Served(impatient())
    let silent = try served.wire()
    let once = try served.wire()
    once.say(get("/"))
    #expect(once.answer()?.status == 200)
    #expect(silent.isClosedByPeer())
    #expect(once.isClosedByPeer())
  }

  @Test("does: leaves alone a request that waits for its answer longer than both deadlines")
  func leavesWaitersAlone() throws {
    let served = try Served(impatient()) { _, responder in
      onThread {
        usleep(1_500_000)
        responder.send(.text("patience"))
      }
    }
    #expect(try served.ask(get("/"))?.body == "patience")
  }

  @Test("drains: what is under way ends well, what is new gets 503, then nobody listens")
  func drains() throws {
    let waiting = Mutex<HTTPResponder?>(nil)
    let served = try Served { request, responder in
      guard request.path == "/slow" else { return echo(request, responder) }
      waiting.withLock { $0 = responder }
    }
    let slow = try served.wire()
    slow.say(get("/slow"))
    let kept = try served.wire()
    kept.say(get("/"))
    #expect(kept.answer()?.status == 200)
    #expect(eventually { waiting.withLock { $0 != nil } })
    let isStopped = Flag()
    onThread {
      served.server.drainAndStop(deadlineSeconds: 60)
      isStopped.raise()
    }
    var refused: WireAnswer?
    #expect(
      eventually {
        refused = try? served.ask(get("/"))
        return refused?.status == 503
      })
    #expect(refused?.header("Retry-After") == "1")
    #expect(refused?.header("Connection")?.lowercased() == "close")
    kept.say(get("/"))
    #expect(kept.answer()?.status == 503)
    #expect(kept.isClosedByPeer())
    #expect(!isStopped.isRaised)
    #expect(waiting.withLock { $0 }?.send(.text("done")) == true)
    waiting.withLock { $0 = nil }
    #expect(slow.answer()?.body == "done")
    #expect(eventually { isStopped.isRaised })
    #expect(Wire(port: served.port) == nil)
    served.server.drainAndStop(deadlineSeconds: 60)
  }

  @Test("does: gives up at the drain's deadline, with 503; a later answer is dropped")
  func givesUp() throws {
    let waiting = Mutex<[HTTPResponder]>([])
    let served = try Served { _, responder in waiting.withLock { $0.append(responder) } }
    let wires = try (0..<5).map { _ in try served.wire() }
    for wire in wires { wire.say(get("/")) }
    #expect(eventually { waiting.withLock { $0.count } == 5 })
    let half = try served.wire()
    half.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
    served.server.drainAndStop(deadlineSeconds: 0.1)
    for wire in wires { #expect(wire.answer()?.status == 503) }
    for responder in waiting.withLock({ $0 }) { #expect(!responder.send(.text("late"))) }
    waiting.withLock { $0 = [] }
    #expect(half.isClosedByPeer())
  }

  @Test("stops: when the last reference goes, again and again, under fire")
  func stopsUnderFire() throws {
    for _ in 0..<5 {
      let served = try Served { request, responder in
        onThread { echo(request, responder) }
      }
      let port = served.port
      for _ in 0..<4 {
        onThread {
          guard let wire = Wire(port: port) else { return }
          while wire.say(get("/")), wire.answer() != nil {}
        }
      }
      #expect(eventually { served.handled > 20 })
      served.server.drainAndStop(deadlineSeconds: 20)
      #expect(served.server.inFlight == 0)
    }
  }
}

final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isRaised: Bool { value.load(ordering: .sequentiallyConsistent) }
  func raise() { value.store(true, ordering: .sequentiallyConsistent) }
}
