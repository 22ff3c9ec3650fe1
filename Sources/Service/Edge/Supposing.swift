import Engine
import HTTP
import JSON
import Kernel
import Log

// Requests about another world: `?asof=` asks a read about the log as it was, `?dry_run=true` asks
// a write what it would do. Routes don't know of it: they are handed that world's store, tables,
// accounts and gate instead of the present ones (PastWorld, TrialGate).

/// How a route takes `?asof=`, where it reads, or `?dry_run=true`, where it writes.
enum Supposing: Sendable {
  /// Its handler is handed that world.
  case world
  /// The same, and what it tells is of accounts themselves.
  case people
  /// Its handler knows better by itself.
  case itself
  /// It refuses, and says why.
  case never(String)
}

extension Call {
  /// Hands the call to its route's handler, in the world it asks about.
  func begin(_ route: EdgeRoute) {
    let isRead = route.method == "GET"
    // A name that stands twice would be none to its reader, and dropped unseen.
    if let twice = repeatedName { return refuse(.queryInvalid, "\(twice) stands there twice") }
    guard !isAsked(isRead ? "dry_run" : "asof") else {
      return refuse(.queryInvalid, "asof is for reads; dry_run is for writes")
    }
    if let names = route.query,
      let unknown = unknownName(but: names + [isRead ? "asof" : "dry_run"])
    {
      return refuse(.queryInvalid, unknown)
    }
    if isRead {
      guard isAsked("asof") else { return route.handler(self) }
      switch route.supposing {
      case .itself: route.handler(self)
      case .never(let why): refuse(.asOfRefused, why)
      case .world: beginInPast(route, ofPeople: false)
      case .people: beginInPast(route, ofPeople: true)
      }
    } else {
      guard let isDry = isDryRun() else { return }
      guard isDry else { return route.handler(self) }
      switch route.supposing {
      case .never(let why): refuse(.dryRunRefused, why)
      case .itself: route.handler(onTrial(parts.gate))
      case .world, .people:
        route.handler(onTrial(TrialGate(base: parts.gate, clock: parts.clock) { sendTrial($0) }))
      }
    }
  }

  private var repeatedName: String? {
    var names: Set<String> = []
    return request.query.first { !names.insert($0.name).inserted }?.name
  }

  /// What is wrong with the first name that isn't one of these: a misspelt `dry_run` would write.
  private func unknownName(but names: [String]) -> String? {
    request.query.first { !names.contains($0.name) }.map {
      "there is no \($0.name.prefix(100)) here: \(names.joined(separator: ", "))"
    }
  }

  private func isAsked(_ name: String) -> Bool { request.query.contains { $0.name == name } }

  // MARK: As of then

  /// The position that `asof` names, and the time of the clock then; answers itself and gives nil
  /// where it can't be taken.
  func wantedPast() -> (position: UInt64, at: Instant?)? {
    guard let asOf = request.queryValue("asof").flatMap(AsOf.init) else {
      refuse(.queryInvalid, "asof must be a position, or a time such as 2026-11-24T16:47:11Z")
      return nil
    }
    switch asOf {
    case .time(let time):
      do throws(StoreError) {
        return (try parts.store.position(asOf: time), min(time, parts.clock()))
      } catch {
        fail(error.description)
        return nil
      }
    case .position(let position):
      let head = parts.store.head.position
      guard position <= head else {
        refuse(.positionAhead, "the log ends at position \(head)")
        return nil
      }
      return (position, nil)
    }
  }

  private func beginInPast(_ route: EdgeRoute, ofPeople: Bool) {
    let isQueued = pasts.threads.run {
      guard let (position, at) = wantedPast() else { return }
      do throws(StoreError) {
        let world = try pasts.world(at: position, of: parts.store)
        var call = self
        call.asOf = position
        call.readers = pasts.threads
        call.parts.store = world.store
        call.parts.tables = world
        call.parts.gate = PastGate(world, parts.gate) { fail($0) }
        call.parts.comparisons = nil
        let then = at ?? world.store.head.at ?? .blank
        call.parts.clock = { then }
        if ofPeople, !(try call.goBack(to: world)) {
          return refuse(.notFound, "the account wasn't there yet")
        }
        route.handler(call)
      } catch {
        fail(error.description)
      }
    }
    if !isQueued { refuse(.busy) }
  }

  /// Accounts as they were; false where the caller's wasn't there yet.
  ///
  /// Who may ask is a matter of now: only what is told is of then.
  private mutating func goBack(to world: PastWorld) throws(StoreError) -> Bool {
    guard route.hasPrefix("/api/admin/") else {
      guard let caller else { return true }
      let facts = try world.store.allFacts(with: .account(caller.account.id))
      var accounts = Accounts()
      for case .account(let event) in facts.map(\.event) { accounts.take(event) }
      guard let account = accounts[caller.account.id] else { return false }
      principal = .account(caller.with(account))
      return true
    }
    parts.accounts = parts.accounts?.with(try world.directory())
    return true
  }

  // MARK: Trying out

  /// `?dry_run=true`; answers itself and gives nil for another word.
  func isDryRun() -> Bool? {
    isAsked("dry_run") ? flag("dry_run") : false
  }

  private func onTrial(_ gate: any Gate) -> Call {
    var call = self
    call.isTrial = true
    call.parts.gate = gate
    return call
  }

  /// The names of facts that would follow; none where nothing would.
  func sendTrial(_ names: [String]) {
    send(
      200,
      .object(["dry_run": .bool(true), "would": .array(names.map { .string($0) })]),
      position: parts.store.head.position)
  }
}

/// A gate that decides and does nothing: the first command that would be taken is the answer.
///
/// What is refused is the handler's to answer, as it would be.
struct TrialGate: Gate {
  let base: any Gate
  let clock: @Sendable () -> Instant
  let send: @Sendable ([String]) -> Void

  func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void) {
    base.inspect { state in
      switch state.decide(submission.command, at: clock()) {
      case .accept(let events): send(events.map(\.name))
      case .ignore: send([])
      case .refuse(let refusal): then(.refused(refusal))
      }
    }
  }

  func inspect(_ read: @escaping @Sendable (LedgerState) -> Void) { base.inspect(read) }
  var readiness: Readiness { base.readiness }
}
