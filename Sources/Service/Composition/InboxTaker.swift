import Foundation
import HTTP
import JSON
import Kernel
import Log
import PostgresLog
import Synchronization

/// Takes what other nodes put into the inbox, on the node that holds the lane: each webhook goes
/// through the route that it would have come by here.
///
/// What became of it is noted once the log has the outcome, so that a node which dies in between
/// takes it once more, and that changes nothing. What a route refuses is noted too, and not tried
/// again; what it couldn't do just now is.
final class InboxTaker: Sendable {
  /// An oldest row of that age is an alarm.
  static let lateSeconds = 60

  private let inbox: PostgresInbox
  private let store: PostgresStore
  private let configuration: Configuration
  private let stopping = Mutex(false)
  private let isRunning = Mutex(false)
  private let ended = DispatchSemaphore(value: 0)
  private let held = Mutex(Readiness.Inbox(waiting: 0, oldestSeconds: 0))
  private let groupMost = 128

  /// What waits, as of a moment ago.
  var backlog: Readiness.Inbox { held.withLock { $0 } }

  init(_ inbox: PostgresInbox, _ store: PostgresStore, _ configuration: Configuration) {
    self.inbox = inbox
    self.store = store
    self.configuration = configuration
  }

  func start(_ edge: Edge, _ metrics: Metrics, _ logger: Logger) {
    isRunning.withLock { $0 = true }
    let thread = Thread { [self] in run(edge, metrics, logger) }
    thread.name = "inbox"
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Ends once what is under way is noted, or can't be.
  func stop() {
    stopping.withLock { $0 = true }
    if isRunning.withLock({ $0 }) { ended.wait() }
  }

  private var isStopping: Bool { stopping.withLock { $0 } }

  private func run(_ edge: Edge, _ metrics: Metrics, _ logger: Logger) {
    defer { ended.signal() }
    var told: String?
    var isLate = false
    var unopened: UInt64? = 0
    while !isStopping {
      do throws(StoreError) {
        try look(metrics, logger, &isLate)
        unopened = try unopened.flatMap { (last) throws(StoreError) in
          try takeUnopened(after: last, edge, metrics, logger)
        }
        if try !takeSome(edge, metrics, logger) { try inbox.wait(milliseconds: 250) }
        told = nil
      } catch {
        let why = "\(error)"
        if told != why { logger.warning("inbox_failed", ["why": .text(why)]) }
        told = why
        Thread.sleep(forTimeInterval: 0.25)
      }
    }
  }

  private func look(
    _ metrics: Metrics, _ logger: Logger, _ isLate: inout Bool
  ) throws(StoreError) {
    let found = try inbox.backlog(atLeast: store.head.position)
    let backlog = Readiness.Inbox(waiting: found.waiting, oldestSeconds: found.oldestSeconds)
    held.withLock { $0 = backlog }
    metrics.note(backlog)
    let wasLate = isLate
    isLate = backlog.oldestSeconds >= Self.lateSeconds
    guard isLate, !wasLate else { return }
    metrics.noteAlarm("inbox_late")
    logger.warning(
      "alarm",
      [
        "kind": "inbox_late", "waiting": .integer(backlog.waiting),
        "seconds": .integer(backlog.oldestSeconds),
      ])
  }

  /// False where nothing waits, or nothing can be done just now.
  private func takeSome(
    _ edge: Edge, _ metrics: Metrics, _ logger: Logger
  ) throws(StoreError) -> Bool {
    guard backlog.waiting > 0 else { return false }
    let rows = try inbox.rows(limit: groupMost)
    let outcomes = outcomes(of: rows, edge, metrics, logger)
    guard !outcomes.isEmpty else { return false }
    try inbox.note(outcomes, for: store)
    return outcomes.count == rows.count
  }

  /// Tries rows again that an earlier node couldn't open; gives how far it came, and nil where
  /// there are no more.
  ///
  /// Their outcome stays: a row that was taken by an earlier start is known by its command.
  private func takeUnopened(
    after last: UInt64, _ edge: Edge, _ metrics: Metrics, _ logger: Logger
  ) throws(StoreError) -> UInt64? {
    let rows = try inbox.unopened(after: last, limit: groupMost)
    guard !rows.isEmpty else { return nil }
    return outcomes(of: rows, edge, metrics, logger).last?.row.number ?? last
  }

  /// What became of the rows, up to the first that is to be tried again.
  private func outcomes(
    of rows: [PostgresInbox.Row], _ edge: Edge, _ metrics: Metrics, _ logger: Logger
  ) -> [(row: PostgresInbox.Row, outcome: String)] {
    let answers = Mutex<[UInt64: HTTPResponse]>([:])
    let group = DispatchGroup()
    var lost: Set<UInt64> = []
    // All are asked before any is waited for, so that one sync has them all.
    for row in rows {
      let message = row.message
      guard let kind = KeptWebhook.Kind(rawValue: message.kind),
        let webhook = KeptWebhook(kind, at: message.at, sealed: message.sealed, configuration)
      else {
        lost.insert(row.number)
        continue
      }
      group.enter()
      edge.take(webhook) { response in
        if let response { answers.withLock { $0[row.number] = response } }
        group.leave()
      }
    }
    group.wait()
    let found = answers.withLock { $0 }
    var outcomes: [(row: PostgresInbox.Row, outcome: String)] = []
    for row in rows {
      if lost.contains(row.number) {
        // Only the secret that it came with opens it: nobody can say what it says.
        metrics.noteInbox("unopened")
        metrics.noteAlarm("inbox_unopened")
        logger.error(
          "alarm", ["kind": "inbox_unopened", "row": .integer(Int(row.number))])
        outcomes.append((row, PostgresInbox.unopened))
        continue
      }
      // Whatever went wrong here is tried again: only what the route has ruled on is taken.
      guard let response = found[row.number], response.status < 500 else { break }
      metrics.noteInbox(response.status == 200 ? "taken" : "refused")
      if response.status != 200 {
        logger.warning(
          "inbox_refused",
          ["row": .integer(Int(row.number)), "outcome": .text(Self.words(response))])
      }
      outcomes.append((row, Self.words(response)))
    }
    return outcomes
  }

  /// The status, and the answer's own words for it.
  private static func words(_ response: HTTPResponse) -> String {
    let body = try? JSONValue.parse(response.body)
    let words = ["code", "status", "reason"].compactMap { body?[$0]?.text }
    return String(([String(response.status)] + words).joined(separator: " ").prefix(200))
  }
}
