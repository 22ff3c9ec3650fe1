import JSON
import Kernel

extension Command {
  static let debtsShow = Command(
    "debts show", "Shows what a client owes since a payment was taken back after its payout",
    operandText: "CHANNEL", operands: 1...1, options: AdminClient.options + [jsonOption],
    notes: AdminClient.notes
  ) { (arguments) throws(Failure) in
    let debts = try AdminClient(arguments).get("/api/admin/clients/\(try client(arguments))/debts")
    let terminal = arguments.terminal
    guard !arguments.has("json") else {
      terminal.put(debts.written(.asIs))
      return .success
    }
    func text(_ money: JSONValue?) -> String {
      "\(money?["amount"]?.text ?? "") \(money?["asset"]?.text ?? "")"
    }
    let owed = (debts["owed"]?.items ?? []).map(text)
    terminal.put("owes: \(owed.isEmpty ? "nothing" : owed.joined(separator: ", "))")
    terminal.put("waits for it: \(text(debts["waiting"]))")
    return .success
  }

  static let debtsNet = debts(
    "debts net", "Takes what a client owes off what waits for it",
    ["What is being converted or paid out isn't touched: ask again when more has come in."])
  static let debtsWriteOff = debts(
    "debts write-off", "Books what a client owes as the platform's loss", [])

  private static func debts(_ name: String, _ summary: String, _ notes: [String]) -> Command {
    Command(
      name, summary, operandText: "CHANNEL", operands: 1...1,
      options: acting + AdminClient.options + [jsonOption], notes: notes + AdminClient.notes
    ) { (arguments) throws(Failure) in
      let action = name.split(separator: " ").last ?? ""
      let outcome = try AdminClient(arguments).post(
        "/api/admin/clients/\(try client(arguments))/debts/\(action)",
        .object(actingBody(arguments)), key: arguments["key"])
      putOutcome(outcome, arguments)
      return .success
    }
  }

  private static func client(_ arguments: Arguments) throws(Failure) -> String {
    let text = arguments.operands[0]
    guard ChannelKey(text: text) != nil, !text.contains("/"), !text.contains("|"),
      !text.contains("+")
    else { throw Failure(.usage, "CHANNEL must be a client's key, such as ch-1001234567890") }
    return text
  }
}
