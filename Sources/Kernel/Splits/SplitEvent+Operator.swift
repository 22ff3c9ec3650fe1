// What a person said about a split; why is in the fact, and who in its envelope.

extension SplitEvent {
  /// Somebody wants the outside asked now, whatever call the split owes.
  public struct Asked: BlankFact {
    public static let name = "split.asked.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var reason = ""
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("reason", &reason)
      fields.text("split", &split)
    }
  }

  /// A hold was lifted: the split goes on from `next`, and nothing is paid again.
  public struct Released: BlankFact {
    public static let name = "split.released.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var next: SplitStep = .blank
    public internal(set) var reason = ""
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("next", &next)
      fields.text("reason", &reason)
      fields.text("split", &split)
    }
  }

  /// The split begins anew at `next`: no transfer of it has moved money, nor can any.
  public struct Retried: BlankFact {
    public static let name = "split.retried.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var next: SplitStep = .blank
    public internal(set) var reason = ""
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("next", &next)
      fields.text("reason", &reason)
      fields.text("split", &split)
    }
  }
}

extension SplitEvent {
  /// A split whose deposit came back is followed by `next`, which is requested in the same append.
  public struct Replaced: BlankFact {
    public static let name = "split.replaced.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var next: SplitID = .blank
    public internal(set) var reason = ""
    public internal(set) var split: SplitID = .blank

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("next", &next)
      fields.text("reason", &reason)
      fields.text("split", &split)
    }
  }
}

/// Where a split goes on after a person let it.
public enum SplitStep: String, Word {
  /// With another estimate, and another swap.
  case estimate
  /// With its transfer: a direct split has no swap.
  case fund
  /// With waiting for what it paid for.
  case watch

  public static let words = WordList<SplitStep>()
}
