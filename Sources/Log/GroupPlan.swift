import Kernel

/// What a group of proposals becomes, before a byte of it is written.
///
/// The rules of appending in one place, the same for every store: replays first, then expected
/// versions, and a proposal sees what the group holds before it. Throws where the log's index can't
/// be read.
struct GroupPlan {
  /// A proposal that is to be written, from position `first` on.
  struct Entry {
    let proposal: Proposal
    let digest: Digest
    let first: UInt64
    let at: Instant
    /// One place an event.
    let places: [EventPlace]

    var command: LogIndex.Command {
      LogIndex.Command(
        digest: digest, first: first, last: first + UInt64(proposal.events.count) - 1)
    }

    func envelope(of index: Int) -> Envelope {
      Envelope(
        at: at,
        cause: Envelope.Cause(
          actor: proposal.actor, command: proposal.command,
          position: proposal.causedBy.map { Int($0) }),
        name: proposal.events[index].name, position: Int(first) + index,
        stream: places[index].stream.text, tags: places[index].tags.map(\.text),
        version: Int(places[index].version))
    }
  }

  private(set) var entries: [Entry] = []
  private(set) var outcomes: [AppendOutcome] = []
  private var next: UInt64
  private var at: Instant?
  private var versions: [StreamName: UInt64] = [:]
  private var commands: [CommandID: LogIndex.Command] = [:]

  init(_ group: [Proposal], over past: LogIndex) throws(StoreError) {
    next = past.position + 1
    at = past.at
    outcomes.reserveCapacity(group.count)
    for proposal in group { outcomes.append(try admit(proposal, over: past)) }
  }

  private mutating func admit(
    _ proposal: Proposal, over past: LogIndex
  ) throws(StoreError) -> AppendOutcome {
    guard let digest = Digest(proposal.digest) else { preconditionFailure("a digest has 32 bytes") }
    precondition(!proposal.events.isEmpty, "a proposal without events")
    var known = commands[proposal.command]
    if known == nil { known = try past.command(proposal.command) }
    if let known {
      return known.digest == digest ? .replayed(first: known.first, last: known.last) : .keyReused
    }
    for expectation in proposal.expected {
      let actual = try version(of: expectation.stream, over: past)
      guard actual == expectation.version else {
        return .conflict(expectation.stream, actual: actual)
      }
    }
    let time = max(proposal.at, at ?? proposal.at)
    var places: [EventPlace] = []
    places.reserveCapacity(proposal.events.count)
    for event in proposal.events {
      let (stream, tags) = event.place
      let version = try version(of: stream, over: past) + 1
      versions[stream] = version
      places.append(EventPlace(stream: stream, version: version, tags: tags))
    }
    let entry = Entry(
      proposal: proposal, digest: digest, first: next, at: time, places: places)
    commands[proposal.command] = entry.command
    next = entry.command.last + 1
    at = time
    entries.append(entry)
    return .appended(first: entry.command.first, last: entry.command.last)
  }

  private func version(
    of stream: StreamName, over past: LogIndex
  ) throws(StoreError) -> UInt64 {
    if let version = versions[stream] { return version }
    return try past.version(of: stream)
  }
}
