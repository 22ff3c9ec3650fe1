import Foundation
import HTTP
import JSON
import Sandbox
import Support
import Testing

/// The nodes of a world on one log in PostgreSQL: one that serves first, and two that stand by.
final class Nodes: @unchecked Sendable {  // One test uses it, one step at a time.
  struct Node {
    let life: Life
    let port: Int
    let folder: String

    /// What of its name is told to everybody.
    var tag: String {
      get throws {
        let name = try String(contentsOfFile: folder + "/node", encoding: .utf8)
        let number = name.split(whereSeparator: \.isWhitespace).last ?? ""
        return number.prefix(8).lowercased()
      }
    }
  }

  let world: KillWorld
  let server: PostgresServer
  let database: String
  /// Keeps to itself that a swap is finished, once that is wanted; `stop` it.
  let proxy: HoldProxy?
  var lives: [Node] = []

  private init(
    _ world: KillWorld, _ server: PostgresServer, _ database: String, _ proxy: HoldProxy?
  ) {
    self.world = world
    self.server = server
    self.database = database
    self.proxy = proxy
  }

  static func start(
    holding isHolding: Bool = false, _ variables: [String: String] = [:]
  ) async throws -> Nodes {
    let world = try await offPool { try KillWorld() }
    let server = try await offPool { try PostgresServer.shared.get() }
    let database = try await offPool { try server.database() }
    world.environment["WEIR_STORE"] = server.url(database)
    world.environment.merge(variables) { $1 }
    var proxy: HoldProxy?
    if isHolding {
      let place = try #require(Int(world.sandbox.changeNOWURL.split(separator: ":").last ?? ""))
      let made = HoldProxy(
        to: place, asked: "/exchange/by-id", answered: "\"finished\"")
      world.environment["WEIR_CHANGENOW_URL"] = "http://127.0.0.1:\(made.port)"
      proxy = made
    }
    try await world.begin()
    let nodes = Nodes(world, server, database, proxy)
    nodes.lives.append(Node(life: try world.start(), port: world.port, folder: world.data))
    try #require(await world.isUp(within: 240), "not up: see \(world.log)")
    for name in ["second", "third"] { try nodes.standBy(name) }
    for place in 1...2 { try await nodes.reads(place) }
    return nodes
  }

  /// Another node, which stands by.
  func standBy(_ name: String) throws {
    let folder = "\(world.data)/\(name)"
    let port = world.port
    defer { world.port = port }
    world.port = FreePort.next()
    let life = try world.start(
      on: folder, ["--standby"], ["WEIR_WITNESS_PATH": folder + "-witness"])
    lives.append(Node(life: life, port: world.port, folder: folder))
  }

  func reads(_ place: Int) async throws {
    let isReading = try await eventually { await get(place, "/api/batches")?.status == 200 }
    try #require(isReading, "node \(place) doesn't read: see \(world.log)")
  }

  func get(_ place: Int, _ path: String) async -> HTTPClientResponse? {
    let request = HTTPClientRequest(
      method: "GET", url: "http://127.0.0.1:\(lives[place].port)\(path)",
      headers: ["Authorization": "Bearer \(world.key)"])
    return try? await world.http.send(request).get()
  }

  func post(_ place: Int, _ notice: KillWorld.Notice, signature: String? = nil) async -> Int? {
    world.port = lives[place].port
    return await world.post(
      "/webhooks/nowpayments", notice.body,
      ["x-nowpayments-sig": signature ?? notice.signature], seconds: 30)
  }

  /// Sends until it is acknowledged by one node.
  func deliver(_ place: Int, _ notice: KillWorld.Notice) async {
    world.port = lives[place].port
    await world.deliver([notice], before: .now + .seconds(60))
  }

  func sql(_ text: String) async throws -> String {
    try await offPool { [server, database] in
      let done = try server.psql(database, text)
      #expect(done.code == 0, "\(done)")
      return done.out.split(separator: "\n").joined(separator: "\n")
    }
  }

