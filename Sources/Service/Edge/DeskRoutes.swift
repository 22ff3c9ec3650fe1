import HTTP
import JSON
import Kernel
import Log
import Sagas

// What operators look things up in: GET /api/admin/events lists the log's facts, …/{position} shows
// one with its cause and effects, /api/admin/alarms those that need a person. Nothing here changes
// anything; tables and sums are in DeskTables.swift.

extension EdgeRoute {
  static let desk: [EdgeRoute] = [
    EdgeRoute("GET", "/api/admin/alarms", .audits, query: ["before", "limit"]) { $0.listAlarms() },
    EdgeRoute(
      "GET", "/api/admin/events", .audits,
      query: ["after", "until", "stream", "channel", "name", "account", "limit"]
    ) { $0.listEvents() },
    EdgeRoute("GET", "/api/admin/events/{position}", .audits) { $0.showEvent() },
    EdgeRoute("GET", "/api/admin/trial-balance", .audits, query: ["position"]) {
      $0.showTrialBalance()
    },
    EdgeRoute("GET", "/api/admin/projections", .audits, .never("it tells how far the tables are")) {
      $0.listTables()
    },
    EdgeRoute(
      "GET", "/api/admin/projections/{table}", .audits, query: ["after", "limit", "position"]
    ) { $0.showTable() },
    EdgeRoute("GET", "/api/channels/{id}/events/{position}", .reads) { $0.showClientEvent() },
    EdgeRoute("GET", "/api/pay/{order}", .open) { $0.showOrderPayment() },
  ]
}

/// How far one request looks through the log.
private enum Reach {
  static let facts = 20_000
  /// Where effects of a fact are looked for: follow-ups come within a group or two.
  static let effects = 2_000
  /// How far on both sides the other facts of its command are looked for.
  static let together: UInt64 = 50
}

extension Call {
  /// Facts in order, behind a position and up to another; of one stream or one channel, of one
  /// name, and those that move one account of the books.
  func listEvents() {
    guard let limit = number("limit", 1...500, standard: 100),
      let after = number("after", 0...Int.max, standard: 0),
      let until = number("until", 1...Int.max, standard: Int.max)
    else { return }
    let head = parts.store.head.position
    let end = min(UInt64(until), head)
    let name = request.queryValue("name").flatMap { $0.isEmpty ? nil : $0 }
    guard let account = only("account") else { return }
    let source: EventPages
    switch (request.queryValue("stream"), request.queryValue("channel")) {
    case (let text?, nil):
      guard let stream = StreamName(text: text) else {
        return refuse(.queryInvalid, "stream must be family-id")
      }
      source = .stream(stream)
    case (nil, let text?):
      guard let channel = ChannelKey(naming: text),
        (try? parts.store.isRegistered(channel)) ?? false
      else {
        return refuse(.queryInvalid, "channel must be a channel's open id or key")
      }
      source = .channel(channel)
    case (nil, nil): source = .all
    case (_?, _?): return refuse(.queryInvalid, "stream or channel, not both")
    }
    read {
      do throws(StoreError) {
        let page = try source.page(
          in: parts.store, after: UInt64(after), until: end, named: name, moving: account.value,
          limit: limit)
        var events: [JSONValue] = []
        for event in page.events { events.append(try EventLine.json(event)) }
        send(
          200,
          .object([
            "events": .array(events), "next": page.next.map { .position($0) } ?? .null,
            "position": .position(end),
          ]), position: end)
      } catch {
        fail(error.description)
      }
    }
  }

  func showEvent() {
    guard let position = eventPosition() else { return }
    read {
      do throws(StoreError) {
        guard let event = try parts.store.read(after: position - 1, limit: 1).first else {
          return refuse(.notFound, "the log ends before it")
        }
        try sendEvent(event) { _ in true }
      } catch {
        fail(error.description)
      }
    }
  }

  /// One fact of a channel; any other is not there.
  func showClientEvent() {
    guard let channel = knownChannel(), let position = eventPosition() else { return }
    let tag = Tag.channel(channel).text
    read {
      do throws(StoreError) {
        guard let event = try parts.store.read(after: position - 1, limit: 1).first,
          event.tags.contains(tag)
        else { return refuse(.notFound, "no such fact of this channel") }
        try sendEvent(event) { $0.tags.contains(tag) }
      } catch {
        fail(error.description)
      }
    }
  }

  private func eventPosition() -> UInt64? {
    if let position = UInt64(parameters["position"]), (1...(1 << 53)).contains(position) {
      return position
    }
    refuse(.notFound)
    return nil
  }

  private func sendEvent(
    _ event: StoredEvent, showing isShown: (StoredEvent) -> Bool
  ) throws(StoreError) {
    let head = parts.store.head.position
    var cause: JSONValue = .null
    if let position = event.causedBy,
      let before = try parts.store.read(after: position - 1, limit: 1).first, isShown(before)
    {
      cause = try EventLine.json(before)
    }
    var effects: [JSONValue] = []
    for later in try parts.store.read(after: event.position, limit: Reach.effects)
    where later.causedBy == event.position && isShown(later) {
      effects.append(try EventLine.json(later))
    }
    // One command's facts lie side by side.
    var together: [JSONValue] = []
    let start = event.position > Reach.together ? event.position - Reach.together : 1
    for other in try parts.store.read(after: start - 1, limit: 2 * Int(Reach.together) + 1)
    where other.command == event.command && other.position != event.position && isShown(other) {
      together.append(try EventLine.json(other))
    }
    let members: [JSONMember] =
      try EventLine.members(event) + [
        JSONMember("body", EventLine.body(event)),
        JSONMember("hash", .string(HexText.of(event.hash))),
        JSONMember("postings", EventLine.entries(try event.event())),
        JSONMember("cause", cause), JSONMember("together", .array(together)),
        JSONMember("effects", .array(effects)),
      ]
    send(200, .object(members), position: head)
  }

