import Foundation
import Kernel
import Log
import PostgresLog
import Synchronization

/// The way into the inbox, on a node that stands by: many requests' webhooks in one commit.
///
/// Its sender knows that a webhook is taken once the standbys have it; whatever isn't known to be
/// there is sent again, and another row of the same does nothing.
public final class InboxDoor: Sendable {
  private struct Waiting {
    let webhook: KeptWebhook
    let sealed: [UInt8]
    let then: @Sendable (Bool) -> Void
  }

  private struct Queue {
    var waiting: [Waiting] = []
    var isStopping = false
    var isRunning = false
    var why: String?
  }

  private let inbox: PostgresInbox
  private let metrics: Metrics
  private let logger: Logger
  private let queue = Mutex(Queue())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  /// Requests that wait; beyond it the sender is to come again.
  private let most = 1_024
  private let groupMost = 128

  init(_ inbox: PostgresInbox, _ metrics: Metrics, _ logger: Logger) {
    self.inbox = inbox
    self.metrics = metrics
    self.logger = logger
  }

  func start() {
    queue.withLock { $0.isRunning = true }
    let thread = Thread { [self] in run() }
    thread.name = "inbox"
    thread.start()
  }

  /// Ends once what waits is answered.
  func stop() {
    let isRunning = queue.withLock { queue in
      queue.isStopping = true
      return queue.isRunning
    }
    wake.signal()
    if isRunning { ended.wait() }
  }

  /// `then` is called once, on the door's thread: whether it is durable.
  func keep(
    _ webhook: KeptWebhook, _ sealed: [UInt8], then: @escaping @Sendable (Bool) -> Void
  ) {
    let isQueued = queue.withLock { queue in
      guard !queue.isStopping, queue.isRunning, queue.waiting.count < most else { return false }
      queue.waiting.append(Waiting(webhook: webhook, sealed: sealed, then: then))
      return true
    }
    if isQueued { wake.signal() } else { then(false) }
  }

  private func run() {
    defer { ended.signal() }
    while true {
      let (group, isStopping) = queue.withLock { queue in
        let group = Array(queue.waiting.prefix(groupMost))
        queue.waiting.removeFirst(group.count)
        return (group, queue.isStopping)
      }
      if !group.isEmpty {
        put(group)
      } else if isStopping {
        return
      } else {
        wake.wait()
      }
    }
  }

  private func put(_ group: [Waiting]) {
    var why: String?
    do throws(StoreError) {
      try inbox.put(
        group.map { one in
          PostgresInbox.Message(
            kind: one.webhook.kind.rawValue, at: one.webhook.at, sealed: one.sealed)
        })
    } catch { why = "\(error)" }
    for one in group {
      metrics.noteInbox(why == nil ? "kept" : "unknown")
      one.then(why == nil)
    }
    if why == nil { inbox.ring() }
    let isNews = queue.withLock { queue in
      defer { queue.why = why }
      return queue.why != why
    }
    if isNews, let why { logger.warning("inbox_failed", ["why": .text(why)]) }
  }
}
