import Engine
import HTTP
import JSON
import Kernel

// What a client owes since a payment was taken back that had been paid out:
// GET /api/admin/clients/{channel}/debts, and POST …/net and …/write-off.

/// What a person may do about a debt, in the words of the command line.
private enum DebtAction: String, Word {
  /// It is taken off what waits for the client.
  case net
  /// It is the platform's loss.
  case writeOff = "write-off"
}

extension Call {
  func showDebts() {
    guard let channel = ChannelKey(text: parameters["channel"]) else { return refuse(.notFound) }
    parts.gate.inspect { state in
      guard state.channel(channel) != nil else { return refuse(.notFound, "no such client") }
      let debts = state.debts(of: channel)
      let waiting = state.collected(by: channel).waiting
      read {
        send(
          200,
          .object([
            "channel": .string(channel.text), "owed": .array(debts.map(JSONValue.money)),
            "waiting": .money(waiting),
          ]))
      }
    }
  }

  /// `reason`, and `actor` beside the operators' key; `dry_run` to see what would be appended.
  func ruleOnDebts() {
    guard let channel = ChannelKey(text: parameters["channel"]),
      let action = DebtAction(text: parameters["action"])
    else { return refuse(.notFound) }
    guard let deed = deed(canBeTried: true) else { return }
    let command: LedgerCommand =
      switch action {
      case .net: .channel(.net(channel, reason: deed.reason))
      case .writeOff: .channel(.forgive(channel, reason: deed.reason))
      }
    carryOut(
      command, by: deed, as: "operator/debt",
      asked: .object([
        "action": .string(action.text), "channel": .string(channel.text), "body": deed.body,
      ]))
  }
}
