import Foundation
import JSON
import Kernel
import Support
import Testing

@testable import Service

@Suite struct SecondPersonTests {
  @Test("refuses: an account as the second person without role, password or code of now")
  func account() async throws {
    let world = try EdgeWorld(variables: ["WEIR_RATE_LIMITS": "off"])
    var configuration = world.configuration
    configuration.approvers = []
    let folder = ScratchFolder()
    let path = folder.file("second")
    func obstacle(_ text: String, to name: String = "Mira") throws -> String? {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try configuration.obstacle(
        toSecond: name, keyAt: path, in: world.store, at: EdgeWorld.now)
    }
    let mira = try await world.person("mira")
    #expect(try obstacle(Person.password)?.contains("names no approver") == true)
    try await world.give(#""operator""#, to: mira.id)
    #expect(try obstacle(Person.password)?.contains("names no approver") == true)
    try await world.give(#""operator","approver""#, to: mira.id)
    #expect(try obstacle(Person.password + "\n") == nil)
    #expect(try obstacle(Person.password, to: "mir")?.contains("names no approver") == true)
    for wrong in ["", "\n", Person.password.lowercased(), Person.password + "x"] {
      #expect(try obstacle(wrong)?.contains("not the password of mira") == true, "\(wrong)")
    }
    let unsaid = try configuration.obstacle(
      toSecond: "mira", keyAt: nil, in: world.store, at: EdgeWorld.now)
    #expect(unsaid?.contains("mira's password") == true)

    let enrolled = try await world.ask(
      "POST", "/api/account/totp", #"{"password":"\#(Person.password)"}"#, by: mira.access)
    let nonce = try #require(enrolled.json?["enrolment"]?.text)
    let (id, key) = (try #require(AccountID(text: mira.id)), Secret(EdgeWorld.accountKey))
    let secret = try #require(
      OneTimeCodes(keys: [key]).secret(id, key: OneTimeCodes.name(of: key), nonce: nonce))
    func code(_ later: Int) -> String {
      OneTimeCodes.code(secret, step: OneTimeCodes.step(at: EdgeWorld.now) + later)
    }
    let on = try await world.ask(
      "POST", "/api/account/totp/confirm", #"{"enrolment":"\#(nonce)","code":"\#(code(0))"}"#,
      by: mira.access)
    #expect(on.status == 200, "\(on)")
    for wrong in ["", "\n\(code(0))", "\n\(code(9))", "\n\(code(1))\nmore"] {
      let why = try obstacle(Person.password + wrong)
      #expect(why?.contains("one-time code of now") == true, "\(wrong)")
      #expect(why?.contains(Person.password) == false)
    }
    #expect(try obstacle("\(Person.password)\n\(code(1))\n") == nil)
    configuration.accountKeys = [Secret("another-key-of-the-tests-0123456789")]
    #expect(try obstacle("\(Person.password)\n\(code(1))") != nil)
  }

  @Test("does: keys and accounts stand beside each other; with neither the name alone stands")
  func both() async throws {
    let world = try EdgeWorld(variables: ["WEIR_RATE_LIMITS": "off"])
    let folder = ScratchFolder()
    let path = folder.file("second")
    // An account that calls itself as an approver of the settings is called isn't that one.
    let ben = try await world.person("ben")
    try await world.give(#""approver""#, to: ben.id)
    func obstacle(_ text: String, _ configuration: Configuration) throws -> String? {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return try configuration.obstacle(
        toSecond: "Ben", keyAt: path, in: world.store, at: EdgeWorld.now)
    }
    var configuration = world.configuration
    let key = try #require(EdgeWorld.approverKeys["ben"])
    #expect(try obstacle(key + "\n", configuration) == nil)
    #expect(try obstacle(Person.password, configuration)?.contains("not the key of ben") == true)
    #expect(try obstacle("\(key)\n\(key)", configuration) != nil)
    configuration.approvers = []
    #expect(try obstacle(key, configuration) != nil)
    #expect(try obstacle(Person.password, configuration) == nil)
    configuration.accountKeys = []
    #expect(try obstacle("", configuration) == nil)
  }
}
