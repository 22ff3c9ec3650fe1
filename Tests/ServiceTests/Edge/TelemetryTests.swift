import Foundation
import HTTP
import JSON
import Kernel
import Support
import Synchronization
import Testing

@testable import Service

@Suite struct TelemetryTests {
  @Test("does: health tells its parts, and every answer has the standing headers")
  func health() async throws {
    let world = try EdgeWorld()
    let answer = try await world.get("/health")
    #expect(answer.status == 200)
    #expect(answer.json?["status"]?.text == "healthy")
    #expect(answer.json?["service"]?.text == "weir")
    #expect(answer.json?["components"]?["log"]?.text == "healthy")
    #expect(answer.json?["timestamp"]?.integer == 1_795_538_831)
    for path in ["/health", "/nothing", "/api/batches"] {
      let headers = try await world.get(path).headers
      #expect(headers["X-Content-Type-Options"] == "nosniff")
      #expect(headers["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
      #expect(headers["Cache-Control"] == "no-store")
    }
  }

  @Test("does: promtool finds nothing to say about the metrics page")
  func promtool() async throws {
    let world = try EdgeWorld()
    try await world.register()
    _ = try await world.notify(Bodies.notice(payment: 1, order: "unknown", price: "25"))
    _ = try await world.get(
      "/no\u{22}such".addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)!)
    let answer = try await world.get("/metrics")
    #expect(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
    let folder = ScratchFolder()
    try answer.text.write(toFile: folder.file("page"), atomically: true, encoding: .utf8)
    let said = try ChildProcess.run(
      "/bin/sh", ["-c", "promtool check metrics < \(folder.file("page"))"])
    #expect(said.code != 127, "promtool is missing: install Debian's prometheus package")
    #expect(said.code == 0, "\(said)")
    #expect(said.out.isEmpty && said.err.isEmpty, "\(said)")
  }

  @Test("does: a line is one JSON object, and a flood of one kind is cut")
  func lines() throws {
    let kept = Mutex<[String]>([])
    let logger = Logger(
      secrets: [Secret("hush-hush-hush")], clock: { EdgeWorld.now },
      sink: { line in kept.withLock { $0.append(String(decoding: line, as: UTF8.self)) } })
    logger.warning("odd", ["text": "a \"quote\"\nand hush-hush-hush twice hush-hush-hush", "n": 7])
    for _ in 0..<1_000 { logger.info("flood") }
    let lines = kept.withLock { $0 }
    #expect(lines.count == 1 + Logger.mostPerSecond)
    let first = try JSONValue.parse(Array(lines[0].utf8))
    #expect(first["text"]?.text == "a \"quote\"\nand (secret) twice (secret)")
    #expect(first["level"]?.text == "warning")
    #expect(lines[0].hasSuffix("}\n"))
  }

  @Test(
    "refuses: to show a secret that other text grew into",
    arguments: [
      ("hush-hush-hush\u{301}", "(secret)\u{301}"), ("hush-hush-hush-hush", "(secret)-hush"),
      ("hush-hush-hush-and-more", "(secret)"), ("hush-hush-hus", "hush-hush-hus"),
    ])
  func grown(_ text: String, _ shown: String) {
    let logger = Logger(
      secrets: [Secret("hush-hush-hush"), Secret("hush-hush-hush-and-more")],
      clock: { EdgeWorld.now })
    #expect(Array(logger.redacted(text).utf8) == Array(shown.utf8))
  }

  @Test("refuses: to show a secret in any print, mirror or answer")
  func canaries() async throws {
    let canaries = (0..<4).map { "canary-\($0)-\(String(repeating: "q7", count: 20))" }
    let world = try EdgeWorld(variables: [
      "WEIR_NOWPAYMENTS_IPN_SECRET": canaries[0], "WEIR_SERVICE_KEY": canaries[1],
      "WEIR_NOWPAYMENTS_API_KEY": canaries[2], "WEIR_CHANGENOW_API_KEY": canaries[3],
    ])
    var shown = ""
    dump(world.configuration, to: &shown)
    shown += "\(world.configuration) \(String(reflecting: world.configuration.serviceKeys))"
    for path in ["/health", "/ready", "/metrics", "/api/batches", "/x/\(canaries[0])"] {
      shown += try await world.get(path).text
    }
    shown += try await world.post("/api/orders", "{\"\(canaries[1])\":1", key: canaries[1]).text
    shown += try await world.post("/api/orders", "{}", key: canaries[2]).text
    shown += try await world.notify("{}", signature: canaries[0]).text
    shown += try await world.notify("{\"payment_id\":\"\(canaries[3])\"}").text
    shown += world.logged.joined()
    for canary in canaries { #expect(!shown.contains(canary)) }
    #expect(shown.contains("(secret)"))
  }
}
