import Engine
import HTTP
import JSON
import Kernel

// Changes of where channels' money goes that wait for their time:
// GET /api/admin/payout-changes, and POST …/{channel}/cancel.

extension Call {
  func listPayoutChanges() {
    parts.gate.inspect { state in
      let held = state.heldPayoutChanges
      read {
        send(
          200,
          .object([
            "changes": .array(
              held.map { change in
                .object([JSONMember("channel", .string(change.channel.text))] + change.members)
              })
          ]))
      }
    }
  }

  /// `reason`, and `actor` beside the operators' key; `dry_run` to see what would be appended.
  func cancelHeldPayoutChange() {
    guard let channel = ChannelKey(text: parameters["channel"]) else { return refuse(.notFound) }
    guard let body = object() else { return }
    var fields = FieldReader(body)
    let reason = fields.text("reason", most: Limits.descriptionMost)
    let actor = person(&fields)
    let isDry = fields.flag("dry_run", standard: false)
    if let problem = fields.problem() { return refuse(problem) }
    guard let reason, let actor else { return }
    let asked = JSONValue.object(["channel": .string(channel.text), "body": body])
    guard let (id, digest) = identity("operator/payout-change", asked) else { return }
    let command = LedgerCommand.channel(.cancelPayoutChange(channel, reason: reason))
    guard !isDry else {
      return parts.gate.inspect { state in sendDry(state.decide(command, at: parts.clock())) }
    }
    parts.gate.submit(
      Submission(id: id, digest: digest, command: command, actor: "operator:\(actor)")
    ) { sendDone($0) }
  }
}

extension ChannelEvent.PayoutChangeHeld {
  fileprivate var members: [JSONMember] {
    [
      JSONMember("client_wallet_address", .string(wallet)),
      JSONMember("client_payout_currency", .string(asset.currency)),
      JSONMember("client_payout_network", .string(asset.network)),
      JSONMember("effective_at", .string(effective.text)),
    ]
  }

  /// As its channel shows it.
  var json: JSONValue { .object(members) }
}
