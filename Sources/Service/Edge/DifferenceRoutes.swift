import Engine
import HTTP
import JSON
import Kernel
import Log

// What ledger and outside differ in: GET /api/admin/differences lists it, POST …/look compares now,
// POST …/{difference}/explain is a person's word on one, and POST …/{difference}/correct has the
// books follow a chain that lost a settled transfer.

extension Call {
  /// Those that stand and nobody has explained; with `all` the explained ones too.
  func listDifferences() {
    guard let isAll = flag("all") else { return }
    parts.gate.inspect { state in
      let standing = state.standingDifferences().filter { isAll || $0.explained == nil }
      read {
        let now = parts.clock()
        let told = parts.comparisons?.told ?? Comparisons.Told()
        send(
          200,
          .object([
            "differences": .array(standing.map { $0.json(at: now) }),
            "comparisons": .integer(told.count),
            "compared_at": told.at.map { .string($0.text) } ?? .null,
            "not_compared": .array(
              told.silent.map {
                .object(["name": .string($0.name), "why": .string($0.why)])
              }),
          ]))
      }
    }
  }

  /// Begins a comparison; its number says when the list has seen it.
  func lookForDifferences() {
    guard let comparisons = parts.comparisons else {
      return refuse(.recoveryOwed, "nothing is compared before recovery is complete")
    }
    send(202, .object(["comparison": .integer(comparisons.ask())]))
  }

  func explainDifference() {
    guard let (number, deed, id, digest) = ruling("operator/explain") else { return }
    parts.gate.submit(
      Submission(
        id: id, digest: digest,
        command: .ledger(.explain(difference: number, reason: deed.reason)), actor: deed.actor)
    ) { answer in
      if let obstacle = obstacle(answer) { return refuse(obstacle) }
      send(200, .object(["difference": .integer(number), "explained": .string(deed.reason)]))
    }
  }

  func correctDifference() {
    guard let (number, deed, id, digest) = ruling("operator/correct") else { return }
    parts.gate.inspect { state in
      guard let difference = state.standingDifferences().first(where: { $0.number == number })
      else { return refuse(Problem(Refusal.differenceUnknown, nil)) }
      guard let transfer = difference.transfer else {
        let why = Refusal.differenceNotCorrectable
        return refuse(Problem(why, why.advice))
      }
      read {
        guard let settled = settled(transfer, by: difference.subject) else {
          return fail("\(transfer) is said to be settled, and the log doesn't have it")
        }
        let command = LedgerCommand.ledger(
          .correct(difference: number, settled, reason: deed.reason))
        parts.gate.submit(
          Submission(id: id, digest: digest, command: command, actor: deed.actor)
        ) { sendDone($0) }
      }
    }
  }

  /// What a person says of one difference, and as which command; nil where it was refused.
  private func ruling(_ kind: String)
    -> (number: Int, deed: Deed, id: CommandID, digest: [UInt8])?
  {
    guard let number = Int(parameters["difference"]), number > 0 else {
      refuse(.notFound)
      return nil
    }
    guard let deed = deed() else { return nil }
    let asked = JSONValue.object(["difference": .integer(number), "body": deed.body])
    guard let (id, digest) = identity(kind, asked) else { return nil }
    return (number, deed, id, digest)
  }

  /// A confirmation as it stands in the log; nil where it doesn't, or can't be read.
  private func settled(_ transfer: TransferID, by hash: String) -> SettledTransfer? {
    guard let stream = StreamName(text: "transfer-\(transfer)"),
      let stored = try? parts.store.read(stream, after: 0, limit: 1_000)
    else { return nil }
    for event in stored {
      guard case .transfer(.confirmed(let fact))? = try? event.event(), fact.hash == hash else {
        continue
      }
      return SettledTransfer(fact)
    }
    return nil
  }
}

extension Difference {
  fileprivate func json(at now: Instant) -> JSONValue {
    let age = max(0, now.microseconds - since.microseconds) / 1_000_000
    return .object([
      "difference": .integer(number), "kind": .string(kind.text), "subject": .string(subject),
      "amount": amount.map(JSONValue.money) ?? .null, "ledger": .string(ledger),
      "outside": .string(outside), "since": .string(since.text),
      "age_seconds": .integer(Int(age)), "explained": explained.map(JSONValue.string) ?? .null,
    ])
  }
}
