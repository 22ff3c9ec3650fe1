import Engine
import HTTP
import JSON
import Kernel
import Log

// Stopping every signature by one request, and letting them go on: GET and POST /api/admin/freeze,
// POST /api/admin/unfreeze. Payments are taken in and reads work meanwhile.

extension Call {
  /// Since when nothing is signed, and on whose word.
  func showFreeze() {
    parts.gate.inspect { state in
      let isFrozen = state.frozen != nil
      read {
        do throws(StoreError) {
          send(200, .object(try described(isFrozen: isFrozen)))
        } catch {
          fail(error.description)
        }
      }
    }
  }

  func freeze() { askOperator("freeze") { .ledger(.freeze(reason: $0)) } }
  func unfreeze() { askOperator("unfreeze") { .ledger(.unfreeze(reason: $0)) } }

  /// A command that is nothing but a person's word: `reason`, and `actor` for the log.
  private func askOperator(_ name: String, _ command: (String) -> LedgerCommand) {
    guard let body = object() else { return }
    var fields = FieldReader(body)
    let reason = fields.text("reason", most: Limits.descriptionMost)
    let actor = person(&fields)
    if let problem = fields.problem() { return refuse(problem) }
    guard let reason, let actor, let identity = identity("ledger/\(name)", body) else { return }
    parts.gate.submit(
      Submission(
        id: identity.id, digest: identity.digest, command: command(reason),
        actor: "operator:\(actor)")
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
