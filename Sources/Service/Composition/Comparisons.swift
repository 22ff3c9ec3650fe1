public import Kernel
import Synchronization

/// The comparisons of the ledger with chain and providers: which were asked for, and what the last
/// one couldn't see.
public final class Comparisons: Sendable {
  /// How the last one went.
  public struct Told: Hashable, Sendable {
    /// Comparisons that ended since the service started.
    public var count = 0
    /// When the last one ended.
    public var at: Instant?
    /// What couldn't be looked at, and why, by name.
    public var silent: [(name: String, why: String)] {
      silence.map { (name: $0.key, why: $0.value) }.sorted { $0.name < $1.name }
    }
    var silence: [String: String] = [:]
  }

  private struct State {
    var told = Told()
    var begun = 0
    var wanted = 0
  }

  private let state = Mutex(State())

  public init() {}

  public var told: Told { state.withLock { $0.told } }

  /// Asks for a comparison that begins after this moment; gives its number.
  public func ask() -> Int {
    state.withLock { state in
      state.wanted = state.begun + 1
      return state.wanted
    }
  }

  /// Begins the next one, where it is due or somebody asked.
  func begin(isDue: Bool) -> Bool {
    state.withLock { state in
      guard isDue || state.wanted > state.begun else { return false }
      state.begun += 1
      return true
    }
  }

  func end(at now: Instant, silent: [String: String]) {
    state.withLock { state in
      state.told.count = state.begun
      state.told.at = now
      state.told.silence = silent
    }
  }
}
