import JSON
import Kernel

extension Command {
  static let freezeStatus = Command(
    "freeze status", "Says whether the running service signs nothing, why, and since when",
    options: AdminClient.options + [jsonOption], notes: AdminClient.notes
  ) { (arguments) throws(Failure) in
    show(try AdminClient(arguments).get("/api/admin/freeze"), arguments)
    return .success
  }

  static let freeze = Command(
    "freeze", "Makes the running service sign nothing more, at once",
    options: [
      Option("reason", "TEXT", "why, for the log", isRequired: true),
      Option("actor", "NAME", "who says so, for the log", isRequired: true),
    ] + AdminClient.options + [jsonOption],
    notes: [
      "No nonce is given and nothing is signed until `weir unfreeze`; what was signed stays",
      "watched. Payments are taken in and reads work. A restart changes nothing about it.",
    ] + AdminClient.notes
  ) { (arguments) throws(Failure) in
    let body = JSONValue.object([
      "actor": .string(arguments.required("actor")),
      "reason": .string(arguments.required("reason")),
    ])
    show(try AdminClient(arguments).post("/api/admin/freeze", body, key: nil), arguments)
    return .success
  }

  static let unfreeze = Command(
    "unfreeze", "Gives one person's word that the running service may sign again",
    options: [Option("reason", "TEXT", "why, for the log", isRequired: true)]
      + AdminClient.approving + [jsonOption],
    notes: [
      "It signs once \(Limits.approversLeast) different people have given theirs. Where an",
      "invariant is still broken the service freezes again by itself.",
    ] + AdminClient.approvingNotes
  ) { (arguments) throws(Failure) in
    let body = JSONValue.object(["reason": .string(arguments.required("reason"))])
    let client = try AdminClient(arguments, approves: true)
    show(try client.post("/api/admin/unfreeze", body, key: nil), arguments)
    return .success
  }

  private static func show(_ answer: JSONValue, _ arguments: Arguments) {
    if arguments.has("json") { return arguments.terminal.put(answer.written(.asIs)) }
    guard answer["frozen"]?.flag == true else { return arguments.terminal.put("frozen=no") }
    func text(_ name: String) -> String { answer[name]?.text ?? "" }
    arguments.terminal.put("frozen=yes since=\(text("since")) by=\(text("actor"))")
    arguments.terminal.put("why: \(text("reason"))")
    let approvers = (answer["approvers"]?.items ?? []).compactMap(\.text)
    if let one = approvers.first {
      arguments.terminal.put("\(one) would let it go on; it takes another one's word")
    }
  }
}
