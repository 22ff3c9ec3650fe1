import Synchronization

/// A body without an end yet: whoever holds it writes whenever there is something to say.
///
/// Writing never blocks and a stream that waits costs no thread. A client that reads too slowly, or
/// not at all, loses its connection; one that left is noticed within moments.
public final class HTTPStream: Sendable, Equatable {
  /// Bytes that may wait for a client to read them.
  public static let mostWaiting = 64 * 1024

  private struct State {
    var waiting: [UInt8] = []
    var isEnded = false
    /// Whether the connection is suspended until there is something.
    var isAsleep = false
    /// Nil before the answer goes out, and when it is over.
    var exchange: Exchange?
  }

  private let state = Mutex(State())

  public init() {}

  public static func == (left: HTTPStream, right: HTTPStream) -> Bool { left === right }

  /// Sends something more; false where nobody reads any more, or too much waits already.
  @discardableResult
  public func send(_ text: String) -> Bool {
    state.withLock { state in
      guard !state.isEnded else { return false }
      let bytes = Array(text.utf8)
      guard state.waiting.count + bytes.count <= HTTPStream.mostWaiting else {
        state.isEnded = true
        state.waiting = []
        state.exchange?.peer.setDeadline(monotonicMilliseconds())
        return false
      }
      if state.waiting.isEmpty { state.exchange?.expectsReading() }
      state.waiting += bytes
      HTTPStream.wake(&state)
      return true
    }
  }

  /// Ends the answer behind what was sent.
  public func end() {
    state.withLock { state in
      guard !state.isEnded else { return }
      state.isEnded = true
      state.exchange?.expectsReading()
      HTTPStream.wake(&state)
    }
  }

  /// Whether nothing can be sent any more.
  public var isOver: Bool { state.withLock { $0.isEnded } }

  // MARK: The server's side

  /// The answer goes out on this connection.
  func begin(on exchange: Exchange) {
    state.withLock { $0.exchange = exchange }
  }

  /// The answer has left, or the connection is gone.
  func gone() {
    state.withLock { state in
      state.isEnded = true
      state.waiting = []
      state.exchange = nil
    }
  }

  /// What is to be written next, on the connection's thread: a number of bytes, none while the
  /// connection sleeps, or nil at the end.
  func read(into space: UnsafeMutableRawBufferPointer) -> Int? {
    state.withLock { state in
      guard let exchange = state.exchange else { return nil }
      guard state.waiting.isEmpty else {
        let count = min(space.count, state.waiting.count)
        space.copyBytes(from: state.waiting[..<count])
        state.waiting.removeFirst(count)
        exchange.expectsReading()
        return count
      }
      if state.isEnded { return nil }
      // Under the lock: whoever sends next finds the connection suspended.
      state.isAsleep = true
      exchange.sleep()
      return 0
    }
  }

  private static func wake(_ state: inout State) {
    guard state.isAsleep else { return }
    state.isAsleep = false
    state.exchange?.wake()
  }
}
