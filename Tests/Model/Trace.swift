/// A world that follows what really happened, action by action.
///
/// What the model doesn't allow is refused; so a run that was followed to its end is one of the
/// interleavings that `Exploration` vouches for, as far as the bounds there are wide enough.
public struct Follower: Sendable {
  public let rules: Rules
  private var world: World
  private var views: [View]

  public init(_ rules: Rules) {
    self.rules = rules
    world = World(rules)
    views = world.views(rules)
  }

  /// Takes the next step, or says why it can't have happened; then nothing changes.
  public mutating func take(_ action: Action) throws(Refused) {
    world = try world.after(action, rules, views)
    for (process, position) in world.positions.enumerated() {
      if case .restore = action { views[process] = View(rules) }
      while views[process].count < position {
        views[process].read(world.log[views[process].count])
      }
    }
  }

  /// The first promise that doesn't hold now.
  public var broken: Promise? { Promise.allCases.first { !$0.holds(in: world, rules) } }
}

/// What was done, in order.
public struct Trace: Sendable {
  public enum Verdict: Hashable, Sendable {
    case accepted
    /// The step, from 1, that the model doesn't allow.
    case refused(step: Int, Action, Refused)
    /// Every step is allowed, and yet it ends badly: a fault of the model.
    case broken(Promise)
  }

  public var actions: [Action]
  /// How many transfers it speaks of.
  public let batches: Int

  public init(_ actions: [Action], batches: Int) {
    self.actions = actions
    self.batches = batches
  }

  /// Whether the model allows it; `rules` are those of a running service where none are given.
  public func check(_ rules: Rules? = nil) -> Verdict {
    var follower = Follower(rules ?? .unbounded(batches: batches))
    for (index, action) in actions.enumerated() {
      do throws(Refused) {
        try follower.take(action)
      } catch {
        return .refused(step: index + 1, action, error)
      }
    }
    return follower.broken.map { .broken($0) } ?? .accepted
  }
}

extension Trace.Verdict: CustomStringConvertible {
  public var description: String {
    switch self {
    case .accepted: "accepted"
    case .refused(let step, let action, let why): "refused at step \(step), \(action): \(why)"
    case .broken(let promise): "breaks \(promise)"
    }
  }
}
