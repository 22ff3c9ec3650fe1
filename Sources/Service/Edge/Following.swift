import Dispatch
import HTTP
import Synchronization

/// Those who follow the log over HTTP: each is told how far the tables are, soon after they moved.
///
/// Server-sent events named `position`, whose id and data are a position. No thread waits for
/// anybody: one queue writes what is due. Streams end by themselves after a while, so that whoever
/// follows on shows again that they may.
public final class Following: Sendable {
  /// How many are told, and how often.
  public struct Limits: Sendable {
    public var followers = 64
    /// Of one account or key.
    public var ofOne = 8
    /// Positions that come within this time are told as one.
    public var togetherMilliseconds = 250
    /// Between two signs of life where nothing happens.
    public var beatSeconds = 15.0
    public var lifeSeconds = 300.0

    public init() {}
  }

  private struct Follower {
    let stream: HTTPStream
    let who: String
    let until: ContinuousClock.Instant
  }

  private struct State {
    var place: UInt64 = 0
    var followers: [Follower] = []
    var isTelling = false
    var isBeating = false
  }

  private let limits: Limits
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "weir.following")

  public init(_ limits: Limits = Limits()) { self.limits = limits }

  /// How many follow now.
  public var count: Int {
    state.withLock { state in state.followers.count { !$0.stream.isOver } }
  }

  /// Lets somebody follow; nil where too many do.
  ///
  /// - Parameter seen: The position that was told last; nothing is told at once where it is still
  ///   the newest.
  func follow(as who: String, seen: UInt64?) -> HTTPStream? {
    let stream = HTTPStream()
    let mustBeat: Bool? = state.withLock { state in
      state.followers.removeAll { $0.stream.isOver }
      guard state.followers.count < limits.followers,
        state.followers.count(where: { $0.who == who }) < limits.ofOne
      else { return nil }
      // Browsers come again two seconds after the end.
      stream.send("retry: 2000\n\n")
      if seen != state.place { stream.send(Self.words(state.place)) }
      let until = ContinuousClock.now + .seconds(limits.lifeSeconds)
      state.followers.append(Follower(stream: stream, who: who, until: until))
      defer { state.isBeating = true }
      return !state.isBeating
    }
    guard let mustBeat else { return nil }
    if mustBeat { beatLater() }
    return stream
  }

  /// The tables hold this position now.
  public func note(_ place: UInt64) {
    let mustTell = state.withLock { state in
      guard place > state.place else { return false }
      state.place = place
      guard !state.followers.isEmpty, !state.isTelling else { return false }
      state.isTelling = true
      return true
    }
    guard mustTell else { return }
    let delay = DispatchTimeInterval.milliseconds(limits.togetherMilliseconds)
    queue.asyncAfter(deadline: .now() + delay) { [weak self] in self?.tell() }
  }

  private func tell() {
    state.withLock { state in
      state.isTelling = false
      let words = Self.words(state.place)
      state.followers.removeAll { !$0.stream.send(words) }
    }
  }

  private func beatLater() {
    queue.asyncAfter(deadline: .now() + min(limits.beatSeconds, limits.lifeSeconds)) {
      [weak self] in self?.beat()
    }
  }

  private func beat() {
    let isOver = state.withLock { state in
      let now = ContinuousClock.now
      for follower in state.followers where follower.until <= now { follower.stream.end() }
      state.followers.removeAll { !$0.stream.send(":\n\n") }
      state.isBeating = !state.followers.isEmpty
      return !state.isBeating
    }
    if !isOver { beatLater() }
  }

  private static func words(_ place: UInt64) -> String {
    "event: position\nid: \(place)\ndata: \(place)\n\n"
  }
}
