import JSON

extension Command {
  static let freezeStatus = Command(
    "freeze status", "Says whether the running service signs nothing, why, and since when",
    options: AdminClient.options + [jsonOption], notes: AdminClient.notes
  ) { (arguments) throws(Failure) in
    show(try AdminClient(arguments).get("/api/admin/freeze"), arguments)
    return .success
  }

  static let freeze = word(
    "freeze", "Makes the running service sign nothing more, at once",
    [
      "No nonce is given and nothing is signed until `weir unfreeze`; what was signed stays",
      "watched. Payments are taken in and reads work. A restart changes nothing about it.",
    ])

  static let unfreeze = word(
    "unfreeze", "Lets the running service sign again",
    ["Where an invariant broke and is still broken the service freezes again by itself."])

  private static func word(_ name: String, _ summary: String, _ notes: [String]) -> Command {
    Command(
      name, summary,
      options: [
        Option("reason", "TEXT", "why, for the log", isRequired: true),
        Option("actor", "NAME", "who says so, for the log", isRequired: true),
      ] + AdminClient.options + [jsonOption], notes: notes + AdminClient.notes
    ) { (arguments) throws(Failure) in
      let body = JSONValue.object([
        "actor": .string(arguments.required("actor")),
        "reason": .string(arguments.required("reason")),
      ])
      let client = try AdminClient(arguments)
      show(try client.post("/api/admin/\(name)", body, key: nil), arguments)
      return .success
    }
  }

  private static func show(_ answer: JSONValue, _ arguments: Arguments) {
    if arguments.has("json") { return arguments.terminal.put(answer.written(.asIs)) }
    guard answer["frozen"]?.flag == true else { return arguments.terminal.put("frozen=no") }
    func text(_ name: String) -> String { answer[name]?.text ?? "" }
    arguments.terminal.put("frozen=yes since=\(text("since")) by=\(text("actor"))")
    arguments.terminal.put("why: \(text("reason"))")
  }
}
