import Engine
import HTTP
import JSON
import Kernel
import Log

// Stopping every signature by one request, and letting them go on by two people's: GET and POST
// /api/admin/freeze, POST /api/admin/unfreeze. Payments are taken in and reads work meanwhile.

extension Call {
  /// Since when nothing is signed, and on whose word.
  func showFreeze() {
    parts.gate.inspect { state in
      let isFrozen = state.frozen != nil
      let approvers = JSONValue.array(state.unfreezers.map(JSONValue.string))
      read {
        do throws(StoreError) {
          let words = isFrozen ? [JSONMember("approvers", approvers)] : []
          send(200, .object(try described(isFrozen: isFrozen) + words))
        } catch {
          fail(error.description)
        }
      }
    }
  }

  /// One operator's word is enough: `reason`, and `actor` for the log.
  func freeze() {
    guard let deed = deed(), let identity = identity("ledger/freeze", deed.body) else { return }
    ask(identity, .ledger(.freeze(reason: deed.reason)), by: deed.person)
  }

  /// One of the two words that it takes: `reason`; who it is the key or the account says.
  func unfreeze() {
    guard let body = object() else { return }
    var fields = FieldReader(body)
    let reason = fields.text("reason", most: Limits.descriptionMost)
    let approver = approver(&fields)
    if let problem = fields.problem() { return refuse(problem) }
    guard let reason, let approver else { return }
    let asked = JSONValue.object(["body": body, "approver": .string(approver)])
    guard let identity = identity("ledger/unfreeze", asked) else { return }
    ask(identity, .ledger(.unfreeze(reason: reason, by: approver)), by: approver)
  }

  private func ask(
    _ identity: (id: CommandID, digest: [UInt8]), _ command: LedgerCommand, by actor: String
  ) {
    parts.gate.submit(
      Submission(
        id: identity.id, digest: identity.digest, command: command, actor: "operator:\(actor)")
    ) { answer in
      if let obstacle = obstacle(answer) { return refuse(obstacle) }
      showFreeze()
    }
  }

  private func described(isFrozen: Bool) throws(StoreError) -> [JSONMember] {
    guard isFrozen, let (stored, fact) = try lastFreeze() else {
      return [JSONMember("frozen", .bool(false))]
    }
    return [
      JSONMember("frozen", .bool(true)), JSONMember("reason", .string(fact.reason)),
      JSONMember("actor", .string(stored.actor)), JSONMember("since", .string(stored.at.text)),
      JSONMember("position", .position(stored.position)),
    ]
  }

  private func lastFreeze() throws(StoreError) -> (StoredEvent, GenesisEvent.Frozen)? {
    guard let stream = StreamName(text: "ledger-main") else { return nil }
    var found: (StoredEvent, GenesisEvent.Frozen)?
    var version: UInt64 = 0
    while true {
      let page = try parts.store.read(stream, after: version, limit: 1_000)
      for stored in page {
        if case .ledger(.frozen(let fact)) = try stored.event() { found = (stored, fact) }
      }
      version += UInt64(page.count)
      if page.count < 1_000 { return found }
    }
  }
}
