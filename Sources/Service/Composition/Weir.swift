import Engine
import Foundation
import Gateways
public import HTTP
public import Kernel
public import Log
import Projections
import Sagas
import Synchronization
public import Tables

/// Why the service doesn't start.
public enum WeirFailure: Error, CustomStringConvertible {
  case store(StoreError)
  case tables(TableError)
  case server(HTTPServerError)
  /// The log isn't what was signed before, or its key and checkpoints can't be used.
  case proof(ProofError)
  /// The log signs for another wallet than the key at hand (a new wallet is a rotation).
  case otherWallet(log: String, key: String)
  /// The configuration says too little, or the wallet's key is none.
  case configuration(String)

  public var description: String {
    switch self {
    case .store(let error): "\(error)"
    case .tables(let error): "\(error)"
    case .server(let error): "can't listen: \(error)"
    case .proof(let error): "\(error)"
    case .otherWallet(let log, let key):
      "the log signs for \(log), but the wallet key is that of \(key)"
    case .configuration(let what): what
    }
  }
}

/// The one composition root: clock, disk, network and providers enter here and nowhere else.
///
/// Threads: the loop (the truth), the tables' follower, the checkpoints' keeper, the log's scrubber
/// and the loop's watchdog, the HTTP server's few, the client's one.
public final class Weir: Sendable {
  let configuration: Configuration
  let store: any LogStore
  let held: HeldLog
  let tables: TableStore
  let metrics: Metrics
  let logger: Logger
  let follower: TableFollower
  /// Nil while recovery is owed: a log that may have lost its end signs nothing.
  let keeper: CheckpointKeeper?
  /// Why nothing is signed until recovery is done; nil where none is owed.
  let recovery: String?
  let loop: Loop<PayoutProcess>
  let performer: Performer
  /// Hands calls to other nodes; nil where there can be none.
  let broker: CallBroker?
  let signing: SigningGate
  let invariants: InvariantWatch
  let scrubber: Scrubber
  let watchdog: Watchdog
  let comparisons = Comparisons()
  let following = Following()
  let accounts = AccountDirectory()
  let access: AccessWatch
  let chatLimits: ChatLimits
  let mailer: any Mailer
  private let news: PayoutNewsTail
  private let loopEnded = DispatchSemaphore(value: 0)
  private let server = Mutex<HTTPServer?>(nil)
  let isClaimed = Mutex(false)
  let isStopping = Mutex(false)

