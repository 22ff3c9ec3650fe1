import HTTP
import Synchronization
import Testing

@Suite struct RouterTests {
  private static func says(_ method: String, _ pattern: String, _ names: String...) -> Route {
    Route(method, pattern) { _, parameters, responder in
      let values = names.map { parameters[$0] }.joined(separator: "|")
      responder.send(.text("\(pattern) \(values)"))
    }
  }

  private func served() throws -> Served {
    let router = Router([
      Self.says("GET", "/"),
      Self.says("GET", "/channels"),
      Self.says("POST", "/channels"),
      Self.says("GET", "/channels/{id}", "id"),
      Self.says("GET", "/channels/register"),
      Self.says("DELETE", "/channels/{key}", "key"),
      Self.says("GET", "/channels/{id}/timeline/{page}", "id", "page"),
      Self.says("GET", "/channels/register/help"),
    ]) { request, response in
      request.path == "/own" ? .text("own", status: 418) : response
    }
    return try Served { router.handle($0, $1) }
  }

  @Test("finds: the most literal route, with decoded parameters")
  func finds() throws {
    let served = try served()
    let cases = [
      ("/", "/ "), ("/channels", "/channels "), ("/channels?x=/y", "/channels "),
      ("/channels/7", "/channels/{id} 7"), ("/channels/register", "/channels/register "),
      ("/channels/regis%74er", "/channels/register "),
      ("/channels/a%2Fb", "/channels/{id} a/b"), ("/channels/a%252Fb", "/channels/{id} a%2Fb"),
      ("/channels/a+b", "/channels/{id} a+b"), ("/channels/%C3%A9", "/channels/{id} é"),
      ("/channels/register/timeline/2", "/channels/{id}/timeline/{page} register|2"),
      ("http://h/channels/7", "/channels/{id} 7"),
    ]
    for (target, body) in cases { #expect(try served.ask(get(target))?.body == body, "\(target)") }
  }

  @Test("answers: 404, 405 with what is allowed, OPTIONS and HEAD")
  func answersItself() throws {
    let served = try served()
    for target in [
      "/nothing", "/channels/", "//", "/channels//timeline/1", "/Channels", "/channels/7/timeline",
      "/channels/7/timeline/1/",
    ] {
      #expect(try served.ask(get(target))?.status == 404, "\(target)")
    }
    let refused = try served.ask("PUT /channels/7 HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(refused?.status == 405)
    #expect(refused?.header("Allow") == "DELETE, GET, HEAD, OPTIONS")
    let options = try served.ask("OPTIONS /channels HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(options?.status == 204)
    #expect(options?.header("Allow") == "GET, HEAD, OPTIONS, POST")
    let all = try served.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(all?.status == 204)
    #expect(all?.header("Allow") == "DELETE, GET, HEAD, OPTIONS, POST")
    let wire = try served.wire()
    wire.say("HEAD /channels HTTP/1.1\r\nHost: h\r\n\r\n" + get("/"))
    #expect(wire.answer(toHead: true)?.status == 200)
    #expect(wire.answer()?.body == "/ ")
    // A literal route without the method doesn't give way to a parameter's route that has it.
    let deleted = try served.ask("DELETE /channels/register HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(deleted?.status == 405)
    #expect(try served.ask(get("/own"))?.status == 418)
  }
}
