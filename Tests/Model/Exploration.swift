/// Every world that can be reached, breadth first.
public struct Exploration: Sendable {
  public enum Verdict: Hashable, Sendable {
    /// In every state; from `stuck` states the batches can't all be paid any more, not even if
    /// nothing goes wrong again.
    case holds(stuck: Int)
    /// With the shortest way there.
    case breaks(Promise, [Action])
  }

  public let states: Int
  public let verdict: Verdict
  /// The shortest way to a state that is stuck; empty where none is.
  public let stuckAfter: [Action]

  public init(_ rules: Rules, watching promises: [Promise] = Promise.allCases) {
    var search = Search(World(rules))
    var next = 0
    while next < search.worlds.count {
      let world = search.worlds[next]
      let views = world.views(rules)
      for action in world.candidates(rules, views) {
        guard var reached = try? world.after(action, rules, views) else { continue }
        reached.normalize()
        guard search.reach(reached, from: next, by: action) else { continue }
        if let broken = promises.first(where: { !$0.holds(in: reached, rules) }) {
          states = search.worlds.count
          verdict = .breaks(broken, search.way(to: search.worlds.count - 1))
          stuckAfter = []
          return
        }
      }
      next += 1
    }
    let stuck = search.stuck { world in
      View(rules, world.log[...]).batches.allSatisfy(\.isDone)
    }
    states = search.worlds.count
    verdict = .holds(stuck: stuck.count)
    stuckAfter = stuck.first.map { search.way(to: $0) } ?? []
  }
}

/// Found worlds, and how they were found.
struct Search {
  private(set) var worlds: [World]
  private var places: [World: Int32]
  private var cameFrom: [(place: Int32, by: Action)?] = [nil]
  /// Steps that need no fault.
  private var steps: [(from: Int32, to: Int32)] = []

  init(_ first: World) {
    worlds = [first]
    places = [first: 0]
  }

  /// Whether it is new.
  mutating func reach(_ world: World, from place: Int, by action: Action) -> Bool {
    let known = places[world]
    let to = known ?? Int32(worlds.count)
    if !action.isFault { steps.append((Int32(place), to)) }
    guard known == nil else { return false }
    places[world] = to
    worlds.append(world)
    cameFrom.append((Int32(place), action))
    return true
  }

  func way(to place: Int) -> [Action] {
    var actions: [Action] = []
    var place = place
    while let (from, action) = cameFrom[place] {
      actions.append(action)
      place = Int(from)
    }
    return actions.reversed()
  }

  /// Worlds from which no way without faults leads to the goal, nearest first.
  func stuck(goal: (World) -> Bool) -> [Int] {
    // Steps by where they lead, so that one can walk back.
    var begins = [Int](repeating: 0, count: worlds.count + 1)
    for step in steps { begins[Int(step.to) + 1] += 1 }
    for place in worlds.indices { begins[place + 1] += begins[place] }
    var back = [Int32](repeating: 0, count: steps.count)
    var filled = begins
    for step in steps {
      back[filled[Int(step.to)]] = step.from
      filled[Int(step.to)] += 1
    }
    var isAlive = worlds.map(goal)
    var queue = worlds.indices.filter { isAlive[$0] }
    while let place = queue.popLast() {
      for from in back[begins[place]..<begins[place + 1]] where !isAlive[Int(from)] {
        isAlive[Int(from)] = true
        queue.append(Int(from))
      }
    }
    return worlds.indices.filter { !isAlive[$0] }
  }
}
