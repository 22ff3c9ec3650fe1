import Engine
import Foundation
import HTTP
import Kernel
import Log
import PostgresLog
import Sagas
import Synchronization

/// Makes the calls of the lanes that this node has leased, while it stands by (nodes.md).
///
/// It decides nothing and knows nothing of the log: a call in, an answer out. An answer that comes
/// after its lease is over is refused by the database, and was made by another by then.
final class CallWorker: Sendable {
  /// Seconds for which a lease lasts from the last sign of life on, and between two of them.
  static let leaseSeconds = 10.0
  static let tendSeconds = 2

  private struct State {
    var leases: [String] = []
    /// Until then, as far as this node knows.
    var until = ContinuousClock.now
    var running = 0
    var answers: [CallAnswer] = []
    var notes: [BotNote] = []
    var isStopping = false
    var told: Set<String> = []
  }

  private let tending: PostgresCalls
  private let taking: PostgresCalls
  private let answering: PostgresCalls
  private let node: String
  private let form: CallForm
  private let tables: (any TableKeeping)?
  private let performer: Performer
  private let metrics: Metrics
  private let logger: Logger
  private let shared: Shared
  private let wake = DispatchSemaphore(value: 0)
  private let rest = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let groupMost = 128
  private let notesMost = 256

  /// What calls under way reach as well.
  private final class Shared: Sendable {
    let state = Mutex(State())
  }

  init(
    _ url: PostgresURL, node: String, log: String, _ configuration: Configuration,
    _ tables: (any TableKeeping)?, _ metrics: Metrics, _ logger: Logger
  ) throws(WeirFailure) {
    tending = PostgresCalls(url, node: node)
    taking = PostgresCalls(url, node: node, hearing: .calls)
    answering = PostgresCalls(url, node: node)
    self.node = node
    self.tables = tables
    self.metrics = metrics
    self.logger = logger
    form = CallForm(configuration, log: log)
    let shared = Shared()
    self.shared = shared
    let most = notesMost
    let access = AccessWatch(isOn: configuration.telegram.isOn, clock: Weir.clock) { note in
      shared.state.withLock { if $0.notes.count < most { $0.notes.append(note) } }
    }
    // Nothing that leads to a signature comes here, and would leave unsigned.
    performer = try Performer(
      configuration, http: HTTPClient(), clock: Weir.clock, isRecovering: false,
      isFrozen: { true }, access: access)
  }

  func start() {
    for (name, run) in [("leases", tend), ("calls", take), ("answers", answer)] {
      let thread = Thread { [ended] in
        run()
        ended.signal()
      }
      thread.name = name
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Lets go of the leases; what is under way is made by others.
  func stop() {
    shared.state.withLock { $0.isStopping = true }
    wake.signal()
    rest.signal()
    for _ in 0..<3 { ended.wait() }
  }

  /// The node's own leases, and calls under way.
  var standing: Readiness.Calls {
    shared.state.withLock { state in
      let leases = state.until > .now ? state.leases : []
      return Readiness.Calls(
        out: state.running,
        leases: leases.map { Readiness.Calls.Lease(name: $0, node: NodeTag.of(node)) })
    }
  }

  private var isStopping: Bool { shared.state.withLock(\.isStopping) }
  private var hasLeases: Bool { shared.state.withLock { !$0.leases.isEmpty } }

  private func tend() {
    while !isStopping {
      let now = ContinuousClock.now
      do throws(StoreError) {
        let found = try tending.tend(form.text, seconds: Self.leaseSeconds)
        shared.state.withLock { state in
          state.leases = found.leases.map(\.name)
          state.until = now + .seconds(Self.leaseSeconds)
        }
        tell("leases", nil)
        let isOther = !found.form.isEmpty && found.form != form.text
        tell(
          "settings",
          isOther
            ? "the node that serves makes all calls itself: it has another build of the program, "
              + "or other providers' addresses or keys, bot, chain, wallets or public address"
            : nil)
      } catch { tell("leases", "\(error)") }
      let standing = standing
      metrics.note(standing)
      tables?.keep(standing.leases.contains { $0.name == Configuration.tablesLease })
      _ = rest.wait(timeout: .now() + .seconds(Self.tendSeconds))
    }
    tables?.keep(false)
    // Whatever goes wrong, they lapse.
    _ = try? tending.tend("", seconds: 0)
    shared.state.withLock { $0.leases = [] }
  }

  private func take() {
    var place = PostgresCalls.Place.none
    while !isStopping {
      do throws(StoreError) {
        let calls = try hasLeases ? taking.take(behind: place, limit: groupMost) : []
        for call in calls {
          place = call.place
          begin(call)
        }
        if calls.count < groupMost { try taking.wait(milliseconds: 250) }
        tell("calls", nil)
      } catch {
        tell("calls", "\(error)")
        Thread.sleep(forTimeInterval: 0.25)
      }
    }
  }

  private func begin(_ taken: PostgresCalls.Taken) {
    guard let call = form.call(taken.sealed), call.epoch == taken.place.epoch,
      call.number == taken.place.number
    else {
      metrics.noteCall("unreadable", of: node)
      logger.warning(
        "call_unreadable",
        ["key": .text(taken.key), "number": .integer(Int(taken.place.number))])
      return post(
        CallAnswer(epoch: taken.place.epoch, number: taken.place.number, key: taken.key))
    }
    shared.state.withLock { $0.running += 1 }
    Task {
      let outcome = await performer.perform(call.effect)
      metrics.noteCall("performed", of: node)
      shared.state.withLock { $0.running -= 1 }
      post(
        CallAnswer(epoch: call.epoch, number: call.number, key: call.key, outcome: outcome))
    }
  }

  private func post(_ answer: CallAnswer) {
    shared.state.withLock { $0.answers.append(answer) }
    wake.signal()
  }

  private func answer() {
    while !isStopping {
      wake.wait()
      while !isStopping {
        let group = shared.state.withLock { state in
          var group = Array(state.answers.prefix(groupMost))
          state.answers.removeFirst(group.count)
          if !group.isEmpty {
            group[0].notes = state.notes
            state.notes = []
          }
          return group
        }
        if group.isEmpty { break }
        put(group)
      }
    }
  }

  /// Tries until they are there, or came too late.
  private func put(_ group: [CallAnswer]) {
    let answers = group.map { answer in
      let place = PostgresCalls.Place(epoch: answer.epoch, number: answer.number)
      // What can't be told is told as that: the call is made again where it is asked.
      let bare = CallAnswer(epoch: answer.epoch, number: answer.number, key: answer.key)
      return (place, form.seal(answer) ?? form.seal(bare) ?? [])
    }
    while !isStopping {
      do throws(StoreError) {
        let taken = try answering.answer(answers)
        for answer in group {
          let isTaken = taken.contains(answer.number)
          metrics.noteCall(isTaken ? "answered" : "refused", of: node)
          guard !isTaken else { continue }
          logger.warning(
            "call_answer_refused",
            [
              "key": .text(answer.key), "number": .integer(Int(answer.number)),
              "why": "its lease is over, or another node serves",
            ])
        }
        return tell("answers", nil)
      } catch {
        tell("answers", "\(error)")
        Thread.sleep(forTimeInterval: 0.25)
      }
    }
  }

  private func tell(_ what: String, _ why: String?) {
    let isNews = shared.state.withLock { state in
      guard let why else {
        state.told = state.told.filter { !$0.hasPrefix(what) }
        return false
      }
      return state.told.insert(what + " " + why).inserted
    }
    if isNews, let why {
      logger.warning("calls_failed", ["of": .text(what), "why": .text(why)])
    }
  }
}
