import Kernel
import Log
import Sagas
import Support
import Synchronization
import Testing

@testable import Engine

/// The sagas and their calls, as the service runs them.
struct SagaProcess: LedgerProcess {
  private var processes = Processes(terms: SagaTerms(flow: .fixedRate))
  private var effects = OpenEffects()

  mutating func take(_ recorded: Recorded) -> Reaction<EffectJob> {
    let change = effects.take(recorded.event)
    return Reaction(
      commands: processes.take(recorded.event), closed: change.closed,
      opened: change.opened.map(EffectJob.init))
  }
  mutating func list(_ fields: inout StateFields) {
    processes.list(&fields)
    effects.list(&fields)
  }
  var wakeAt: Instant? { nil }
  mutating func wake(at now: Instant, _ state: LedgerState) -> [(CommandID, LedgerCommand)] { [] }
}

/// A call as a job; the service's own conformance is its alone.
struct EffectJob: Work {
  var effect: Effect
  var key: Subject { effect.key }
  var lane: String { effect.lane }
  var isEndless: Bool { effect.isEndless }
  func abandonment(_ reason: String) -> LedgerCommand { effect.abandonment(reason) }

  static func list(_ job: inout EffectJob?, _ fields: inout StateFields) {
    var effect = job?.effect ?? .blank
    effect.list(&fields)
    job = EffectJob(effect: effect)
  }
}

final class ListedBytes: StateSink {
  private(set) var all: [UInt8] = []
  func put(_ bytes: UnsafeRawBufferPointer) { all += bytes }

  static func of<P: LedgerProcess>(_ machine: Machine<P>) -> [UInt8] {
    let sink = ListedBytes()
    var fields = StateFields(writing: sink)
    var machine = machine
    machine.list(&fields)
    return fields.isSound ? sink.all : []
  }
}

/// A story in a store, and machines that take it in.
struct Told {
  let store = MemoryStore()
  let folder: SnapshotFolder
  let log = LogID(text: String(repeating: "0", count: 32))!

  init(_ story: Story, _ scratch: ScratchFolder) throws {
    folder = SnapshotFolder(path: scratch.path + "/snapshots")
    for (index, recorded) in story.log.enumerated() {
      _ = try store.append([
        Proposal(
          command: .composed("told", "\(index)"), digest: SHA256.digest(of: []), actor: "test",
          at: recorded.at, events: [recorded.event])
      ])
    }
  }

  var blank: Machine<SagaProcess> { Machine(process: SagaProcess()) }

  /// A machine that has taken in so many events and no more.
  func machine(at position: UInt64) throws -> Machine<SagaProcess> {
    let part = MemoryStore()
    for event in try store.read(after: 0, limit: Int(position)) {
      _ = try part.append([
        Proposal(
          command: event.command, digest: SHA256.digest(of: []), actor: "test", at: event.at,
          events: [try event.event()])
      ])
    }
    var machine = blank
    try machine.replay(part)
    return machine
  }

  func keeping(log: LogID? = nil, program: UInt64 = 1) -> Keeping {
    Keeping(folder: folder, log: log ?? self.log, program: { program })
  }

  func shape() -> UInt64 {
    let listing = StateFields.shape { fields in
      var machine = blank
      machine.list(&fields)
    }
    return keeping().shape(of: listing ?? 0)
  }

  func snapshot(_ machine: Machine<SagaProcess>) throws -> Snapshot {
    let event = try #require(try store.read(after: machine.head - 1, limit: 1).first)
    return Snapshot(log: log, position: machine.head, shape: shape(), hash: event.hash)
  }

  @discardableResult
  func keep(_ machine: Machine<SagaProcess>) throws -> Snapshot {
    let snapshot = try snapshot(machine)
    _ = try folder.write(snapshot) { fields in
      var machine = machine
      machine.list(&fields)
    }
    return snapshot
  }

  /// What a start makes of the folder, and the lines it leaves.
  func start(
    _ store: MemoryStore? = nil, log: LogID? = nil, program: UInt64 = 1
  ) throws -> (machine: Machine<SagaProcess>, from: UInt64, lines: [String]) {
    let lines = Mutex<[String]>([])
    let loop = Keeper(
      keeping(log: log, program: program), blank,
      clock: { Instant(microseconds: 0) },
      tell: { news in
        if case .ignored(let why) = news { lines.withLock { $0.append(why) } }
      })
    var machine = try #require(loop).newest(blank, of: store ?? self.store)
    let from = machine.head
    try machine.replay(store ?? self.store)
    return (machine, from, lines.withLock { $0 })
  }
}
