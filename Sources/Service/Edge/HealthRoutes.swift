import HTTP
import JSON
import Kernel
import Log

// GET /health tells and never fails; GET /ready is for whoever sends traffic; GET /metrics counts;
// GET /.well-known/weir/checkpoint binds the log to what anybody has seen of it.

extension Call {
  /// The old platform's shape, with one difference: `/ready` exists for load balancers.
  func showHealth() {
    let readiness = parts.gate.readiness
    send(200, described(readiness, word: readiness.isHealthy ? "healthy" : "degraded"))
  }

  func showReadiness() {
    let readiness = parts.gate.readiness
    let word = readiness.isReady ? "ready" : "not_ready"
    send(readiness.isReady ? 200 : 503, described(readiness, word: word))
  }

  func showMetrics() {
    let page = parts.metrics.page(
      isFrozen: parts.gate.readiness.frozen != nil, at: parts.clock())
    send(
      HTTPResponse(
        status: 200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
        body: Array(page.utf8)))
  }

  /// Says how many facts there are and nothing of what they say.
  func showCheckpoint() {
    guard let note = parts.checkpoint() else {
      return refuse(.notFound, "nothing is signed yet")
    }
    send(
      HTTPResponse(
        status: 200, headers: ["Content-Type": "text/plain; charset=utf-8"], body: note))
  }

  private func described(_ readiness: Readiness, word: String) -> JSONValue {
    let components = readiness.components.map { component in
      JSONMember(component.name, .string(component.isHealthy ? "healthy" : "unhealthy"))
    }
    var members =
      JSONValue.object([
        "status": .string(word), "service": .string("weir"),
        "timestamp": .number(String(parts.clock().microseconds / 1_000_000)),
        "environment": .string(parts.configuration.environment.text),
        "position": .number(String(parts.store.head.position)),
        "components": .object(components),
      ]).members ?? []
    if let why = readiness.recovery { members.append(JSONMember("recovery", .string(why))) }
    if let why = readiness.frozen { members.append(JSONMember("frozen", .string(why))) }
    if let why = readiness.access { members.append(JSONMember("access", .string(why))) }
    if let inbox = readiness.inbox {
      members.append(
        JSONMember(
          "inbox",
          .object([
            "waiting": .integer(inbox.waiting), "oldest_seconds": .integer(inbox.oldestSeconds),
          ])))
    }
    if let calls = readiness.calls {
      members.append(JSONMember("calls", Self.described(calls)))
    }
    return .object(members)
  }

  private static func described(_ calls: Readiness.Calls) -> JSONValue {
    .object([
      "out": .integer(calls.out),
      "leases": .array(
        calls.leases.map { .object(["name": .string($0.name), "node": .string($0.node)]) }),
    ])
  }
}
