public import Engine
import Foundation
import HTTP
public import Kernel
import Log
import PostgresLog
import Projections
import Synchronization
import Tables

/// What a node that stands by serves: reads of the log as far as it has followed it, and webhooks,
/// which it puts into the inbox for the node that serves.
///
/// It listens where the service is to listen later, says of itself that it isn't ready, and refuses
/// whatever else writes. Its tables are the folder's, so that the node that takes over has them.
public final class StandbyReads: Gate {
  /// What was last heard of the log may be so old, and then nothing is read: somebody's key may be
  /// revoked by now.
  private static let secondsHeard = 30

  /// What only the node that serves can tell of itself.
  private static let others: Set<String> = [
    "/.well-known/weir/checkpoint", "/api/admin/lanes", "/api/admin/notices", "/api/admin/rebuild",
  ]

  private static let webhooks: Set<String> = [
    KeptWebhook.Kind.nowPayments.path, KeptWebhook.Kind.telegram.path,
  ]

  private struct Heard {
    var at: ContinuousClock.Instant?
    var isStopping = false
    var isFollowing = false
    var why: String?
    var inbox: Readiness.Inbox?
  }

  private struct Folded {
    var ledger = LedgerState()
    var place: UInt64 = 0
  }

  private let configuration: Configuration
  private let logger: Logger
  private let log: PostgresFollower
  private let folder: any DiskLock
  private let tables: TableStore
  private let follower: TableFollower
  private let following: Following
  private let accounts = AccountDirectory()
  private let inbox: PostgresInbox
  private let door: InboxDoor
  private let worker: CallWorker
  private let metrics: Metrics
  /// As the log was at the head that is shown: both change on the queue, and routes read there.
  private let state = Mutex(Folded())
  private let queue = DispatchQueue(label: "weir.standby")
  private let heard = Mutex(Heard())
  private let ended = DispatchSemaphore(value: 0)
  private let server = Mutex<HTTPServer?>(nil)

  /// Returns once it listens; what it takes in it takes in behind that.
  ///
  /// Throws where the log can't be read, the folder is in use, or the port is.
  public static func start(
    _ configuration: Configuration, _ logger: Logger, tables: (any TableKeeping)? = nil
  ) throws(WeirFailure) -> StandbyReads {
    let reads: StandbyReads
    let folder: any DiskLock
    do throws(StoreError) {
      folder = try Weir.lock(DataFolder(configuration.data))
    } catch { throw .store(error) }
    do throws(WeirFailure) {
      reads = try StandbyReads(configuration, folder, logger, tables)
      try reads.listen()
    } catch {
      folder.release()
      throw error
    }
    let thread = Thread { reads.run() }
    thread.name = "standby"
    thread.stackSize = 8 << 20
    thread.start()
    return reads
  }

  private init(
    _ configuration: Configuration, _ folder: any DiskLock, _ logger: Logger,
    _ keeping: (any TableKeeping)?
  ) throws(WeirFailure) {
    guard let url = configuration.store else {
      throw .configuration("a node stands by for a log in a database only")
    }
    self.configuration = configuration
    self.folder = folder
    self.logger = logger
    let node: String
    do throws(StoreError) {
      log = try PostgresFollower.open(url, environment: configuration.environment)
      try PostgresInbox.check(url)
      try PostgresCalls.check(url)
      node = try Weir.node(DataFolder(configuration.data))
    } catch { throw .store(error) }
    do throws(TableError) {
      tables = try TableStore(
        path: DataFolder(configuration.data).tables, projections: allProjections)
    } catch { throw .tables(error) }
    let tables = self.tables
    metrics = Metrics(startedAt: Weir.clock(), tablesPlace: { tables.place })
    inbox = PostgresInbox(url, node: node)
    door = InboxDoor(inbox, metrics, logger)
    worker = try CallWorker(
      url, node: node, log: log.logID, configuration, keeping, metrics, logger)
    let following = Following()
    self.following = following
    follower = TableFollower(tables, log, taken: following.note) { why in
      logger.error("tables_failed", ["why": .text(why)])
    }
  }

  private func listen() throws(WeirFailure) {
    let edge = Edge(
      Edge.Parts(
        configuration: configuration, gate: self, store: log, tables: tables, metrics: metrics,
        logger: logger, clock: Weir.clock,
        accounts: AccountDesk(
          configuration, directory: accounts, mailer: Weir.mailer(configuration, logger)),
        following: following,
        chatLimits: ChatLimits(
          isOn: configuration.limitsRates, configuration.telegram.client(HTTPClient())),
        door: door))
    let listening: HTTPServer
    do throws(HTTPServerError) {
      listening = try HTTPServer(
        listen: configuration.listen, standingHeaders: Weir.standingHeaders(configuration)
      ) { [weak self] request, responder in
        guard let why = self?.refusal(of: request) else { return edge.handle(request, responder) }
        responder.send(Problem(.standingBy, why).response)
      }
    } catch { throw .server(error) }
    door.start()
    worker.start()
    server.withLock { $0 = listening }
  }

