import Engine
import HTTP
import JSON
import Kernel
import Log
import Tables

// Tables made anew from the log: POST /api/admin/projections/{table}/compare makes one aside and
// tells the rows that differ, …/rebuild switches it in besides, …/restore goes back to the one
// before; GET /api/admin/rebuild tells how far it is. Tables aren't facts, so what becomes of it
// isn't in the log; that somebody asked for it, and why, is.

extension Call {
  func beginRebuild(_ kind: TableWork) {
    let table = parameters["table"]
    guard let rebuilds = parts.rebuilds, rebuilds.holds(table) else {
      return refuse(.notFound, "no such table")
    }
    guard let deed = deed() else { return }
    guard !rebuilds.isRunning else { return refuse(.rebuildRunning) }
    let asked = JSONValue.object([
      "kind": .string(kind.text), "table": .string(table), "body": deed.body,
    ])
    guard let (id, digest) = identity("operator/table", asked) else { return }
    parts.gate.submit(
      Submission(
        id: id, digest: digest, command: .ledger(.askTable(kind, table, reason: deed.reason)),
        actor: deed.actor)
    ) { answer in
      if let problem = obstacle(answer) { return refuse(problem) }
      // What was asked for before isn't done once more.
      if case .accepted = answer {
        guard rebuilds.begin(kind, table, actor: deed.person, reason: deed.reason) else {
          return refuse(.rebuildRunning)
        }
      }
      send(
        202, .object(["table": .string(table), "kind": .string(kind.text)]),
        position: answer.position)
    }
  }

  /// The last one asked for since the service started; null for none.
  func showRebuild() {
    let head = parts.store.head.position
    send(
      200,
      .object([
        "job": parts.rebuilds?.last?.json ?? .null, "position": .position(head),
      ]), position: head)
  }
}

extension Rebuilds.Job {
  fileprivate var json: JSONValue {
    var state = "running"
    var report: RebuildReport?
    var why: String?
    switch phase {
    case .running: break
    case .done(let found):
      state = "done"
      report = found
    case .failed(let words):
      state = "failed"
      why = words
    }
    return .object([
      "kind": .string(kind.rawValue), "table": .string(table), "actor": .string(actor),
      "reason": .string(reason), "began_at": .string(beganAt.text),
      "ended_at": endedAt.map { .string($0.text) } ?? .null, "state": .string(state),
      "why": why.map(JSONValue.string) ?? .null, "done": .position(done),
      "total": .position(total), "facts_per_second": .integer(factsPerSecond),
      "report": report?.json ?? .null,
    ])
  }
}

extension RebuildReport {
  fileprivate var json: JSONValue {
    .object([
      "rows": .integer(rows), "digest": .string(digest), "position": .position(place),
      "differing": differing.map(JSONValue.integer) ?? .null,
      "differences": .array(
        differences.map { difference in
          .object([
            "key": .array(difference.key.map(JSONValue.string)),
            "columns": .array(
              difference.columns.map { column in
                func text(_ row: TableRecord?) -> JSONValue {
                  row?[column]?.text.map(JSONValue.string) ?? .null
                }
                return .object([
                  "column": .string(column), "was": text(difference.live),
                  "is": text(difference.rebuilt),
                ])
              }),
            "positions": .array(Set(difference.positions).sorted().map(JSONValue.integer)),
          ])
        }),
    ])
  }
}
