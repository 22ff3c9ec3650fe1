import Engine
import HTTP
import JSON
import Kernel

// What is over a cap, and two people's word for it: GET /api/admin/approvals and
// POST /api/admin/approvals/{transfer}; the same for higher caps, GET /api/admin/caps and
// POST /api/admin/caps/approve.

extension Call {
  func listApprovals() {
    parts.gate.inspect { state in
      let held = state.heldTransfers()
      read { send(200, .object(["transfers": .array(held.map(\.json))])) }
    }
  }

  /// One person's word, bound to the digest of what they were shown; who it is the key says, or the
  /// account.
  func approve() {
    guard let transfer = TransferID(text: parameters["transfer"]) else { return refuse(.notFound) }
    guard let body = object() else { return }
    var fields = FieldReader(body)
    let digest = fields.text("digest", most: 64)
    let approver = approver(&fields)
    if let problem = fields.problem() { return refuse(problem) }
    guard let digest, let approver else { return }
    let asked = JSONValue.object([
      "transfer": .string(transfer.text), "body": body, "approver": .string(approver),
    ])
    guard let (id, bytes) = identity("operator/approve", asked) else { return }
    let command = LedgerCommand.transfer(.approve(transfer, digest: digest, by: approver))
    parts.gate.submit(
      Submission(id: id, digest: bytes, command: command, actor: "operator:\(approver)")
    ) { answer in
      if let obstacle = obstacle(answer) { return refuse(obstacle) }
      parts.gate.inspect { state in
        // The second word lets it pass at once: it may wait no longer by now.
        guard let held = state.heldTransfer(transfer) else {
          return refuse(.notFound, "it doesn't wait for anybody")
        }
        read { send(200, held.json) }
      }
    }
  }
}

extension Call {
  /// The caps in force, and those that wait for two people.
  func showCaps() {
    parts.gate.inspect { state in
      let asked = state.askedCaps
      let json = JSONValue.object([
        "caps": state.caps.json,
        "asked": asked.map { asked in
          .object([
            "caps": asked.caps.json, "digest": .string(asked.digest),
            "approvers": .array(asked.approvers.map(JSONValue.string)),
            "needed": .integer(Limits.approversLeast),
          ])
        } ?? .null,
      ])
      read { send(200, json) }
    }
  }

  func approveCaps() {
    guard let body = object() else { return }
    var fields = FieldReader(body)
    let digest = fields.text("digest", most: 64)
    let approver = approver(&fields)
    if let problem = fields.problem() { return refuse(problem) }
    guard let digest, let approver else { return }
    let asked = JSONValue.object(["body": body, "approver": .string(approver)])
    guard let (id, bytes) = identity("operator/caps", asked) else { return }
    let command = LedgerCommand.ledger(.approveCaps(digest: digest, by: approver))
    parts.gate.submit(
      Submission(id: id, digest: bytes, command: command, actor: "operator:\(approver)")
    ) { answer in
      if let obstacle = obstacle(answer) { return refuse(obstacle) }
      showCaps()
    }
  }
}

extension Caps {
  fileprivate var json: JSONValue {
    .object([
      "transfer": .array(transfer.map(JSONValue.money)),
      "client_day": .array(clientDay.map(JSONValue.money)),
      "wallet_day": .array(walletDay.map(JSONValue.money)),
      "plausible_basis_points": .integer(plausible),
    ])
  }
}

extension HeldTransfer {
  fileprivate var json: JSONValue {
    var what: [JSONMember] = []
    if let id = purpose.batch { what.append(JSONMember("batch", .string(id.text))) }
    if let id = purpose.conversion { what.append(JSONMember("conversion", .string(id.text))) }
    if let id = purpose.payment { what.append(JSONMember("payment", .string(id.text))) }
    return .object([
      "transfer": .string(transfer.text), "channel": .string(channel.text),
      "amount": .money(amount), "purpose": .object(what), "wallet": .string(wallet),
      "asset": .string(asset.text), "reason": .string(reason), "digest": .string(digest),
      "approvers": .array(approvers.map(JSONValue.string)),
      "needed": .integer(Limits.approversLeast),
    ])
  }
}
