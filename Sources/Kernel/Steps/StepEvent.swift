/// What becomes of a step by time alone: it is overdue, or tried again by itself; stored in a
/// stream of its process, `ledger-<kind>-<id>`.
public indirect enum StepEvent: Hashable, Sendable {
  case overdue(Overdue)
  case attempted(Attempted)
  case attemptsStopped(AttemptsStopped)

  /// A step stands where it stood for longer than is no news (`StepExpectation`).
  ///
  /// Once for each time that it comes into a state. Nothing follows but that people hear of it.
  public struct Overdue: BlankFact {
    public static let name = "ledger.step_overdue.v1"
    public internal(set) var channel: ChannelKey = .blank
    /// When it should have been over.
    public internal(set) var due: Instant = .blank
    /// Of the conversion, batch, split or transfer; hostpay has its split's.
    public internal(set) var id = ""
    public internal(set) var kind: StepKind = .blank
    /// When it came into the state.
    public internal(set) var since: Instant = .blank
    public internal(set) var state: StepState = .blank
    /// In words.
    public internal(set) var waitsFor = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("due", &due)
      fields.text("id", &id)
      fields.text("kind", &kind)
      fields.text("since", &since)
      fields.text("state", &state)
      fields.text("waitsFor", &waitsFor)
    }
  }

  /// What was held or failed is tried again by itself.
  ///
  /// Nothing was sent for it, nor can be any more. What begins anew stands behind, in the same
  /// append.
  public struct Attempted: BlankFact {
    public static let name = "ledger.step_attempted.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var id = ""
    public internal(set) var kind: StepKind = .blank
    /// From 1; over all that stood in its place since.
    public internal(set) var number = 0

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("id", &id)
      fields.text("kind", &kind)
      fields.integer("number", &number)
    }
  }

  /// A person holds it: it isn't tried again by itself until a person lets it go on.
  public struct AttemptsStopped: BlankFact {
    public static let name = "ledger.attempts_stopped.v1"
    public internal(set) var channel: ChannelKey = .blank
    public internal(set) var id = ""
    public internal(set) var kind: StepKind = .blank
    public internal(set) var reason = ""

    public mutating func list<F: Fields>(_ fields: inout F) {
      fields.text("channel", &channel)
      fields.text("id", &id)
      fields.text("kind", &kind)
      fields.text("reason", &reason)
    }
  }
}

extension StepEvent {
  static let forms: [FactForm] = [
    FactForm(Overdue.self) { .ledger(.step(.overdue($0))) },
    FactForm(Attempted.self) { .ledger(.step(.attempted($0))) },
    FactForm(AttemptsStopped.self) { .ledger(.step(.attemptsStopped($0))) },
  ]

  public var key: ProcessKey {
    switch self {
    case .overdue(let e): ProcessKey(e.kind, e.id)
    case .attempted(let e): ProcessKey(e.kind, e.id)
    case .attemptsStopped(let e): ProcessKey(e.kind, e.id)
    }
  }

  private var channel: ChannelKey {
    switch self {
    case .overdue(let e): e.channel
    case .attempted(let e): e.channel
    case .attemptsStopped(let e): e.channel
    }
  }

  func tell(_ place: inout PlaceText) {
    place.stream("ledger", "\(key.kind.text)-\(key.id)")
    place.channel(channel)
  }

  var fact: any Fact {
    switch self {
    case .overdue(let fact): fact
    case .attempted(let fact): fact
    case .attemptsStopped(let fact): fact
    }
  }

  var name: String {
    switch self {
    case .overdue: Overdue.name
    case .attempted: Attempted.name
    case .attemptsStopped: AttemptsStopped.name
    }
  }

  /// For people, beside name and amount.
  var remark: String? {
    switch self {
    case .overdue(let e): "\(e.kind.text) \(e.id) since \(e.since.text): waits for \(e.waitsFor)"
    case .attempted(let e):
      "\(e.kind.text) \(e.id): attempt \(e.number) of \(Limits.lateAttemptsMost)"
    case .attemptsStopped(let e): "\(e.kind.text) \(e.id): \(e.reason)"
    }
  }

  func write(to writer: inout BodyWriter) {
    switch self {
    case .overdue(let fact): writer.write(fact)
    case .attempted(let fact): writer.write(fact)
    case .attemptsStopped(let fact): writer.write(fact)
    }
  }

  mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .overdue(var fact):
      fact.list(&fields)
      self = .overdue(fact)
    case .attempted(var fact):
      fact.list(&fields)
      self = .attempted(fact)
    case .attemptsStopped(var fact):
      fact.list(&fields)
      self = .attemptsStopped(fact)
    }
  }
}
