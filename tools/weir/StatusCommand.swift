import JSON

extension Command {
  static let status = Command(
    "status", "Says how the running service is: its parts, recovery, freeze and Telegram",
    options: AdminClient.options + [jsonOption],
    notes: [
      "`access=working` where subscribers are let into channels and removed from them by the bot;",
      "`off` where no bot is configured; `failing` with the reason otherwise: the token is none,",
      "somebody else takes the bot's updates, or the bot has no right in a channel.",
    ] + AdminClient.notes
  ) { (arguments) throws(Failure) in
    let answer = try AdminClient(arguments).get("/health")
    if arguments.has("json") {
      arguments.terminal.put(answer.written(.asIs))
      return .success
    }
    for line in StatusText.lines(answer) { arguments.terminal.put(line) }
    return .success
  }
}

/// What `GET /health` says, for people.
enum StatusText {
  static func lines(_ health: JSONValue) -> [String] {
    func text(_ name: String) -> String? { health[name]?.text }
    let access = text("access")
    let word = access.map { $0.hasPrefix("off") ? "off" : "failing" } ?? "working"
    var lines = [
      "status=\(text("status") ?? "unknown") environment=\(text("environment") ?? "unknown")"
        + " position=\(health["position"]?.number ?? "0") access=\(word)"
    ]
    let parts = (health["components"]?.members ?? [])
      .map { "\($0.name)=\($0.value.text ?? "unknown")" }
    lines.append(parts.joined(separator: " "))
    for (name, words) in [
      ("recovery", text("recovery")), ("frozen", text("frozen")), ("access", access),
    ] { if let words { lines.append("\(name): \(words)") } }
    if let calls = health["calls"] {
      let leases = (calls["leases"]?.items ?? []).map {
        " \($0["name"]?.text ?? "?")=\($0["node"]?.text ?? "?")"
      }
      lines.append("calls: out=\(calls["out"]?.integer ?? 0)" + leases.joined())
    }
    return lines
  }
}
