import Glibc
import JSON
import Synchronization

/// The world behind one lock, its journal, and the clock that both are driven by.
final class Core: Sendable {
  static let limits = JSONLimits(bytes: 1 << 20, depth: 64)

  private struct State {
    var world: World
    var journal: Journal?
  }

  private let state: Mutex<State>
  /// Milliseconds since 1970.
  private let clock: @Sendable () -> Int

  /// With a folder, the world of its journal goes on; without one, it ends with the process.
  init(
    folder: String?, rules: Rules, clock: @escaping @Sendable () -> Int = { Core.wallTime() }
  ) throws(Journal.Failure) {
    self.clock = clock
    guard let folder else {
      state = Mutex(State(world: World(rules), journal: nil))
      return
    }
    let (journal, kept, inputs) = try Journal.open(folder: folder, rules: rules)
    var world = World(kept)
    for input in inputs { _ = world.apply(input) }
    state = Mutex(State(world: world, journal: journal))
  }

  /// Lets go of the folder; what changes from now on is forgotten.
  func close() { state.withLock { $0.journal = nil } }

  /// Takes an input now; what changes anything is in the journal before the answer is out.
  func change(_ what: Input.What, _ body: JSONValue) -> Reply {
    state.withLock { state in
      let input = Input(at: max(now(), state.world.time), what: what, body: body)
      let reply = state.world.apply(input)
      if reply.isChange { state.journal?.append(input) }
      return reply
    }
  }

  /// Looks at the world as it is now.
  func read<Value: Sendable>(_ look: (World) -> Value) -> Value {
    state.withLock { state in
      state.world.advance(to: max(now(), state.world.time))
      return look(state.world)
    }
  }

  /// Milliseconds since 1970.
  func now() -> Int { clock() }

  /// The machine's own time, in milliseconds since 1970.
  static func wallTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
  }
}
