import HTTP
import JSON
import Kernel
import Testing

@testable import Service

@Suite struct HumanCheckTests {
  private static let bits = 6

  private func world() throws -> EdgeWorld {
    try EdgeWorld(variables: ["WEIR_HUMAN_CHECK_BITS": "\(Self.bits)"])
  }

  private func challenge(_ world: EdgeWorld, _ form: String) async throws -> String {
    let answer = try await world.get("/api/human-check?form=\(form)")
    #expect(answer.json?["bits"]?.integer == Self.bits, "\(answer)")
    return try #require(answer.json?["challenge"]?.text)
  }

  /// The first number that solves it, or the first that doesn't.
  private func number(_ challenge: String, solves: Bool = true) -> Int {
    (0...).first { (HumanCheck.zeros(of: "\(challenge):\($0)") >= Self.bits) == solves } ?? 0
  }

  private func solved(_ world: EdgeWorld, _ form: String) async throws -> String {
    let challenge = try await challenge(world, form)
    return "\(challenge) \(number(challenge))"
  }

  private func signUp(
    _ world: EdgeWorld, _ name: String, _ proof: String?, query: String = ""
  ) async throws -> EdgeAnswer {
    try await world.ask(
      "POST", "/api/auth/signup\(query)",
      #"{"username":"\#(name)","email":"\#(name)@example.org","password":"\#(Person.password)"}"#,
      by: nil, headers: proof.map { ["Human-Check": $0] } ?? [:])
  }

  @Test("does: whoever solved a challenge signs up, and registers a channel with another one")
  func solves() async throws {
    let world = try world()
    let signed = try await signUp(world, "mira", try await solved(world, "signup"))
    #expect(signed.status == 201, "\(signed)")
    let token = signed.json?["access_token"]?.text
    let bare = try await world.ask(
      "POST", "/api/channels/register", Bodies.registration(), by: token)
    #expect(bare.status == 403 && bare.code == "human_check_needed", "\(bare)")
    let registered = try await world.ask(
      "POST", "/api/channels/register", Bodies.registration(), by: token,
      headers: ["Human-Check": try await solved(world, "register")])
    #expect(registered.status == 201, "\(registered)")
  }

  @Test("does: programs with the service key register without; a trial doesn't use a solution up")
  func others() async throws {
    let world = try world()
    try await world.register()
    let proof = try await solved(world, "signup")
    for _ in 0..<2 {
      let dry = try await signUp(world, "mira", proof, query: "?dry_run=true")
      #expect(dry.status == 200, "\(dry)")
    }
    #expect(try await signUp(world, "mira", proof).status == 201)
  }

  @Test("refuses: none, one of another form, one twice, a wrong one, a late one, one made up")
  func refuses() async throws {
    let world = try EdgeWorld(
      variables: ["WEIR_HUMAN_CHECK_BITS": "\(Self.bits)", "WEIR_RATE_LIMITS": "off"])
    let good = try await solved(world, "signup")
    let other = try await solved(world, "register")
    let challenge = try await challenge(world, "signup")
    let wrong = "\(challenge) \(number(challenge, solves: false))"
    var forged = good.split(separator: " ").map(String.init)
    forged[0] = forged[0].replacing("signup.", with: "signup.9")
    #expect(try await signUp(world, "used", good).status == 201)
    let late = try await solved(world, "signup")
    world.wait(seconds: HumanCheck.seconds)
    let fresh = try await self.challenge(world, "signup")
    for proof in [
      nil, good, other, wrong, late, forged.joined(separator: " "), "", fresh, "\(fresh) ",
      "\(fresh)  1", String(repeating: "x", count: 400) + " 1",
    ] {
      let answer = try await signUp(world, "mira", proof)
      #expect(answer.status == 403 && answer.code == "human_check_needed", "\(answer)")
    }
    let again = try await signUp(world, "mira", "\(fresh) \(number(fresh))")
    #expect(again.status == 201, "\(again)")
    let reused = try await signUp(world, "nora", "\(fresh) \(number(fresh))")
    #expect(reused.json?["detail"]?.text == "the solution was used", "\(reused)")
    #expect(try await world.get("/api/human-check").status == 400)
  }

  @Test("does: bits are counted over bytes")
  func counts() {
    // SHA-256 of "" begins e3 (no zero bit); the others were counted by another program.
    #expect(HumanCheck.zeros(of: "") == 0)
    #expect(HumanCheck.zeros(of: "x:2737") == 15)
    #expect((0..<6).map { HumanCheck.zeros(of: "x:\($0)") } == [0, 4, 3, 0, 4, 1])
  }
}
