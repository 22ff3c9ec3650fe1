import Engine
import HTTP
import JSON
import Kernel
import Log
import Synchronization

// GET /api/admin/sagas lists what runs, GET …/{id} explains one, POST …/{id}/{action} acts on it:
// ask, hold, release, retry; of transfers also bump and cancel. Who, why and what became of it are
// facts.

extension Call {
  func listSagas() {
    guard let limit = number("limit", 1...500, standard: 100),
      let after = number("after", 0...Int(Int32.max), standard: 0),
      let isStuck = flag("stuck"), let isAll = flag("all")
    else { return }
    guard !(isStuck && isAll) else {
      return refuse(.queryInvalid, "what has ended isn't stuck: stuck or all")
    }
    var matches: [(column: String, value: String?)] = isAll ? [] : [("is_ended", "false")]
    for name in ["kind", "channel"] {
      guard let found = only(name) else { return }
      if let value = found.value { matches.append((name, value)) }
    }
    readTables { [matches] in
      do throws(TableReadFailure) {
        let now = parts.clock()
        let position = parts.tables.place
        let page = try parts.tables.sagas(where: matches, after: after, limit: limit)
        // What is due comes first, so that no page behind this one has more of it.
        let shown = isStuck ? page.filter { $0.isStuck(at: now) } : page
        let isMore = shown.count == limit
        send(
          200,
          .object([
            "sagas": .array(shown.map { $0.json(at: now) }),
            "next": isMore ? .integer(after + limit) : .null, "position": .position(position),
          ]), position: position)
      } catch {
        fail(error.words)
      }
    }
  }

  func showSaga() {
    guard let subject = SagaSubject(text: parameters["id"]) else { return refuse(.notFound) }
    parts.gate.inspect { state in
      let split = subject.split(in: state)
      let now = parts.clock()
      let actions = subject.actions.map { action -> JSONValue in
        let decision = subject.decide(action, "why", in: state, at: now)?.decision
        return Self.json(action.text, decision)
      }
      readTables { showSaga(subject, split, actions, at: now) }
    }
  }

  private func showSaga(
    _ subject: SagaSubject, _ split: SplitID?, _ actions: [JSONValue], at now: Instant
  ) {
    do {
      let position = parts.tables.place
      var steps: [SagaRecord] = []
      for key in subject.keys(split) {
        steps += try parts.tables.sagas(
          where: [("kind", key.kind), ("id", key.id)], after: 0, limit: 1)
      }
      guard !steps.isEmpty else { return refuse(.notFound, "no such process") }
      var events: [StoredEvent] = []
      for stream in subject.streams(split) {
        events += try parts.store.read(stream, after: 0, limit: 1_000)
      }
      events.sort { $0.position < $1.position }
      send(
        200,
        .object([
          "id": .string(parameters["id"]), "steps": .array(steps.map { $0.json(at: now) }),
          "actions": .array(actions), "events": .array(try events.map { try Self.json($0) }),
          "position": .position(position),
        ]), position: position)
    } catch {
      fail("\(error)")
    }
  }

  func actOnSaga() {
    guard let subject = SagaSubject(text: parameters["id"]),
      let action = SagaAction(text: parameters["action"]), subject.actions.contains(action)
    else { return refuse(.notFound) }
    guard let deed = deed(canBeTried: true) else { return }
    let asked = JSONValue.object([
      "action": .string(action.text), "id": .string(parameters["id"]), "body": deed.body,
    ])
    guard let (id, digest) = identity("operator", asked) else { return }
    parts.gate.inspect { state in
      let now = parts.clock()
      guard let (command, decision) = subject.decide(action, deed.reason, in: state, at: now) else {
        return refuse(.notFound, "no such process, or none that has begun")
      }
      if deed.isDry { return sendDry(decision) }
      parts.gate.submit(
        Submission(id: id, digest: digest, command: command, actor: deed.actor)
      ) { sendDone($0) }
    }
  }