  /// The port that is listened on, also when 0 was asked for.
  public var port: Int { server.withLock { $0?.port } ?? 0 }

  /// Why a request isn't looked at here; nil where it is.
  private func refusal(of request: HTTPRequest) -> String? {
    if Self.webhooks.contains(request.path) { return nil }
    guard ["GET", "HEAD", "OPTIONS"].contains(request.method) else {
      return "it reads and takes webhooks in, and nothing else; ask the node that serves"
    }
    if Self.others.contains(request.path) { return "ask the node that serves" }
    if ["/health", "/ready"].contains(request.path) || isCurrent { return nil }
    return "it doesn't know yet, or any more, where the log is"
  }

  /// Whether everything that was known a while ago is taken in.
  private var isCurrent: Bool {
    heard.withLock { heard in
      heard.at.map { $0 + .seconds(Self.secondsHeard) > .now } ?? false
    }
  }

  private var isStopping: Bool { heard.withLock { $0.isStopping } }

  private func run() {
    defer { ended.signal() }
    while !isStopping {
      do {
        let isFirst = heard.withLock { $0.at == nil }
        let head = try log.look(milliseconds: isFirst ? 0 : 250)
        if isFirst { try begin(head) } else { try take(head) }
        guard !isStopping else { return }
        let waiting = try inbox.backlog(atLeast: head.position)
        let backlog = Readiness.Inbox(
          waiting: waiting.waiting, oldestSeconds: waiting.oldestSeconds)
        metrics.note(backlog)
        heard.withLock { heard in
          heard.at = .now
          heard.why = nil
          heard.inbox = backlog
        }
      } catch {
        note("\(error)")
        Thread.sleep(forTimeInterval: 0.25)
      }
    }
  }

  /// Takes in the whole log, beside the tables that another version of the program made.
  private func begin(_ head: LogHead) throws {
    try take(head)
    guard !isStopping else { return }
    _ = try tables.rebuildStale(of: log.head.position, reading: Weir.reader(of: log))
    follower.start()
    heard.withLock { $0.isFollowing = true }
    follower.follow(to: log.head.position)
    logger.info("reading", ["position": .integer(Int(log.head.position))])
  }

  /// Shows the log up to here, and the state with it; where it is told to stop, less.
  private func take(_ head: LogHead) throws {
    try queue.sync {
      while case let place = state.withLock(\.place), place < head.position {
        guard !isStopping else { return }
        let facts = try log.facts(after: place, upTo: head, limit: 10_000)
        state.withLock { state in
          for recorded in facts { state.ledger.evolve(recorded.event) }
          state.place = facts.last?.position ?? place
        }
        accounts.take(facts)
      }
      log.show(head)
    }
    follower.follow(to: log.head.position)
  }

  private func note(_ why: String) {
    let isNews = heard.withLock { heard in
      defer { heard.why = why }
      heard.inbox = nil
      return heard.why != why
    }
    if isNews { logger.warning("reading_failed", ["why": .text(why)]) }
  }

  /// Ends, and lets go of folder and port: for the service itself.
  public func stop() {
    heard.withLock { $0.isStopping = true }
    server.withLock { $0.take() }?.drainAndStop(deadlineSeconds: 1)
    door.stop()
    worker.stop()
    ended.wait()
    if heard.withLock(\.isFollowing) { follower.stop() }
    folder.release()
  }

  public func submit(_ submission: Submission, then: @escaping @Sendable (Answer) -> Void) {
    then(.stopping)
  }

  public func inspect(_ read: @escaping @Sendable (LedgerState) -> Void) {
    queue.async { [self] in state.withLock { read($0.ledger) } }
  }

  public var readiness: Readiness {
    Readiness(
      [
        Readiness.Component("log", isHealthy: isCurrent, isVital: true),
        Readiness.Component("tables", isHealthy: follower.lag < 10_000, isVital: false),
        // Whoever sends traffic sends it to the node that has the log's lane.
        Readiness.Component("lane", isHealthy: false, isVital: true),
      ], frozen: state.withLock(\.ledger.frozen), inbox: heard.withLock(\.inbox),
      calls: worker.standing)
  }
}
