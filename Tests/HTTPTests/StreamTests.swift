import HTTP
import Synchronization
import Testing

@Suite struct HTTPStreamTests {
  /// A server whose answers all go on; the streams by the order of the requests.
  private final class Streaming: Sendable {
    let streams = Mutex<[HTTPStream]>([])
    var all: [HTTPStream] { streams.withLock { $0 } }

    func served(_ limits: HTTPServerLimits = .default) throws -> Served {
      try Served(limits) { request, responder in
        guard request.path != "/now" else { return echo(request, responder) }
        let stream = HTTPStream()
        stream.send("first\n")
        responder.send(.stream(stream, headers: ["Content-Type": "text/event-stream"]))
        self.streams.withLock { $0.append(stream) }
      }
    }
  }

  @Test("does: what is sent arrives at once, and the end comes behind it")
  func goesOn() throws {
    let streaming = Streaming()
    let served = try streaming.served()
    let wire = try served.wire()
    wire.say(get("/"))
    let head = try #require(wire.answer(toHead: true))
    #expect(head.status == 200 && head.header("Content-Type") == "text/event-stream")
    #expect(head.header("Content-Length") == nil)
    #expect(eventually { streaming.all.count == 1 })
    #expect(wire.says("first\n"))
    // Nothing more is said until somebody does, and another connection is served meanwhile.
    #expect(try served.ask(get("/now"))?.status == 200)
    for round in 0..<20 {
      #expect(streaming.all[0].send("event \(round)\n"))
      #expect(wire.says("event \(round)\n"))
    }
    streaming.all[0].send("last\n")
    streaming.all[0].end()
    #expect(wire.says("last\n"))
    #expect(eventually { served.server.inFlight == 0 })
    #expect(!streaming.all[0].send("too late"))
    // The connection is good for another request.
    wire.say(get("/now"))
    #expect(wire.says("GET /now"))
  }

  @Test("does: one that left is noticed without a write, and costs the others nothing")
  func leavers() throws {
    let streaming = Streaming()
    let served = try streaming.served()
    let wires = try (0..<20).map { _ in try served.wire() }
    for wire in wires {
      wire.say(get("/"))
      #expect(wire.says("first\n"))
    }
    for wire in wires.dropFirst() { wire.hangUp() }
    #expect(eventually { streaming.all.count { !$0.isOver } == 1 })
    streaming.all.first { !$0.isOver }?.send("are you there\n")
    #expect(wires[0].says("are you there\n"))
    streaming.all.first { !$0.isOver }?.end()
    #expect(eventually { served.server.inFlight == 0 })
  }

  @Test("refuses: to keep more than 64 KiB for somebody who doesn't read")
  func slow() throws {
    let streaming = Streaming()
    let served = try streaming.served()
    let wire = try served.wire()
    wire.say(get("/"))
    #expect(wire.says("first\n"))
    let much = String(repeating: "x", count: 8_000)
    var sent = 0
    while streaming.all[0].send(much), sent < 10_000 { sent += 1 }
    #expect(sent < 10_000, "it took 80 MB for a client that reads nothing")
    #expect(streaming.all[0].isOver)
    #expect(eventually { served.server.inFlight == 0 })
  }

  @Test("does: stopping ends what would go on, without waiting for the deadline")
  func stops() throws {
    let streaming = Streaming()
    let served = try streaming.served()
    let wires = try (0..<5).map { _ in try served.wire() }
    for wire in wires {
      wire.say(get("/"))
      #expect(wire.says("first\n"))
    }
    let began = now()
    served.server.drainAndStop(deadlineSeconds: 600)
    #expect(now() - began < 300_000)
    #expect(!streaming.all.contains { !$0.isOver })
    for wire in wires { #expect(!wire.everything().contains("503")) }
  }

  @Test("does: HEAD gets the headers alone")
  func head() throws {
    let streaming = Streaming()
    let served = try streaming.served()
    let wire = try served.wire()
    wire.say("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(wire.answer(toHead: true)?.status == 200)
    #expect(eventually { streaming.all.first?.isOver == true })
    #expect(eventually { served.server.inFlight == 0 })
  }
}
