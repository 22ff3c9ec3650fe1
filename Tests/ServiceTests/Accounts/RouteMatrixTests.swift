import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

/// Every route by everybody: the table of routes is the test's input, so that a new route is in it
/// at once.
@Suite struct RouteMatrixTests {
  /// Who asks.
  private enum Role: String, CaseIterable {
    case nobody, stranger, owner, auditor, approver, `operator`, key, service, root, ana
  }

  private static let open = "-1001234567890"
  private static let secret = "Only-the-owner-reads-this"

  /// Whether the door lets somebody in; what stands behind it is the handlers'.
  private static func isLetIn(_ role: Role, _ access: EdgeRoute.Access) -> Bool {
    let isAccount = [.stranger, .owner, .auditor, .approver, .operator].contains(role)
    return switch access {
    case .open, .signed, .secret: true
    case .reads: isAccount || role == .key || role == .service
    case .writes: role == .service
    case .owns: isAccount || role == .key || role == .service
    case .account: isAccount || role == .key
    case .session: isAccount
    case .audits: [.auditor, .approver, .operator, .root, .ana].contains(role)
    case .approves: [.approver, .ana].contains(role)
    case .operates: [.operator, .root].contains(role)
    case .grants: role == .root
    }
  }

  @Test("refuses: every route to everybody it isn't for, and leaks nothing of a stranger's")
  func matrix() async throws {
    let world = try EdgeWorld(
      variables: ["WEIR_RATE_LIMITS": "off", "WEIR_OPEN_READS": "off"])
    let owner = try await world.person("owner")
    let registered = try await world.ask(
      "POST", "/api/channels/register",
      Bodies.object(
        Bodies.registrationFields().merging(["open_channel_title": "\"\(Self.secret)\""]) { $1 }),
      by: owner.access)
    #expect(registered.status == 201)
    let order = try await world.post(
      "/api/orders", #"{"channel":"\#(Self.open)","tier":1,"user_id":"7700077"}"#)
    let orderID = try #require(order.json?["order_id"]?.text, "\(order)")
    for route in EdgeRoute.all {
      // Fresh people for each route: some of them end their own sessions by it.
      var tokens: [Role: String] = [.service: EdgeWorld.serviceKey, .root: EdgeWorld.operatorKey]
      tokens[.ana] = EdgeWorld.approverKeys["ana"]
      for role in [Role.stranger, .auditor, .approver, .operator] {
        let person = try await world.signedIn(role.rawValue)
        tokens[role] = person.access
        if role != .stranger { try await world.give("\"\(role.rawValue)\"", to: person.id) }
        if role == .stranger { tokens[.key] = try await world.accessKey(of: person) }
      }
      tokens[.owner] = try await world.logIn("owner").json?["access_token"]?.text
      let path = route.pattern.replacing("{account}", with: AccountID.fresh().text)
        .replacing("{id}", with: route.pattern.contains("orders") ? orderID : Self.open)
        .replacing("{transfer}", with: "WE01000000000001.fund")
        .replacing("{action}", with: "ask").replacing("{session}", with: SessionID.fresh().text)
        .replacing("{key}", with: AccessKeyID.fresh().text)
      for role in Role.allCases {
        let answer = try await world.ask(
          route.method, path, route.method == "GET" ? nil : "{}", by: tokens[role],
          headers: ["If-Match": "\"99\""])
        let label = "\(role) \(route.method) \(route.pattern): \(answer)"
        let isDoor = [401, 403].contains(answer.status)
        if Self.isLetIn(role, route.access) {
          let own = ["sign_in_needed", "role_missing", "scope_missing", "unauthorized"]
          #expect(!own.contains(answer.code ?? ""), "\(label)")
        } else {
          #expect(isDoor, "\(label)")
        }
        #expect(answer.status < 500, "\(label)")
        if [.nobody, .stranger, .key].contains(role) {
          #expect(!answer.text.contains(Self.secret), "\(label)")
          #expect(!answer.text.contains("7700077"), "\(label)")
        }
        // Whoever isn't let in at all is told so before anything is looked up.
        if [.stranger, .key].contains(role), Self.isLetIn(role, route.access),
          route.pattern.contains("{id}"), !route.pattern.contains("admin")
        {
          #expect(answer.status == 404, "\(label)")
        }
      }
    }
  }

  @Test("refuses: what an operator's account does under somebody else's name, on every route")
  func ownNames() async throws {
    let world = try EdgeWorld(variables: ["WEIR_RATE_LIMITS": "off"])
    _ = try await world.post("/api/channels/register", Bodies.registration())
    let person = try await world.signedIn("operator")
    try await world.give("\"operator\", \"approver\"", to: person.id)
    let other = try await world.signedIn("other")
    var heard = 0
    for route in EdgeRoute.all where [.operates, .approves].contains(route.access) {
      guard route.method != "GET", !route.pattern.hasSuffix("/look") else { continue }
      let action =
        route.pattern.contains("payments")
        ? "write-off" : route.pattern.contains("debts") ? "net" : "hold"
      let id = route.pattern.contains("sagas") ? "WE01000000000001" : "5077125051"
      let path = route.pattern.replacing("{account}", with: other.id)
        .replacing("{channel}", with: Self.open).replacing("{id}", with: id)
        .replacing("{transfer}", with: "WE01000000000001.fund")
        .replacing("{action}", with: action).replacing("{difference}", with: "1")
        .replacing("{table}", with: "trial_balance")
      let answer = try await world.ask(
        route.method, path, #"{"reason":"why","actor":"somebody"}"#, by: person.access)
      let label = "\(route.method) \(path): \(answer)"
      let hasNoTables = route.pattern.contains("{table}") && answer.status == 404
      #expect(answer.errors.contains("actor") || hasNoTables, "\(label)")
      heard += 1
    }
    #expect(heard >= 11)
    for stored in try world.store.read(after: 0, limit: 1_000) {
      #expect(!stored.actor.contains("somebody"), "\(stored.name) by \(stored.actor)")
    }
  }
}

extension EdgeWorld {
  /// Somebody new, with a name that tells what for.
  fileprivate func signedIn(_ role: String) async throws -> Person {
    try await person("\(role)_\(Token.fresh().prefix(12))")
  }

  fileprivate func accessKey(of person: Person) async throws -> String? {
    try await ask(
      "POST", "/api/account/keys", #"{"label":"all","scopes":["read","write"],"days":1}"#,
      by: person.access
    ).json?["key"]?.text
  }
}
