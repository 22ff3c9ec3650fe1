import CMicroHTTPD
import Glibc
import Synchronization

/// An HTTP/1.1 server on one address.
///
/// The handler gets complete, checked requests on one of a few threads that also read and write:
/// it answers at once or passes the responder on, and never blocks. Limits are refused before the
/// handler: malformed or ambiguous framing 400, encoded bodies 415, large bodies 413, large headers
/// 431, long targets 414, `TRACE` and `CONNECT` 405, while stopping 503; each closes the
/// connection. A client that leaves while its request waits is not noticed before the answer: what
/// was asked still happens.
public final class HTTPServer: Sendable {
  /// The port that is listened on, also when 0 was asked for.
  public let port: Int

  private let core: ServerCore
  private let sweeping: NativeThread
  // The daemon may be stopped from any thread, once; `isStopped` sees to that.
  private nonisolated(unsafe) let daemon: OpaquePointer
  private let isStopped = Mutex(false)

  /// Starts listening.
  ///
  /// `standingHeaders` go onto every answer that does not set them, refusals included.
  public init(
    listen address: HTTPAddress, limits: HTTPServerLimits = .default,
    standingHeaders: HTTPHeaders = [:],
    handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
  ) throws(HTTPServerError) {
    precondition(signalPipeIsIgnored, "SIGPIPE can't be ignored")
    let core = ServerCore(limits: limits, standingHeaders: standingHeaders, handler: handler)
    let listening = try ListeningSocket(address, backlog: limits.backlog)
    let port = listening.port
    guard let sweeping = NativeThread({ core.sweeper.run() }) else { throw .notStarted }
    let descriptor = listening.giveAway()
    let settings = shim_mhd_limits(
      listening_socket: descriptor, threads: UInt32(limits.threads),
      connections: UInt32(HTTPServer.affordable(limits)),
      connections_per_address: UInt32(limits.connectionsPerAddress),
      idle_seconds: UInt32(max(1, limits.idleSeconds.rounded(.up))), pool_bytes: limits.poolBytes)
    // Unretained: the server owns the core and stops the daemon before it lets go of it.
    let context = Unmanaged.passUnretained(core).toOpaque()
    let started = shim_mhd_start(
      settings, context, requestContinues, targetArrived, requestEnded, connectionChanged)
    guard let started else {
      close(descriptor)
      core.sweeper.stop()
      sweeping.join()
      throw .notStarted
    }
    self.core = core
    self.port = port
    self.sweeping = sweeping
    daemon = started
  }

  deinit {
    drainAndStop(deadlineSeconds: 0)
  }

  /// Requests with the handler, answers on their way among them.
  public var inFlight: Int { core.inFlight.load(ordering: .relaxed) }

  /// Answers new requests with 503, ends streams, waits for what is under way, then stops.
  ///
  /// Blocks its thread. Requests still unanswered at the deadline get 503 and what their handlers
  /// send later is dropped. Never call it from a handler: a server's thread can't wait for itself.
  public func drainAndStop(deadlineSeconds: Double) {
    isStopped.withLock { isStopped in
      guard !isStopped else { return }
      isStopped = true
      core.isDraining.store(true, ordering: .sequentiallyConsistent)
      let deadline = monotonicMilliseconds() + milliseconds(deadlineSeconds)
      while core.inFlight.load(ordering: .sequentiallyConsistent) > 0,
        monotonicMilliseconds() < deadline
      {
        for peer in core.sweeper.peers { peer.exchange.withLock { $0 }?.endStream() }
        pause(milliseconds: 2)
      }
      // Stopping the daemon while a connection is suspended aborts the process, so all must run.
      // A request is in flight until its answer has left, so this ends by `writeSeconds` at worst.
      while core.inFlight.load(ordering: .sequentiallyConsistent) > 0 {
        for peer in core.sweeper.peers {
          let exchange = peer.exchange.withLock { $0 }
          exchange?.answer(core.drainingAnswer)
          exchange?.endStream()
        }
        pause(milliseconds: 2)
      }
      let grace = monotonicMilliseconds() + 200
      while core.begun.load(ordering: .relaxed) > 0, monotonicMilliseconds() < grace {
        pause(milliseconds: 2)
      }
      // Not MHD_quiesce_daemon first: in 0.9.75 it races with the pool's threads for the listening
      // socket's place in their epoll sets, and the loser aborts.
      MHD_stop_daemon(daemon)
      core.sweeper.stop()
      sweeping.join()
    }
  }

  /// The connections that the process' descriptors allow, some kept back for everything else.
  private static func affordable(_ limits: HTTPServerLimits) -> Int {
    var files = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else {
      return limits.connections
    }
    let descriptors = Int(clamping: files.rlim_cur)
    return max(limits.threads, min(limits.connections, descriptors - max(32, descriptors / 4)))
  }
}
