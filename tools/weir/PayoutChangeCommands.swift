import JSON
import Kernel

extension Command {
  static let payoutChangesList = Command(
    "payout-changes list", "Lists the changes of owners' wallets that wait for their time",
    options: AdminClient.options + [jsonOption],
    notes: ["Until its time money goes where it went; then the change takes effect by itself."]
      + AdminClient.notes
  ) { (arguments) throws(Failure) in
    let answer = try AdminClient(arguments).get("/api/admin/payout-changes")
    let terminal = arguments.terminal
    for change in answer["changes"]?.items ?? [] {
      guard !arguments.has("json") else {
        terminal.put(change.written(.asIs))
        continue
      }
      func text(_ name: String) -> String { change[name]?.text ?? "" }
      terminal.put(
        "\(text("channel"))  from \(text("effective_at"))  \(text("client_payout_currency")) on "
          + "\(text("client_payout_network")) to \(text("client_wallet_address"))")
    }
    return .success
  }

  static let payoutChangesCancel = Command(
    "payout-changes cancel", "Cancels the change of an owner's wallet before its time",
    operandText: "CHANNEL", operands: 1...1,
    options: acting + AdminClient.options + [jsonOption],
    notes: ["Exit code 2 says that it was refused: none waits, or it has taken effect."]
      + AdminClient.notes
  ) { (arguments) throws(Failure) in
    let outcome = try AdminClient(arguments).post(
      "/api/admin/payout-changes/\(try client(arguments))/cancel",
      .object(actingBody(arguments)), key: arguments["key"])
    putOutcome(outcome, arguments)
    return .success
  }
}
