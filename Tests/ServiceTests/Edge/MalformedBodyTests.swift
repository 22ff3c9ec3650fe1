import Gateways
import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct MalformedBodyTests {
  static let writes = ["/api/channels/register", "/api/orders"]

  static let bodies: [String] = [
    "", " ", "nonsense", "[]", "1", "\"text\"", "null", "true", "{", "{]", "{\"a\":1,}", "{'a':1}",
    "{\"a\":1}{}", "{\"a\":1} x", "{\"tier\":1,\"tier\":2}", "{\"a\":\"\\ud800\"}",
    "{\"a\":NaN}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":1.}", "\u{feff}{}", "// c\n{}",
    String(repeating: "{\"a\":", count: 40) + "1" + String(repeating: "}", count: 40),
  ]

  @Test("refuses: every text that is no object of JSON, as 400", arguments: writes)
  func texts(_ path: String) async throws {
    let world = try EdgeWorld()
    for body in Self.bodies {
      let answer = try await world.post(path, body)
      #expect(answer.status == 400, "\(body.prefix(30)): \(answer)")
      #expect(answer.code == "body_malformed")
      #expect(answer.headers["Content-Type"] == "application/problem+json")
    }
    #expect(world.store.head.position <= 1)
  }

  @Test("refuses: another content type, and none", arguments: writes)
  func types(_ path: String) async throws {
    let world = try EdgeWorld()
    for type in [nil, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"] {
      let answer = try await world.post(path, "{}", type: type)
      #expect(answer.status == 415, "\(type ?? "none"): \(answer)")
    }
    let fine = try await world.post(path, "{}", type: "Application/JSON; charset=utf-8")
    #expect(fine.code == "fields_invalid")
  }

  @Test("refuses: a body over 64 KiB before reading on", arguments: writes)
  func large(_ path: String) async throws {
    let world = try EdgeWorld()
    let body = "{\"a\":\"" + String(repeating: "x", count: 70_000) + "\"}"
    #expect(try await world.post(path, body).status == 413)
  }

  @Test("refuses: bytes that are no UTF-8")
  func bytes() async throws {
    let world = try EdgeWorld()
    for bytes: [UInt8] in [[0xff, 0xfe], [0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d], [0]] {
      let answer = try await world.send(
        "POST", "/api/orders",
        headers: [
          "Authorization": "Bearer \(EdgeWorld.serviceKey)", "Content-Type": "application/json",
        ], body: bytes)
      #expect(answer.status == 400)
    }
  }

  @Test("refuses: paths and methods there are not, as problems with a code")
  func paths() async throws {
    let world = try EdgeWorld()
    for path in ["/", "/api", "/api/channels//timeline", "/API/batches", "/x?y=z"] {
      let answer = try await world.get(path)
      #expect(answer.status == 404)
      #expect(answer.code == "not_found")
    }
    let wrong = try await world.get("/api/orders")
    #expect(wrong.status == 405)
    #expect(wrong.code == "method_not_allowed")
    #expect(wrong.headers["Allow"] == "OPTIONS, POST")
  }
}
