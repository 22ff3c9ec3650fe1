import Glibc
import Synchronization

/// One connection as the sweeper sees it: a socket, who is at its other end, and until when.
final class Peer: Sendable {
  static let noDeadline = Int64.max

  let descriptor: Int32
  let address: String
  /// When the socket is shut down, on the monotonic clock.
  let deadline: Atomic<Int64>
  let served = Atomic<Int>(0)
  /// Set when bytes may come that nobody will read: see `Sweeper.linger`.
  let hasUnreadBytes = Atomic<Bool>(false)
  /// Set while an answer goes on, whose client may leave without a word.
  let isStreaming = Atomic<Bool>(false)
  /// The request under way.
  let exchange = Mutex<Exchange?>(nil)

  init(descriptor: Int32, deadline: Int64) {
    self.descriptor = descriptor
    self.address = remoteAddress(of: descriptor)
    self.deadline = Atomic(deadline)
  }

  /// Whether the other end has closed; call it while the descriptor is open.
  var hasLeft: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
  }

  func setDeadline(_ moment: Int64) {
    deadline.store(moment, ordering: .relaxed)
  }
}

/// Ends what lasts too long: requests that trickle in, answers nobody reads, idle connections.
///
/// libmicrohttpd's own timeout starts again with each byte, so a client that sends one now and then
/// would hold its connection for ever.
final class Sweeper: Sendable {
  private struct Lingering {
    let descriptor: Int32
    let deadline: Int64
  }

  private struct State {
    var peers: [ObjectIdentifier: Peer] = [:]
    var lingering: [Lingering] = []
    var isStopped = false
  }

  private static let tickMilliseconds = 100
  private static let lingerMilliseconds: Int64 = 1000
  private static let maximumLingering = 128

  private let state = Mutex(State())

  func add(_ peer: Peer) {
    state.withLock { $0.peers[ObjectIdentifier(peer)] = peer }
  }

  /// Forgets a peer; call it while its descriptor is still open, so that no other's is shut down.
  func remove(_ peer: Peer) {
    state.withLock { state in
      state.peers[ObjectIdentifier(peer)] = nil
      if peer.hasUnreadBytes.load(ordering: .relaxed) { linger(peer.descriptor, &state) }
    }
  }

  var peers: [Peer] { state.withLock { Array($0.peers.values) } }

  /// Runs until `stop`, on a thread of its own.
  func run() {
    while !state.withLock({ $0.isStopped }) {
      pause(milliseconds: Sweeper.tickMilliseconds)
      let now = monotonicMilliseconds()
      state.withLock { state in
        for peer in state.peers.values where peer.deadline.load(ordering: .relaxed) <= now {
          shutdown(peer.descriptor, Int32(SHUT_RDWR))
          peer.setDeadline(Peer.noDeadline)
        }
        // libmicrohttpd doesn't look at a suspended connection.
        for peer in state.peers.values
        where peer.isStreaming.load(ordering: .relaxed) && peer.hasLeft {
          peer.isStreaming.store(false, ordering: .relaxed)
          peer.exchange.withLock { $0 }?.endStream()
        }
        state.lingering.removeAll { Sweeper.isOver($0, now) }
      }
    }
    state.withLock { state in
      for one in state.lingering { close(one.descriptor) }
      state.lingering = []
    }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
  }

  /// Keeps a refused request's socket open for a moment and drains it: closing a socket with unread
  /// bytes resets the connection, and the reset can overtake the refusal (RFC 9112 section 9.6).
  private func linger(_ descriptor: Int32, _ state: inout State) {
    guard state.lingering.count < Sweeper.maximumLingering else { return }
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return }
    shutdown(copy, Int32(SHUT_WR))
    let deadline = monotonicMilliseconds() + Sweeper.lingerMilliseconds
    state.lingering.append(Lingering(descriptor: copy, deadline: deadline))
  }

  /// Reads what has come and drops it; closes and says true when the other end is done or late.
  private static func isOver(_ one: Lingering, _ now: Int64) -> Bool {
    var waste = [UInt8](repeating: 0, count: 16 * 1024)
    var reads = 0
    var count = recv(one.descriptor, &waste, waste.count, Int32(MSG_DONTWAIT))
    while count > 0, reads < 32 {
      reads += 1
      count = recv(one.descriptor, &waste, waste.count, Int32(MSG_DONTWAIT))
    }
    let isOpen = count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    if isOpen, now < one.deadline { return false }
    close(one.descriptor)
    return true
  }
}