  public static let clock: @Sendable () -> Instant = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
  }

  /// Opens the log and the tables, replays, and listens; returns when requests are answered.
  ///
  /// A folder that is in use, damaged or of the other environment is refused by name. Where the
  /// log's disk fails later the process ends with exit code 1: what was acknowledged is on it.
  ///
  /// - Parameter isNew: Whether a live folder's log is to be begun. Without it one that isn't there
  ///   is refused, and with it one that is: an empty ledger would owe, and pay, everything anew.
  /// - Parameter tables: Who keeps the tables in a database, where they are.
  public static func start(
    _ configuration: Configuration, logger: Logger, beginning isNew: Bool = false,
    tables: (any TableKeeping)? = nil
  ) throws(WeirFailure) -> Weir {
    try start(configuration, logger: logger, beginning: isNew, tables: tables) {
      $0.brokenInvariant()
    }
  }

  /// The same, with another word on what of the state is broken.
  static func start(
    _ configuration: Configuration, logger: Logger, beginning isNew: Bool = false,
    tables: (any TableKeeping)? = nil, audit: @escaping Audit
  ) throws(WeirFailure) -> Weir {
    let weir = try Weir(configuration, logger, beginning: isNew, tables, audit)
    do throws(WeirFailure) {
      try weir.begin()
    } catch {
      // What runs by now has the log.
      weir.stop()
      throw error
    }
    return weir
  }

  private init(
    _ configuration: Configuration, _ logger: Logger, beginning isNew: Bool,
    _ keeping: (any TableKeeping)?, _ audit: @escaping Audit
  ) throws(WeirFailure) {
    self.configuration = configuration
    self.logger = logger
    try Self.checkDisk(configuration, logger)
    for words in configuration.warnings { logger.warning("configuration", ["why": .text(words)]) }
    let held = try Self.openLog(configuration, beginning: isNew, logger)
    let store = held.store
    let (keeper, recovery) = try Self.keeper(store, configuration, logger)
    self.keeper = keeper
    self.recovery = recovery
    let tables: TableStore
    do throws(TableError) {
      tables = try TableStore(
        path: DataFolder(configuration.data).tables, projections: allProjections)
      let rebuilt = try tables.rebuildStale(
        of: store.head.position, reading: Self.reader(of: store))
      for report in rebuilt {
        logger.info(
          "table_rebuilt", ["table": .text(report.table), "rows": .integer(report.rows)])
      }
    } catch { throw .tables(error) }
    self.store = store
    self.held = held
    self.tables = tables
    let metrics = Metrics(startedAt: Self.clock(), tablesPlace: { tables.place })
    if recovery != nil { metrics.noteRecovery() }
    self.metrics = metrics
    scrubber = Self.scrubber(configuration, metrics, logger)
    let follower = TableFollower(tables, store, taken: following.note) { why in
      logger.error("tables_failed", ["why": .text(why)])
    }
    self.follower = follower
    let signing = SigningGate()
    self.signing = signing
    let access = AccessWatch(isOn: configuration.telegram.isOn, clock: Self.clock)
    self.access = access
    performer = try Performer(
      configuration, log: store.logID, logger, isRecovering: recovery != nil,
      isFrozen: { signing.reason != nil }, access)
    broker = Self.broker(
      held, configuration, isHanding: recovery == nil, keeping, performer, access, metrics, logger)
    chatLimits = ChatLimits(isOn: configuration.limitsRates, performer.telegram)
    let mailer = Self.mailer(configuration, logger)
    self.mailer = mailer
    news = Self.news(configuration, accounts, mailer, held, logger)
    var settings = MachineSettings()
    settings.lanes.retrySeconds = configuration.laneRetrySeconds
    settings.lanes.slower = Effect.slowerLanes
    loop = Loop(
      store: store,
      process: PayoutProcess(configuration),
      settings: settings, clock: Self.clock,
      perform: Self.performing(performer, broker),
      keeping: Self.keeping(configuration, store),
      report: { [accounts, news] report in
        metrics.take(report)
        signing.take(report.committed)
        accounts.take(report.committed)
        news.follow(report.committed)
        follower.follow(report.committed)
        if let last = report.committed.last { keeper?.follow(to: last.position) }
        Self.tell(report, logger)
      },
      tell: { Self.tell($0, logger) })
    watchdog = Self.watchdog(loop, logger)
    invariants = Self.invariantWatch(loop, signing, keeper, metrics, logger, audit)
  }

  /// The log as the tables read it.
  static func reader(of store: any EventStore) -> LogReader {
    { after, limit in try store.facts(after: after, limit: limit) }
  }

  private func begin() throws(WeirFailure) {
    performer.deposits.connect(
      question: { [weak self] id in await self?.inspected { $0.depositQuestion(of: id) } },
      missing: { [weak self] id, look in
        await self?.inspected { $0.missingDeposit(of: id, in: look) }
      })
    // Before the loop runs: it is told before the first call leaves.
    loop.inspect { [signing, metrics, accounts, store] in
      signing.begin($0)
      metrics.begin($0)
      accounts.begin($0, at: store.head.position)
    }
    let replayed = DispatchSemaphore(value: 0)
    let thread = Thread { [self] in
      do throws(StoreError) {
        try loop.run(isReady: { replayed.signal() })
      } catch {
        // Nothing may be said to anybody any more: what is durable is decided at the next start.
        logger.error("log_failed", ["why": .text("\(error)")])
        exit(1)
      }
      loopEnded.signal()
    }
    thread.name = "loop"
    thread.stackSize = 8 << 20
    thread.start()
    replayed.wait()
    metrics.note(head: store.head.position)
    follower.start()
    follower.follow(to: store.head.position)
    keeper?.start()
    keeper?.follow(to: store.head.position)
    news.begin()
    scrubber.start()
    watchdog.start()
    openLedger()
    switchBot()
    invariants.start()
    setCaps()
    try checkWallet()
    let web = try staticFiles()
    let edge = Edge(
      Edge.Parts(
        configuration: configuration, gate: self, store: store, tables: tables, metrics: metrics,
        logger: logger, clock: Self.clock, accounts: accountDesk(), web: web,
        checkpoint: { [keeper] in keeper?.notary.newest },
        comparisons: recovery == nil ? comparisons : nil, following: following,
        rebuilds: Rebuilds(tables, store, clock: Self.clock),
        notices: NoticeBook(path: DataFolder(configuration.data).notices),
        chatLimits: chatLimits))
    let listening: HTTPServer
    do throws(HTTPServerError) {
      listening = try HTTPServer(
        listen: configuration.listen, standingHeaders: Self.standingHeaders(configuration),
        handler: edge.handle)
    } catch { throw .server(error) }
    server.withLock { $0 = listening }
    held.inbox?.start(edge, metrics, logger)
    broker?.start()
    guard recovery == nil else { return }
    Task { [self] in
      await claimWallet()
      await watchChain()
    }
    Task { [self] in await watchNonces() }
    Task { [self] in await listen() }
    Task { [self] in await pollPayments() }
    Task { [self] in await compareNowAndThen() }
    Task { [self] in await publishLiabilities() }
  }

  private func openLedger() {
    let opened = DispatchSemaphore(value: 0)
    loop.submit(.opening(configuration.environment, log: store.logID)) { _ in opened.signal() }
    opened.wait()
  }

  /// The port that is listened on, also when 0 was asked for.
  public var port: Int { server.withLock { $0?.port } ?? 0 }

  /// Stops taking requests, lets those under way end, writes what is queued, and lets go of the
  /// log.
  public func stop() {
    let wasStopping = isStopping.withLock { stopping in
      defer { stopping = true }
      return stopping
    }
    guard !wasStopping else { return }
    server.withLock { $0 }?.drainAndStop(deadlineSeconds: 5)
    watchdog.stop()
    invariants.stop()
    scrubber.stop()
    loop.stop()
    loopEnded.wait()
    broker?.stop()
    follower.stop()
    keeper?.stop()
    do throws(StoreError) {
      try held.close()
    } catch { logger.error("log_close_failed", ["why": .text("\(error)")]) }
  }
}
