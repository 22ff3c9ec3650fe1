import Kernel
public import Log

/// A short known story that a program appends while everything goes wrong around it.
public enum FaultStory {
  /// So many groups, the genesis being one.
  public static let count = 16
  /// A few events a segment, so that the story closes and seals some.
  public static let options: FileStore.Options = {
    var options = FileStore.Options()
    options.segmentBytes = 6144
    options.stepBytes = 4096
    options.sealing = .byHand
    return options
  }()

  /// The groups in order, each of one proposal.
  public static func groups(log: String) -> [Proposal] {
    let state = LedgerState()
    guard
      case .accept(let opening) = state.decide(
        .ledger(.open(environment: .sandbox, log: log)), at: story[0][0].at)
    else { preconditionFailure("a log can't be opened") }
    let rest = story.dropFirst().map { $0.map(\.event) }
    return ([opening] + rest).prefix(count).enumerated().map { number, events in
      guard let command = CommandID(text: "fault\(number)") else {
        preconditionFailure("no command id")
      }
      return Proposal(
        command: command, digest: [UInt8](repeating: 7, count: 32), actor: "appender",
        at: story[number][0].at, events: events)
    }
  }

  /// The standard story, cut where the time changes.
  private static let story: [[Recorded]] = {
    var groups: [[Recorded]] = []
    for recorded in Story.standard().log {
      if groups.last?.first?.at == recorded.at {
        groups[groups.count - 1].append(recorded)
      } else {
        groups.append([recorded])
      }
    }
    return groups
  }()

  /// Bodies after so many groups, in order.
  public static func bodies(log: String) -> [[[UInt8]]] {
    let groups = groups(log: log)
    return (0...groups.count).map { number in
      groups.prefix(number).flatMap(\.events).map(EventCodec.body(of:))
    }
  }
}
