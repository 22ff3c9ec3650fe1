import JSON
import Kernel

extension Command {
  static let sagasList = list(
    "sagas list", "Lists what is under way: conversions, batches, splits, hostpays, transfers",
    [Option("kind", "KIND", "conversion, batch, split, hostpay or transfer")])
  static let transfersList = list(
    "transfers list", "Lists transfers under way, and what each waits for", kind: "transfer")

  private static func list(
    _ name: String, _ summary: String, _ more: [Option] = [], kind: String? = nil
  ) -> Command {
    Command(
      name, summary,
      options: [
        Option("stuck", nil, "only what waits for a person, or for longer than it should"),
        Option("all", nil, "also what has ended"), Option("channel", "KEY", "one client's"),
      ] + more + AdminClient.options + [jsonOption],
      notes: ["What is due first comes first."] + AdminClient.notes
    ) { (arguments) throws(Failure) in try list(arguments, kind: kind) }
  }

  private static func list(
    _ arguments: Arguments, kind: String?
  ) throws(Failure) -> ExitCode {
    let client = try AdminClient(arguments)
    let isJSON = arguments.has("json")
    var query = ["limit=500"]
    if arguments.has("stuck") { query.append("stuck=true") }
    if arguments.has("all") { query.append("all=true") }
    if let kind { query.append("kind=\(kind)") }
    for name in ["kind", "channel"] {
      guard let value = arguments[name] else { continue }
      guard ChannelKey(text: value) != nil, !value.contains("+") else {
        throw Failure(.usage, "--\(name) can't be \(value.prefix(40))")
      }
      query.append("\(name)=\(value)")
    }
    var table = TextTable([
      "KIND", "ID", "STATE", "AGE", "SINCE", "DUE", "STUCK", "WAITS FOR", "REASON",
    ])
    var after: Int? = 0
    while let place = after {
      let path = "/api/admin/sagas?" + (query + ["after=\(place)"]).joined(separator: "&")
      let page = try client.get(path)
      for saga in page["sagas"]?.items ?? [] {
        if isJSON { arguments.terminal.put(saga.written(.asIs)) } else { table.add(row(saga)) }
      }
      after = page["next"]?.integer
    }
    if !isJSON { table.lines.forEach(arguments.terminal.put) }
    return .success
  }

  private static func row(_ saga: JSONValue) -> [String] {
    let texts = ["kind", "id", "state"].map { saga[$0]?.text ?? "" }
    let age = saga["age_seconds"]?.integer.map(age) ?? ""
    let stuck = saga["stuck"] == .bool(true) ? "stuck" : ""
    let later = saga["later_attempts"]?.integer ?? 0
    let reason = [
      saga["reason"]?.text ?? "", later > 0 ? "(tried again by itself: \(later))" : "",
    ]
    return texts + [age] + ["since", "due_at"].map { saga[$0]?.text ?? "" } + [
      saga["overdue_at"]?.text == nil ? stuck : "overdue", saga["waits_for"]?.text ?? "",
      reason.filter { !$0.isEmpty }.joined(separator: " "),
    ]
  }

  /// `3d 4h`, `4h 12m`, `12m 9s`.
  static func age(_ seconds: Int) -> String {
    let parts = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
    let first = parts.firstIndex { seconds >= $0.0 } ?? parts.count - 1
    var rest = max(0, seconds)
    let shown = parts[first...].prefix(2).map { length, letter in
      defer { rest %= length }
      return "\(rest / length)\(letter)"
    }
    return shown.joined(separator: " ")
  }

  static let sagasShow = show("sagas show")
  static let transfersShow = show("transfers show")

  private static func show(_ name: String) -> Command {
    Command(
      name, "Explains one: where it stands, what it waits for, what may be done, its events",
      operandText: "ID", operands: 1...1, options: AdminClient.options + [jsonOption],
      notes: ["ID is a conversion's, batch's, split's or transfer's."] + AdminClient.notes
    ) { (arguments) throws(Failure) in try show(arguments) }
  }

  static let sagasEvidence = Command(
    "sagas evidence", "Writes what a provider's support asks for about a swap, as one JSON object",
    operandText: "ID", operands: 1...1, options: AdminClient.options,
    notes: [
      "ID is a conversion's, batch's, split's or transfer's. Ids, amounts, addresses, transactions",
      "and what happened when; nothing that is only ours: weir sagas evidence ID > case.json",
    ] + AdminClient.notes
  ) { (arguments) throws(Failure) in
    let answer = try AdminClient(arguments).get("/api/admin/sagas/\(try id(arguments))/evidence")
    arguments.terminal.put(answer.written(.asIs))
    return .success
  }

