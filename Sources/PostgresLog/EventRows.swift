import Kernel
import Log

/// The log's rows as events and facts, up to a head: what stands behind it is a group whose append
/// hasn't returned yet, and it isn't sure that the standbys have it.
struct EventRows: Sendable {
  let sessions: SessionPool

  private static let columns =
    "e.position, e.stream, e.version, e.name, e.at, e.command, e.caused_by, e.actor, e.tags, "
    + "e.body, e.hash"

  /// Both ends are said, as positions have no gap: by a limit a server that has no statistics of
  /// the table yet sorts all that follows for each page.
  private static let page = "partition = 1 AND position > $1 AND position <= $2"

  func read(
    after position: UInt64, limit: Int, upTo head: UInt64
  ) throws(StoreError) -> [StoredEvent] {
    guard position < head, limit > 0 else { return [] }
    let most = min(UInt64(limit), head - position)
    let rows = try sessions.read(
      "SELECT \(Self.columns) FROM weir.event e WHERE \(Self.page) ORDER BY position",
      [.integer(Int(position)), .integer(Int(position + most))], upTo: head, atLeast: most)
    let events = try rows.events()
    // Positions have no gap, so a row that is missing was taken away.
    for (index, event) in events.enumerated()
    where event.position != position + UInt64(index) + 1 {
      throw Self.missing(position + UInt64(index) + 1)
    }
    guard !events.isEmpty else { throw Self.missing(position + 1) }
    return events
  }

  func read(
    _ stream: StreamName, after version: UInt64, limit: Int, upTo head: UInt64
  ) throws(StoreError) -> [StoredEvent] {
    guard limit > 0 else { return [] }
    return try sessions.read(
      "SELECT \(Self.columns) FROM weir.event e WHERE partition = 1 AND stream = $1 "
        + "AND version > $2 AND position <= $3 ORDER BY version LIMIT $4",
      [
        .text(stream.text), .integer(Int(clamping: version)), .integer(Int(head)),
        .integer(limit),
      ], upTo: head
    ).events()
  }

  func read(
    _ tag: Tag, after position: UInt64, limit: Int, upTo head: UInt64
  ) throws(StoreError) -> [StoredEvent] {
    guard limit > 0 else { return [] }
    return try sessions.read(
      // A row is a group's and has one place at least: so many rows are enough.
      "SELECT \(Self.columns) FROM (SELECT place FROM (SELECT positions FROM weir.event_tag "
        + "WHERE partition = 1 AND tag = $1 AND last > $2 ORDER BY last LIMIT $4) AS rows, "
        + "unnest(rows.positions) AS place WHERE place > $2 AND place <= $3 ORDER BY place LIMIT $4"
        + ") AS found JOIN weir.event e ON e.partition = 1 AND e.position = found.place "
        + "ORDER BY e.position",
      [
        .text(tag.text), .integer(Int(clamping: position)), .integer(Int(head)), .integer(limit),
      ], upTo: head
    ).events()
  }

  func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms, upTo head: UInt64,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    guard position < head, limit > 0 else { return position }
    // No more than a page of bodies is in memory, however much is asked for.
    let end = position + min(UInt64(limit), head - position)
    var last = position
    while last < end {
      let most = min(4_096, end - last)
      let rows = try sessions.read(
        "SELECT e.position, e.name, e.at, e.body FROM weir.event e WHERE \(Self.page) "
          + "ORDER BY position",
        [.integer(Int(last)), .integer(Int(last + most))], upTo: head, atLeast: most)
      guard rows.count > 0 else { throw Self.missing(last + 1) }
      for row in 0..<rows.count {
        guard rows.integer(row, 0) == Int(last) + 1 else { throw Self.missing(last + 1) }
        last += 1
        if let fact = try rows.fact(row, wanting: forms) { try take(fact) }
      }
    }
    return last
  }

  /// How many events a stream has, up to a head.
  func version(of stream: StreamName, upTo head: UInt64) throws(StoreError) -> UInt64 {
    let rows = try sessions.read(
      "SELECT version FROM weir.event WHERE partition = 1 AND stream = $1 AND position <= $2 "
        + "ORDER BY version DESC LIMIT 1",
      [.text(stream.text), .integer(Int(head))], upTo: head)
    return rows.count == 1 ? UInt64(rows.integer(0, 0)) : 0
  }

  /// What the command did whose first event is at a position.
  func outcome(at first: UInt64) throws(StoreError) -> CommandOutcome {
    let rows = try sessions.read(
      "SELECT position, command_digest, command_events FROM weir.event "
        + "WHERE partition = 1 AND position = $1 AND command_digest IS NOT NULL",
      [.integer(Int(first))], upTo: first, atLeast: 1)
    guard let outcome = rows.outcome() else {
      throw .damaged(Damage(position: first, what: "it is no command's first event any more"))
    }
    return outcome
  }

  /// What a command did, up to a head; nil where that is nothing.
  func outcome(of command: CommandID, upTo head: UInt64) throws(StoreError) -> CommandOutcome? {
    try sessions.read(
      "SELECT position, command_digest, command_events FROM weir.event WHERE partition = 1 "
        + "AND command = $1 AND command_digest IS NOT NULL AND position <= $2",
      [.text(command.text), .integer(Int(head))], upTo: head
    ).outcome()
  }

  private static func missing(_ position: UInt64) -> StoreError {
    .damaged(Damage(position: position, what: "its row is missing"))
  }
}

extension SQLRows {
  fileprivate func events() throws(StoreError) -> [StoredEvent] {
    var events: [StoredEvent] = []
    events.reserveCapacity(count)
    for row in 0..<count {
      let position = UInt64(integer(row, 0))
      guard let command = CommandID(utf8: bytes(row, 5)) else {
        throw .damaged(Damage(position: position, what: "its command's id is none"))
      }
      events.append(
        StoredEvent(
          position: position, stream: text(row, 1), version: UInt64(integer(row, 2)),
          name: text(row, 3), at: instant(row, 4), command: command,
          causedBy: isNull(row, 6) ? nil : UInt64(integer(row, 6)), actor: text(row, 7),
          tags: texts(row, 8), body: [UInt8](bytes(row, 9)), hash: [UInt8](bytes(row, 10))))
    }
    return events
  }

  /// The fact of a row of position, name, time and body; nil where it isn't wanted.
  fileprivate func fact(_ row: Int, wanting forms: FactForms) throws(StoreError) -> Recorded? {
    let position = UInt64(integer(row, 0))
    guard let form = FactForm.named(utf8: bytes(row, 1)) else {
      throw .unknownName(text(row, 1), position: position)
    }
    guard forms.contains(form) else { return nil }
    do throws(BodyFailure) {
      return Recorded(position: position, at: instant(row, 2), event: try form.read(bytes(row, 3)))
    } catch {
      throw .damaged(Damage(position: position, what: "not the body of \(form.name): \(error)"))
    }
  }

  /// What the command of the one row did.
  fileprivate func outcome() -> CommandOutcome? {
    guard count == 1 else { return nil }
    let first = UInt64(integer(0, 0))
    return CommandOutcome(
      digest: [UInt8](bytes(0, 1)), first: first, last: first + UInt64(integer(0, 2)) - 1)
  }
}