  func eventually(_ isTrue: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<2_400 {
      if try await isTrue() { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  /// Whether each node tells the same, as of one position.
  func areAlike(at position: Int) async -> Bool {
    for path in ["/api/channels/\(world.channel(1))/timeline", "/api/batches"] {
      let first = await get(0, path + "?asof=\(position)")
      guard first?.status == 200 else { return false }
      for place in lives.indices.dropFirst() {
        guard await get(place, path + "?asof=\(position)")?.body == first?.body else {
          return false
        }
      }
    }
    return true
  }

  func position() async throws -> Int {
    Int(try await sql("SELECT position FROM weir.lane")) ?? 0
  }

  /// The one that serves by now.
  func serving() async throws -> Int {
    var next: Int?
    _ = try await eventually {
      for place in lives.indices where await get(place, "/ready")?.status == 200 { next = place }
      return next != nil
    }
    return try #require(next, "nobody serves: see \(world.log)")
  }

  // MARK: Calls

  /// What a node tells of calls and leases.
  func calls(_ place: Int) async throws -> JSONValue? {
    let body = await get(place, "/health")?.body ?? []
    return body.isEmpty ? nil : try JSONValue.parse(body)["calls"]
  }

  /// Leases by the node that has them, as one node tells.
  func leases(_ place: Int) async throws -> [String: [String]] {
    let all = (try await calls(place)?["leases"]?.items ?? []).compactMap { lease in
      lease["name"]?.text.flatMap { name in lease["node"]?.text.map { ($0, name) } }
    }
    return Dictionary(grouping: all) { $0.0 }.mapValues { $0.map(\.1) }
  }

  /// Calls by node and outcome, as one node counts them.
  func counted(_ place: Int, _ outcome: String) async -> [String: Int] {
    let page = String(decoding: await get(place, "/metrics")?.body ?? [], as: UTF8.self)
    var counts: [String: Int] = [:]
    for line in page.split(separator: "\n") where line.hasPrefix("weir_calls_total{") {
      let words = line.split(separator: "\"")
      guard words.count > 3, words[3] == outcome else { continue }
      counts[String(words[1])] = line.split(separator: " ").last.flatMap { Int($0) }
    }
    return counts
  }

  /// The node, by its place, that has a lane; nil where none has.
  func holder(of lane: String, asking place: Int) async throws -> Int? {
    let tag = try await leases(place).first { $0.value.contains(lane) }?.key
    return try lives.indices.first { try lives[$0].tag == tag }
  }
}

extension Nodes {
  /// What a node says that is to stand by with a role which may only do so much: the role, and how
  /// the node ended.
  static func standing(
    granted functions: String
  ) async throws -> (role: String, outcome: WeirProcess.Outcome) {
    let server = try await offPool { try PostgresServer.shared.get() }
    let database = try await offPool { try server.database() }
    let scratch = ScratchFolder()
    return try await offPool {
      let (process, _) = try WeirProcess.serve(
        scratch.file("first"), ["WEIR_STORE": server.url(database)])
      let role = "served_of_\(database)"
      let said = try server.psql(
        database,
        "CREATE ROLE \(role) LOGIN; GRANT USAGE ON SCHEMA weir TO \(role); "
          + "GRANT SELECT ON ALL TABLES IN SCHEMA weir TO \(role); "
          + "GRANT EXECUTE ON FUNCTION \(functions) TO \(role)")
      #expect(said.code == 0, "\(said)")
      let ending = try WeirProcess.run(
        [
          "serve", "--sandbox", "--standby", "--data", scratch.file("second"), "--listen",
          "127.0.0.1:0",
        ], ["WEIR_STORE": server.url(database, role: role)])
      process.signal(SIGTERM)
      #expect(process.wait().status == 0)
      return (role, ending)
    }
  }
}