  private static func show(_ arguments: Arguments) throws(Failure) -> ExitCode {
    let client = try AdminClient(arguments)
    let saga = try client.get("/api/admin/sagas/\(try id(arguments))")
    let terminal = arguments.terminal
    if arguments.has("json") {
      terminal.put(saga.written(.asIs))
      return .success
    }
    var steps = TextTable([
      "KIND", "ID", "STATE", "AGE", "SINCE", "DUE", "STUCK", "WAITS FOR", "REASON",
    ])
    for step in saga["steps"]?.items ?? [] { steps.add(row(step)) }
    (steps.lines + [""]).forEach(terminal.put)
    putActionsAndEvents(of: saga, arguments)
    return .success
  }

  /// What may be done about a thing, and its events.
  static func putActionsAndEvents(of saga: JSONValue, _ arguments: Arguments) {
    var actions = TextTable(["ACTION", "", "WHY NOT"])
    for action in saga["actions"]?.items ?? [] {
      let isAllowed = action["allowed"] == .bool(true)
      actions.add([
        action["action"]?.text ?? "", isAllowed ? "may be done" : "no", action["why"]?.text ?? "",
      ])
    }
    var events = TextTable(["POSITION", "AT", "EVENT", "ACTOR", "REMARK"], right: [0])
    for event in saga["events"]?.items ?? [] {
      events.add([
        event["position"]?.integer.map(String.init) ?? "", event["at"]?.text ?? "",
        event["name"]?.text ?? "", event["actor"]?.text ?? "", event["remark"]?.text ?? "",
      ])
    }
    (actions.lines + [""] + events.lines).forEach(arguments.terminal.put)
  }

  static let sagasAsk = action(
    "sagas ask", "Looks at the outside now, whatever call it owes")
  static let sagasHold = action(
    "sagas hold", "Stops it for a person, while nothing has a nonce yet")
  static let sagasRelease = action(
    "sagas release", "Lets it go on that was held, where nothing is paid again")
  static let sagasRetry = action(
    "sagas retry", "Begins anew, where evidence says that nothing was paid and nothing can be")
  static let transfersBump = action(
    "transfers bump", "Offers an eighth more for gas, on the same nonce")
  static let transfersCancel = action(
    "transfers cancel", "Closes its nonce by a transfer of nothing; the payment may still win")
  static let transfersRelease = action(
    "transfers release", "Lets one go on that was parked, or whose nonce moved nothing")

  private static func action(_ name: String, _ summary: String) -> Command {
    Command(
      name, summary, operandText: "ID", operands: 1...1,
      options: acting + AdminClient.options + [jsonOption],
      notes: [
        "ID is a conversion's, batch's, split's or transfer's; weir sagas show ID says what may be",
        "done. Exit code 2 says that it was refused, and why.",
      ] + AdminClient.notes
    ) { (arguments) throws(Failure) in
      let client = try AdminClient(arguments)
      let outcome = try client.post(
        "/api/admin/sagas/\(try id(arguments))/\(name.split(separator: " ").last ?? "")",
        .object(actingBody(arguments)), key: arguments["key"])
      putOutcome(outcome, arguments)
      return .success
    }
  }

  /// What whoever acts says beside the action itself.
  static let acting: [Option] = [
    Option("reason", "TEXT", "why, for the log", isRequired: true),
    Option("actor", "NAME", "who says so, for the log", isRequired: true),
    Option("dry-run", nil, "say what would be appended, and append nothing"),
    Option("key", "KEY", "the same key again is the same request, done once"),
  ]

  static func actingBody(_ arguments: Arguments) -> [JSONMember] {
    [
      JSONMember("reason", .string(arguments.required("reason"))),
      JSONMember("actor", .string(arguments.required("actor"))),
      JSONMember("dry_run", .bool(arguments.has("dry-run"))),
    ]
  }

  /// What was appended, or would be.
  static func putOutcome(_ outcome: JSONValue, _ arguments: Arguments) {
    let terminal = arguments.terminal
    if arguments.has("json") { return terminal.put(outcome.written(.asIs)) }
    let status = outcome["status"]?.text ?? ""
    let words = ["would": "would append:", "unchanged": "it is so already; nothing was appended"]
    terminal.put(words[status] ?? "\(status):")
    for event in outcome["events"]?.items ?? [] {
      let position = event["position"]?.integer.map { "\($0) " } ?? ""
      let remark = event["remark"]?.text.map { "  \($0)" } ?? ""
      terminal.put("  \(position)\(event["name"]?.text ?? "")\(remark)")
    }
  }

  /// The operand, as a path takes it.
  private static func id(_ arguments: Arguments) throws(Failure) -> String {
    let text = arguments.operands[0]
    guard ChannelKey(text: text) != nil, !text.contains("/") else {
      throw Failure(.usage, "ID must be a conversion's, batch's, split's or transfer's")
    }
    return text.replacing("|", with: "%7C")
  }
}
