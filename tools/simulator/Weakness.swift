import HTTP
import Kernel
import Log

/// A rule left out on purpose, to see that the simulator notices.
package enum Weakness: String, CaseIterable, Sendable {
  /// Calls leave before what they rest on is durable.
  case callBeforeSync = "call-before-sync"
  /// A transfer is settled by the newest block, not by the last final one.
  case settleAtHead = "settle-at-head"
  /// Nobody looks whether a command was taken before.
  case forgetCommands = "forget-commands"
}

/// A store that knows no command (`Weakness.forgetCommands`).
final class Forgetful: EventStore {
  let store: FileStore
  init(store: FileStore) { self.store = store }

  var head: LogHead { store.head }
  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try store.version(of: stream)
  }
  func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? { nil }
  func append(_ group: [Proposal]) throws(StoreError) -> [AppendOutcome] {
    try store.append(group)
  }
  func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(after: position, limit: limit)
  }
  func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try store.read(stream, after: version, limit: limit)
  }
  func read(_ tag: Tag, after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try store.read(tag, after: position, limit: limit)
  }
}

extension Parcel {
  /// Asks for the newest block where the service asks for the last final one.
  mutating func settleAtHead() {
    let body = String(decoding: request.body, as: UTF8.self)
    request.body = Array(body.replacing("\"finalized\"", with: "\"latest\"").utf8)
  }
}
