import Kernel

/// What proposals become, before a byte of them is written: the entries of one group in the making.
///
/// The rules of appending in one place, the same for every store: replays first, then expected
/// versions, and a proposal sees what was taken before it: in this group, in the one that is on its
/// way to the disk, and in the log. Throws where the log's index can't be read.
struct GroupPlan: Sendable {
  /// A proposal that is to be written, from position `first` on.
  struct Entry: Sendable {
    let proposal: Proposal
    let digest: Digest
    let command: KeyHash
    let first: UInt64
    let at: Instant
    /// Where the first of its events stands among the group's.
    let event: Int

    var outcome: LogIndex.Command {
      LogIndex.Command(
        digest: digest, first: first, last: first + UInt64(proposal.events.count) - 1)
    }
  }

  /// Where an event is found: its stream's label and version; its tags follow the stream's label.
  struct Place: Sendable {
    let label: Int
    let end: Int
    let version: UInt64
  }

  /// Where the log stands behind what is planned.
  struct End: Sendable {
    var position: UInt64
    var at: Instant?
  }

  private(set) var entries: [Entry] = []
  /// One an event.
  private(set) var places: [Place] = []
  private(set) var text = PlaceText()
  /// One a label.
  private var keys: [KeyHash] = []
  private(set) var end: End
  private var versions = KeyTable<UInt64>(blank: 0)
  private var commands = KeyTable(
    blank: LogIndex.Command(digest: .zero, first: 0, last: 0))

  init(after end: End) { self.end = end }

  /// Begins another group in the same room.
  mutating func begin(after end: End) {
    entries.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    text.removeAll()
    keys.removeAll(keepingCapacity: true)
    versions.removeAll()
    commands.removeAll()
    self.end = end
  }

  /// Where an entry's events stand among the group's.
  func events(of entry: Int) -> Range<Int> {
    let first = entries[entry].event
    return first..<first + entries[entry].proposal.events.count
  }

  func stream(of place: Place) -> KeyHash { keys[place.label] }
  func tags(of place: Place) -> ArraySlice<KeyHash> { keys[place.label + 1..<place.end] }

  /// Takes proposals in, over the log and the group before this one.
  mutating func admit(
    _ group: [Proposal], over past: LogIndex, behind flying: GroupPlan?
  ) throws(StoreError) -> [AppendOutcome] {
    let past = Past(index: past, flying: flying)
    var outcomes: [AppendOutcome] = []
    outcomes.reserveCapacity(group.count)
    for index in group.indices { outcomes.append(try admit(group[index], past)) }
    return outcomes
  }

  /// What was there before this group.
  private struct Past {
    let index: LogIndex
    let flying: GroupPlan?

    func command(_ key: KeyHash) throws(StoreError) -> LogIndex.Command? {
      if let command = flying?.commands[key] { return command }
      return try index.command(key)
    }

    func version(of stream: KeyHash) throws(StoreError) -> UInt64 {
      if let version = flying?.versions[stream] { return version }
      return try index.version(of: stream)
    }
  }

  private mutating func admit(
    _ proposal: Proposal, _ past: Past
  ) throws(StoreError) -> AppendOutcome {
    guard let digest = Digest(proposal.digest) else { preconditionFailure("a digest has 32 bytes") }
    precondition(!proposal.events.isEmpty, "a proposal without events")
    let hasher = past.index.hasher
    let command = hasher.hash(proposal.command)
    var known = commands[command]
    if known == nil { known = try past.command(command) }
    if let known {
      return known.digest == digest ? .replayed(first: known.first, last: known.last) : .keyReused
    }
    for expectation in proposal.expected {
      let stream = hasher.hash(expectation.stream)
      var actual = versions[stream]
      if actual == nil { actual = try past.version(of: stream) }
      guard let actual, actual == expectation.version else {
        return .conflict(expectation.stream, actual: actual ?? 0)
      }
    }
    let entry = Entry(
      proposal: proposal, digest: digest, command: command, first: end.position + 1,
      at: max(proposal.at, end.at ?? proposal.at), event: places.count)
    for index in proposal.events.indices { try place(proposal.events[index], past) }
    let outcome = entry.outcome
    commands.put(outcome, command)
    end = End(position: outcome.last, at: entry.at)
    entries.append(entry)
    return .appended(first: outcome.first, last: outcome.last)
  }

  private mutating func place(_ event: LedgerEvent, _ past: Past) throws(StoreError) {
    let first = text.count
    text.add(event)
    let hasher = past.index.hasher
    text.forEach(from: first) { label, bytes in
      keys.append(hasher.hash(label == first ? .stream : .tag, bytes))
    }
    let stream = keys[first]
    var version = versions[stream]
    if version == nil { version = try past.version(of: stream) }
    let next = (version ?? 0) + 1
    versions.put(next, stream)
    places.append(Place(label: first, end: text.count, version: next))
  }

  /// The envelope of an entry's event, to be written by its listing; `put` is the short way.
  func envelope(of entry: Entry, _ index: Int) -> Envelope {
    let place = places[entry.event + index]
    return Envelope(
      at: entry.at,
      cause: Envelope.Cause(
        actor: entry.proposal.actor, command: entry.proposal.command,
        position: entry.proposal.causedBy.map { Int($0) }),
      name: entry.proposal.events[index].name, position: Int(entry.first) + index,
      stream: text.stream(place.label).text,
      tags: (place.label + 1..<place.end).map { text.tag($0).text }, version: Int(place.version))
  }
}

extension GroupPlan {
  /// Appends the bytes that the envelope's listing gives, without making a text of anything; gives
  /// the number of the body's.
  func put(_ entry: borrowing Entry, _ index: Int, to writer: inout BodyWriter) -> Int {
    let place = places[entry.event + index]
    precondition(
      entry.at.isWritable && entry.proposal.command.isWritable, "a blank place reached the log")
    writer.out.put(raw: "{\"at\":")
    entry.at.write(to: &writer.out)
    writer.out.put(raw: ",\"body\":")
    let start = writer.out.bytes.count
    // No event is copied here: that would count references for each of its texts.
    writer.write(entry.proposal.events[index])
    let count = writer.out.bytes.count - start
    writer.out.put(raw: ",\"cause\":{\"actor\":")
    writer.out.put(quoted: entry.proposal.actor)
    writer.out.put(raw: ",\"command\":")
    entry.proposal.command.write(to: &writer.out)
    if let position = entry.proposal.causedBy {
      writer.out.put(raw: ",\"position\":")
      writer.out.put(Int(position))
    }
    writer.out.put(raw: "},\"name\":")
    writer.out.put(quoted: entry.proposal.events[index].name)
    writer.out.put(raw: ",\"partition\":1,\"position\":")
    writer.out.put(Int(entry.first) + index)
    writer.out.put(raw: ",\"stream\":")
    text.with(place.label) { writer.out.put(quoted: $0) }
    writer.out.put(raw: ",\"tags\":[")
    text.forEach(from: place.label + 1, to: place.end) { label, bytes in
      if label > place.label + 1 { writer.out.put(UInt8(ascii: ",")) }
      writer.out.put(quoted: bytes)
    }
    writer.out.put(raw: "],\"version\":")
    writer.out.put(Int(place.version))
    writer.out.put(UInt8(ascii: "}"))
    return count
  }
}
