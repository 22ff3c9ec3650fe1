import JSON

extension Command {
  static let freezeStatus = Command(
    "freeze status", "Says whether the running service signs nothing, why, and since when",
    options: ServiceClient.options + [jsonOption]
  ) { (arguments) throws(Failure) in
    show(try ServiceClient(arguments).get("/api/admin/freeze"), arguments)
    return .success
  }

  static let freeze = Command(
    "freeze", "Makes the running service sign nothing more, at once",
    options: ServiceClient.options + ServiceClient.wordOptions + [jsonOption],
    notes: [
      "No nonce is given and nothing is signed until `weir unfreeze`; what was signed stays",
      "watched. Payments are taken in and reads work. A restart changes nothing about it.",
    ]
  ) { (arguments) throws(Failure) in
    let client = try ServiceClient(arguments)
    let words = ServiceClient.words(of: arguments)
    show(try client.post("/api/admin/freeze", words), arguments)
    return .success
  }

  static let unfreeze = Command(
    "unfreeze", "Lets the running service sign again",
    options: ServiceClient.options + ServiceClient.wordOptions + [jsonOption],
    notes: ["Where an invariant broke and is still broken the service freezes again by itself."]
  ) { (arguments) throws(Failure) in
    let client = try ServiceClient(arguments)
    let words = ServiceClient.words(of: arguments)
    show(try client.post("/api/admin/unfreeze", words), arguments)
    return .success
  }

  private static func show(_ answer: JSONValue, _ arguments: Arguments) {
    if arguments.has("json") { return arguments.terminal.put(answer.written(.asIs)) }
    guard answer["frozen"]?.flag == true else { return arguments.terminal.put("frozen=no") }
    func text(_ name: String) -> String { answer[name]?.text ?? "" }
    arguments.terminal.put("frozen=yes since=\(text("since")) by=\(text("actor"))")
    arguments.terminal.put("why: \(text("reason"))")
  }
}