  /// What would be appended; nothing is.
  func sendDry(_ decision: Decision) {
    switch decision {
    case .accept(let events): sendOutcome("would", events.map { Self.json($0) })
    case .ignore: sendOutcome("unchanged", [])
    case .refuse(let why): refuse(Problem(why, why.advice))
    }
  }

  func sendDone(_ answer: Answer) {
    switch answer {
    case .accepted(let first, let last): sendAppended("done", first, last)
    case .replayed(let first, let last): sendAppended("repeated", first, last)
    case .ignored: sendOutcome("unchanged", [])
    case .refused(let why): refuse(Problem(why, why.advice))
    case .keyReused, .stopping, .full: if let problem = obstacle(answer) { refuse(problem) }
    }
  }

  private func sendAppended(_ status: String, _ first: UInt64, _ last: UInt64) {
    read {
      do throws(StoreError) {
        let stored = try parts.store.read(after: first - 1, limit: Int(last - first) + 1)
        var events: [JSONValue] = []
        for event in stored { events.append(try Self.json(event)) }
        sendOutcome(status, events, position: last)
      } catch {
        fail(error.description)
      }
    }
  }

  private func sendOutcome(_ status: String, _ events: [JSONValue], position: UInt64? = nil) {
    send(
      200,
      .object([
        "status": .string(status), "events": .array(events),
        "position": position.map { .position($0) } ?? .null,
      ]), position: position)
  }

  /// A value of the query that stands once, or not at all; answers itself and gives nil where it is
  /// empty or stands twice.
  func only(_ name: String) -> (name: String, value: String?)? {
    guard request.query.contains(where: { $0.name == name }) else { return (name, nil) }
    guard let value = request.queryValue(name), !value.isEmpty else {
      refuse(.queryInvalid, "\(name) must stand once, with a value")
      return nil
    }
    return (name, value)
  }

  /// True or false of the query; answers itself and gives nil where it is malformed.
  func flag(_ name: String) -> Bool? {
    guard request.query.contains(where: { $0.name == name }) else { return false }
    switch request.queryValue(name) {
    case "true": return true
    case "false": return false
    case _:
      refuse(.queryInvalid, "\(name) must be true or false")
      return nil
    }
  }

  static func json(_ action: String, _ decision: Decision?) -> JSONValue {
    let (isAllowed, why): (Bool, String?) =
      switch decision {
      case .accept: (true, nil)
      case .ignore: (false, "it is so already")
      case .refuse(let why): (false, why.advice ?? why.text)
      case nil: (false, "it has no split yet")
      }
    return .object([
      "action": .string(action), "allowed": .bool(isAllowed),
      "why": why.map(JSONValue.string) ?? .null,
    ])
  }

  private static func json(_ event: LedgerEvent) -> JSONValue {
    .object([
      "name": .string(event.name), "stream": .string(event.place.stream.text),
      "remark": event.remark.map(JSONValue.string) ?? .null,
    ])
  }

  static func json(_ event: StoredEvent) throws(StoreError) -> JSONValue {
    .object([
      "position": .position(event.position), "at": .string(event.at.text),
      "name": .string(event.name), "stream": .string(event.stream),
      "actor": .string(event.actor),
      "remark": try event.event().remark.map(JSONValue.string) ?? .null,
    ])
  }
}

extension SagaRecord {
  fileprivate func json(at now: Instant) -> JSONValue {
    let since = columns.first { $0.name == "since" }?.value.text.flatMap { Instant(text: $0) }
    let age =
      since.map {
        JSONValue.integer(Int(($0.microseconds.distance(to: now.microseconds)) / 1_000_000))
      } ?? .null
    return .object(
      columns + [
        JSONMember("stuck", .bool(isStuck(at: now))), JSONMember("age_seconds", age),
      ])
  }
}

extension String {
  /// 1 to 60 letters, digits and `._@-`: who did something, as the log names people.
  var isActorName: Bool {
    (1...60).contains(utf8.count)
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "@"), UInt8(ascii: "-"):
          true
        case _: false
        }
      }
  }
}
