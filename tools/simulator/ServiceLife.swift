import Engine
import HTTP
import JSON
import Kernel
import Log
import Sandbox
import Service

/// One life of the service's process: what its memory holds.
///
/// The machine, the store, the routes and the calls are the service's own; what stands here in the
/// place of its loop only says when each of them has its turn.
final class ServiceLife: Gate, @unchecked Sendable {  // Lives on the simulation's thread.
  typealias Then = @Sendable (Answer) -> Void

  let number: Int
  let store: FileStore
  var machine: Machine<PayoutProcess>
  private(set) var performer: Performer?
  /// Answers calls by what was signed already, where a log adopts what it forgot.
  var evidence: Evidence?
  /// Signs checkpoints of the log; nil while recovery is owed.
  var notary: Notary?
  private(set) var edge: Edge?

  /// Commands nobody has looked at.
  var inbox: [(Submission, Then)] = []
  /// What came of calls.
  var outcomes: [(EffectRunner<Effect>.Call, JobOutcome)] = []
  /// Who waits for the group that is gathered, and who for the one on its way.
  var open: [Then] = []
  var flying: [Then]?
  /// After a full disk it waits until then.
  var restsUntil: Int64 = 0
  /// When it will look next.
  var turnAt: Int64 = .max
  private let nudge: @Sendable () -> Void

  typealias Effect = PayoutProcess.Job

  init(
    number: Int, store: FileStore, machine: Machine<PayoutProcess>,
    nudge: @escaping @Sendable () -> Void
  ) {
    self.number = number
    self.store = store
    self.machine = machine
    self.nudge = nudge
  }

  /// Puts together what the composition root does: the performer over a wire, the routes over
  /// this gate.
  func wire(
    _ configuration: Configuration, over wire: Wire, clock: @escaping @Sendable () -> Instant,
    isRecovering: Bool, isOpen: Bool, looksAtDeposits: Bool, keeping witness: Witnessing
  ) {
    do throws(WeirFailure) {
      var performer = try Performer(
        configuration, http: wire, clock: clock, isRecovering: isRecovering,
        isFrozen: { [unowned self] in machine.state.frozen != nil })
      performer.keepSigned(at: witness.file, log: witness.log, failed: witness.failed)
      if looksAtDeposits {
        performer.deposits.connect(
          question: { [weak self] in self?.machine.state.depositQuestion(of: $0) },
          missing: { [weak self] in self?.machine.state.missingDeposit(of: $0, in: $1) })
      }
      self.performer = performer
    } catch { preconditionFailure("the performer: \(error)") }
    // Nobody is let in to a log that is about to be put right.
    guard isOpen else { return }
    edge = Edge(
      Edge.Parts(
        configuration: configuration, gate: self, store: store, tables: NoTables(),
        metrics: Metrics(startedAt: clock(), tablesPlace: { 0 }),
        logger: Logger(secrets: configuration.secrets, clock: clock, sink: { _ in }),
        clock: clock))
  }

  func submit(_ submission: Submission, then: @escaping Then) {
    inbox.append((submission, then))
    nudge()
  }

  func inspect(_ read: @escaping @Sendable (LedgerState) -> Void) { read(machine.state) }

  var readiness: Readiness { Readiness([]) }
}

/// Where signed bytes are kept before they leave.
struct Witnessing {
  let file: SignedWitness
  let log: String
  let failed: @Sendable (DiskError) -> Void
}

/// Routes that read tables aren't asked here.
struct NoTables: TableReads {
  var place: UInt64 { 0 }

  func batches(
    of channels: [ChannelKey]?, after place: Int, limit: Int
  ) throws(TableReadFailure) -> [BatchRecord] { [] }

  func sagas(
    where matches: [(column: String, value: String?)], after place: Int, limit: Int
  ) throws(TableReadFailure) -> [SagaRecord] { [] }

  func lines(
    of table: String, where matches: [(column: String, value: String?)], by column: String?,
    after place: Int, limit: Int
  ) throws(TableReadFailure) -> [[JSONMember]] { [] }

  func tables() throws(TableReadFailure) -> [TablePlace] { [] }
}