  /// The newest facts that need a person, newest first.
  func listAlarms() {
    guard let limit = number("limit", 1...200, standard: 50),
      let before = number("before", 1...Int.max, standard: Int.max)
    else { return }
    let head = parts.store.head.position
    read {
      do throws(StoreError) {
        let found = try AlarmScan(
          in: parts.store, before: min(UInt64(before), head + 1), limit: limit,
          reach: Reach.facts)
        send(
          200,
          .object([
            "alarms": .array(found.alarms),
            "next": found.from > 1 ? .position(found.from) : .null, "position": .position(head),
          ]), position: head)
      } catch {
        fail(error.description)
      }
    }
  }
}

/// Which facts are listed.
private enum EventPages {
  case all
  case stream(StreamName)
  case channel(ChannelKey)

  /// A page; `next` is where the following one goes on, nil at the end.
  func page(
    in store: any EventStore, after: UInt64, until end: UInt64, named name: String?,
    moving account: String?, limit: Int
  ) throws(StoreError) -> (events: [StoredEvent], next: UInt64?) {
    var found: [StoredEvent] = []
    var place = after
    var version: UInt64 = 0
    var looked = 0
    while place < end, looked < Reach.facts {
      let portion: [StoredEvent]
      switch self {
      case .all: portion = try store.read(after: place, limit: 1_000)
      case .channel(let channel):
        portion = try store.read(.channel(channel), after: place, limit: 1_000)
      case .stream(let stream):
        portion = try store.read(stream, after: version, limit: 1_000)
        version += UInt64(portion.count)
      }
      if portion.isEmpty { return (found, nil) }
      looked += portion.count
      for event in portion where event.position > place {
        if event.position > end { return (found, nil) }
        guard found.count < limit else { return (found, place) }
        place = event.position
        guard name.map({ event.name.hasPrefix($0) }) ?? true else { continue }
        if let account {
          let moved = postings(of: try event.event())
          guard moved.contains(where: { $0.account.text == account }) else { continue }
        }
        found.append(event)
      }
    }
    return (found, place < end ? place : nil)
  }
}

/// Facts that raise an alarm, looked for backwards.
private struct AlarmScan {
  private(set) var alarms: [JSONValue] = []
  /// The position it came down to; 1 where it has seen everything before.
  private(set) var from: UInt64

  init(in store: any EventStore, before: UInt64, limit: Int, reach: Int) throws(StoreError) {
    from = before
    var looked = 0
    while from > 1, looked < reach {
      let start = from > 1_000 ? from - 1_000 : 1
      let portion = try store.read(after: start - 1, limit: Int(from - start))
      for event in portion.reversed() {
        looked += 1
        from = event.position
        guard let alarm = Alarm(try event.event()) else { continue }
        alarms.append(
          .object([
            "kind": .string(alarm.kind), "subject": .string(alarm.subject),
            "reason": .string(alarm.reason), "position": .position(event.position),
            "at": .string(event.at.text), "name": .string(event.name),
          ]))
        if alarms.count == limit { return }
      }
    }
  }
}

/// A fact as operators see it.
enum EventLine {
  static func json(_ event: StoredEvent) throws(StoreError) -> JSONValue {
    .object(try members(event))
  }

  static func members(_ event: StoredEvent) throws(StoreError) -> [JSONMember] {
    [
      JSONMember("position", .position(event.position)), JSONMember("at", .string(event.at.text)),
      JSONMember("name", .string(event.name)), JSONMember("stream", .string(event.stream)),
      JSONMember("version", .position(event.version)), JSONMember("actor", .string(event.actor)),
      JSONMember("command", .string(event.command.text)),
      JSONMember("caused_by", event.causedBy.map { .position($0) } ?? .null),
      JSONMember("tags", .array(event.tags.map(JSONValue.string))),
      JSONMember("remark", try event.event().remark.map(JSONValue.string) ?? .null),
    ]
  }

  /// Families whose bodies are shown; what is known of accounts stays in the log.
  private static let shown = [
    "ledger", "channel", "order", "payment", "accumulation", "conversion", "batch", "split",
    "hostpay", "transfer", "wallet",
  ]

  static func body(_ event: StoredEvent) -> JSONValue {
    guard let family = event.name.split(separator: ".").first, shown.contains(String(family)) else {
      return .null
    }
    return (try? JSONValue.parse(event.body)) ?? .null
  }

  static func entries(_ event: LedgerEvent) -> JSONValue {
    .array(
      postings(of: event).map {
        .object(["account": .string($0.account.text), "amount": .money($0.amount)])
      })
  }
}
