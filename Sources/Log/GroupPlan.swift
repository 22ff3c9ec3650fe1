import Kernel

/// What a group is planned over: whoever knows the log before it by its hashes.
///
/// Throws where that can't be looked up: nobody may take it for none.
protocol KnownPast {
  var hasher: KeyHasher { get }
  func version(of stream: KeyHash) throws(StoreError) -> UInt64
  func command(_ id: KeyHash) throws(StoreError) -> LogIndex.Command?
}

extension LogIndex: KnownPast {}

/// What proposals become, before a byte of them is written: the entries of one group in the making.
///
/// The rules of appending in one place, the same for every store: replays first, then expected
/// versions, and a proposal sees what was taken before it: in this group, in the one that is on its
/// way to the disk, and in the log. Throws where the log's index can't be read.
struct GroupPlan: Sendable {
  /// A proposal that is to be written, from position `first` on.
  ///
  /// Proposals are asked where they are: copying one counts references for each of its texts.
  struct Entry: Sendable {
    /// Which of those that were taken in together.
    let proposal: Int
    let digest: Digest
    let command: KeyHash
    let first: UInt64
    let at: Instant
    /// Where its events stand among the group's.
    let events: Range<Int>

    var outcome: LogIndex.Command {
      LogIndex.Command(digest: digest, first: first, last: first + UInt64(events.count) - 1)
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
  private var versions = KeyTable<UInt64>()
  private var commands = KeyTable<LogIndex.Command>()

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

  func stream(of place: Place) -> KeyHash { keys[place.label] }
  func tags(of place: Place) -> ArraySlice<KeyHash> { keys[place.label + 1..<place.end] }

  /// Takes proposals in, over the log and the group before this one.
  mutating func admit(
    _ group: [Proposal], over past: some KnownPast, behind flying: GroupPlan?
  ) throws(StoreError) -> [AppendOutcome] {
    var outcomes: [AppendOutcome] = []
    outcomes.reserveCapacity(group.count)
    try admit(group.indices, of: group, over: past, behind: flying, &outcomes)
    return outcomes
  }

  /// Takes some of them in.
  mutating func admit(
    _ numbers: Range<Int>, of group: [Proposal], over past: some KnownPast,
    behind flying: GroupPlan?, _ outcomes: inout [AppendOutcome]
  ) throws(StoreError) {
    let past = Past(index: past, flying: flying)
    for number in numbers { outcomes.append(try admit(number, of: group, past)) }
  }

  /// What was there before this group.
  private struct Past<Index: KnownPast> {
    let index: Index
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
    _ number: Int, of group: [Proposal], _ past: borrowing Past<some KnownPast>
  ) throws(StoreError) -> AppendOutcome {
    guard let digest = Digest(group[number].digest) else {
      preconditionFailure("a digest has 32 bytes")
    }
    let count = group[number].events.count
    precondition(count > 0, "a proposal without events")
    let hasher = past.index.hasher
    let command = hasher.hash(group[number].command)
    var known = commands[command]
    if known == nil { known = try past.command(command) }
    if let known {
      return known.digest == digest ? .replayed(first: known.first, last: known.last) : .keyReused
    }
    for expectation in group[number].expected {
      let stream = hasher.hash(expectation.stream)
      var actual = versions[stream]
      if actual == nil { actual = try past.version(of: stream) }
      guard let actual, actual == expectation.version else {
        return .conflict(expectation.stream, actual: actual ?? 0)
      }
    }
    let entry = Entry(
      proposal: number, digest: digest, command: command, first: end.position + 1,
      at: max(group[number].at, end.at ?? group[number].at),
      events: places.count..<places.count + count)
    for index in 0..<count { try place(group[number].events[index], past) }
    let outcome = entry.outcome
    commands.put(outcome, command)
    end = End(position: outcome.last, at: entry.at)
    entries.append(entry)
    return .appended(first: outcome.first, last: outcome.last)
  }

  private mutating func place(
    _ event: LedgerEvent, _ past: borrowing Past<some KnownPast>
  ) throws(StoreError) {
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
  func envelope(of entry: Entry, _ index: Int, of group: [Proposal]) -> Envelope {
    let proposal = group[entry.proposal]
    let place = places[entry.events.lowerBound + index]
    return Envelope(
      at: entry.at,
      cause: Envelope.Cause(
        actor: proposal.actor, command: proposal.command,
        position: proposal.causedBy.map { Int($0) }),
      name: proposal.events[index].name, position: Int(entry.first) + index,
      stream: text.stream(place.label).text,
      tags: (place.label + 1..<place.end).map { text.tag($0).text }, version: Int(place.version))
  }
}

extension GroupPlan {
  /// An entry's events as they are stored, behind a hash, which is the last one's afterwards.
  func stored(
    _ entry: Entry, of group: [Proposal], after hash: inout Digest, _ writer: inout BodyWriter
  ) -> [StoredEvent] {
    let chain = Chain()
    return group[entry.proposal].events.indices.map { index in
      writer.out.bytes.removeAll(keepingCapacity: true)
      let count = put(entry, index, of: group, to: &writer)
      hash = writer.out.bytes.withUnsafeBytes { chain.hash(after: hash, $0) }
      let body = Array(writer.out.bytes[Envelope.bodyStart..<Envelope.bodyStart + count])
      return StoredEvent(envelope(of: entry, index, of: group), body: body, hash: hash.bytes)
    }
  }

  /// Appends the bytes that the envelope's listing gives, without making a text of anything; gives
  /// the number of the body's.
  func put(
    _ entry: Entry, _ index: Int, of group: [Proposal], to writer: inout BodyWriter
  ) -> Int {
    let place = places[entry.events.lowerBound + index]
    let number = entry.proposal
    precondition(
      entry.at.isWritable && group[number].command.isWritable, "a blank place reached the log")
    writer.out.put(raw: "{\"at\":")
    entry.at.write(to: &writer.out)
    writer.out.put(raw: ",\"body\":")
    let start = writer.out.bytes.count
    // No event is copied here: that would count references for each of its texts.
    writer.write(group[number].events[index])
    let count = writer.out.bytes.count - start
    writer.out.put(raw: ",\"cause\":{\"actor\":")
    writer.out.put(quoted: group[number].actor)
    writer.out.put(raw: ",\"command\":")
    group[number].command.write(to: &writer.out)
    if let position = group[number].causedBy {
      writer.out.put(raw: ",\"position\":")
      writer.out.put(Int(position))
    }
    writer.out.put(raw: "},\"name\":")
    writer.out.put(quoted: group[number].events[index].name)
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
