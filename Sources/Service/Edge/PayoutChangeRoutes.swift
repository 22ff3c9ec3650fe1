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
    guard let deed = deed(canBeTried: true) else { return }
    carryOut(
      .channel(.cancelPayoutChange(channel, reason: deed.reason)), by: deed,
      as: "operator/payout-change",
      asked: .object(["channel": .string(channel.text), "body": deed.body]))
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
