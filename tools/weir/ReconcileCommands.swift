import Glibc
import JSON

extension Command {
  static let reconcileList = Command(
    "reconcile list", "Lists in what the ledger differs from chain and providers, and since when",
    options: [Option("all", nil, "also what somebody has explained")] + AdminClient.options + [
      jsonOption
    ],
    notes: [
      "A difference stands until it is explained, or gone. Where money may be missing the service",
      "has frozen itself: explain it, then weir unfreeze.",
    ] + AdminClient.notes
  ) { (arguments) throws(Failure) in
    show(try AdminClient(arguments).get(list(arguments)), arguments)
    return .success
  }

  static let reconcileRun = Command(
    "reconcile run", "Compares the ledger with chain and providers now, and lists what differs",
    options: [Option("all", nil, "also what somebody has explained")] + AdminClient.options + [
      jsonOption
    ],
    notes: [
      "Takes as long as reconcile_patience_seconds says: what is under way isn't a difference."
    ] + AdminClient.notes
  ) { (arguments) throws(Failure) in
    let client = try AdminClient(arguments)
    let asked = try client.post("/api/admin/differences/look", .object([JSONMember]()), key: nil)
    guard let number = asked["comparison"]?.integer else {
      throw Failure(.failure, "the service didn't say which comparison it begins")
    }
    while true {
      let answer = try client.get(list(arguments))
      if answer["comparisons"]?.integer ?? 0 >= number {
        show(answer, arguments)
        return .success
      }
      usleep(200_000)
    }
  }

  static let reconcileExplain = Command(
    "reconcile explain", "Says why ledger and outside differ; it is listed no more",
    operandText: "NUMBER", operands: 1...1,
    options: [
      Option("reason", "TEXT", "why, for the log", isRequired: true),
      Option("actor", "NAME", "who says so, for the log", isRequired: true),
    ] + AdminClient.options + [jsonOption],
    notes: [
      "What the wallet holds more or less is reckoned with from then on; nothing is booked."
    ] + AdminClient.notes
  ) { (arguments) throws(Failure) in
    try rule("explain", arguments) { "explained \($0): \($1["explained"]?.text ?? "")" }
  }

  static let reconcileCorrect = Command(
    "reconcile correct", "Has the books follow a chain that lost a settled transfer",
    operandText: "NUMBER", operands: 1...1,
    options: [
      Option("reason", "TEXT", "why, for the log", isRequired: true),
      Option("actor", "NAME", "who says so, for the log", isRequired: true),
    ] + AdminClient.options + [jsonOption],
    notes: [
      "Value and gas are in custody again, the value in suspense. The client stands as paid: the",
      "signed transaction may be mined again, and then the books follow that by themselves.",
    ] + AdminClient.notes
  ) { (arguments) throws(Failure) in
    try rule("correct", arguments) { "corrected \($0): \($1["status"]?.text ?? "")" }
  }

  /// What a person says of one difference, and the line for what came of it.
  private static func rule(
    _ action: String, _ arguments: Arguments, _ line: (Int, JSONValue) -> String
  ) throws(Failure) -> ExitCode {
    guard let number = Int(arguments.operands[0]), number > 0 else {
      throw Failure(.usage, "NUMBER is that of `weir reconcile list`")
    }
    let body = JSONValue.object([
      "actor": .string(arguments.required("actor")),
      "reason": .string(arguments.required("reason")),
    ])
    let answer = try AdminClient(arguments).post(
      "/api/admin/differences/\(number)/\(action)", body, key: nil)
    arguments.terminal.put(
      arguments.has("json") ? answer.written(.asIs) : Array(line(number, answer).utf8))
    return .success
  }

  private static func list(_ arguments: Arguments) -> String {
    "/api/admin/differences" + (arguments.has("all") ? "?all=true" : "")
  }

  private static func show(_ answer: JSONValue, _ arguments: Arguments) {
    let terminal = arguments.terminal
    let differences = answer["differences"]?.items ?? []
    if arguments.has("json") {
      differences.forEach { terminal.put($0.written(.asIs)) }
    } else {
      var table = TextTable(
        ["NUMBER", "KIND", "SUBJECT", "AMOUNT", "SINCE", "AGE", "LEDGER", "OUTSIDE", "EXPLAINED"],
        right: [0])
      for difference in differences { table.add(row(difference)) }
      table.lines.forEach(terminal.put)
    }
    for part in answer["not_compared"]?.items ?? [] {
      terminal.complain("not compared: \(part["name"]?.text ?? ""): \(part["why"]?.text ?? "")")
    }
    let at = answer["compared_at"]?.text
    terminal.say(at.map { "compared at \($0)" } ?? "nothing was compared since the start")
  }

  private static func row(_ difference: JSONValue) -> [String] {
    func text(_ name: String) -> String { difference[name]?.text ?? "" }
    let amount = difference["amount"]
    let words = [amount?["amount"]?.text, amount?["asset"]?.text].compactMap { $0 }
    let age = difference["age_seconds"]?.integer ?? 0
    return [
      difference["difference"]?.integer.map(String.init) ?? "", text("kind"), text("subject"),
      words.joined(separator: " "), text("since"), "\(age)s", text("ledger"), text("outside"),
      text("explained"),
    ]
  }
}
