import Kernel

/// What a start makes of the facts beside the ledger's own state: the process, the steps it asked
/// for, and the jobs that are owed.
///
/// It needs nothing of the state, so that a thread of its own takes the facts in behind the one
/// that folds them.
struct Follower<P: LedgerProcess>: Sendable {
  var process: P
  var asked: AskedSteps
  var owed: OwedJobs<P.Job>

  mutating func take(_ recorded: Recorded) {
    asked.take(recorded.event)
    let reaction = process.take(recorded)
    for (number, command) in reaction.commands.enumerated() {
      asked.ask(
        .init(position: recorded.position, number: number, command: command), atStart: true)
    }
    for key in reaction.closed { owed.close(key) }
    for job in reaction.opened {
      owed.open(
        EffectRunner.Owed(KeptJob(job), intent: recorded.position, since: recorded.at))
    }
  }
}

/// Facts that were folded, on their way to a follower and its thread.
final class FactsBehind<P: LedgerProcess>: Sendable {
  private struct Shelf {
    var portions: [Portion] = []
    /// No more portions come.
    var isWhole = false
    var follower: Follower<P>?
  }

  /// Portions that wait at most.
  private static var most: Int { 16 }
  private let shelf = Signal(Shelf())

  init(_ follower: Follower<P>) {
    onThread { [shelf] in Self.follow(shelf, follower) }
  }

  deinit { shelf.post { $0.isWhole = true } }

  /// Hands a portion on; waits where too many are on their way.
  func take(_ portion: Portion) {
    _ = shelf.wait(microseconds: nil) { shelf -> Bool? in
      guard shelf.portions.count < Self.most else { return nil }
      shelf.portions.append(portion)
      return true
    }
    shelf.post { _ in }
  }

  /// The follower, once it has taken everything in.
  func end() -> Follower<P> {
    shelf.post { $0.isWhole = true }
    guard let follower = shelf.wait(microseconds: nil, { $0.follower.take() }) else {
      preconditionFailure("waiting for ever ended")
    }
    return follower
  }

  private static func follow(_ shelf: Signal<Shelf>, _ beginning: Follower<P>) {
    var follower = beginning
    while true {
      let next: Portion?? = shelf.wait(microseconds: nil) { shelf in
        if !shelf.portions.isEmpty { return .some(shelf.portions.removeFirst()) }
        return shelf.isWhole ? .some(nil) : nil
      }
      guard let portion = next ?? nil else { break }
      shelf.post { _ in }
      portion.empty { follower.take($0) }
    }
    shelf.post { $0.follower = follower }
  }
}
