import Glibc
import Kernel

/// What a group is planned over: whoever knows the log before it by its hashes.
///
/// Throws where that can't be looked up: nobody may take it for none.
protocol KnownPast {
  var hasher: KeyHasher { get }
  func version(of stream: KeyHash) throws(StoreError) -> UInt64
  func command(_ id: KeyHash) throws(StoreError) -> LogIndex.Command?
  /// Is asked soon for the versions of streams.
  func warm(_ streams: ArraySlice<KeyHash>)
  /// Is asked soon for commands.
  func warm(commands ids: ArraySlice<KeyHash>)
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
    let stream: KeyHash
    fileprivate(set) var version: UInt64 = 0

    /// Of the stream and of tags.
    var nameCount: Int { end - label }
  }

  /// A proposal whose names are hashed, before anybody is asked for them.
  private struct Asked {
    let digest: Digest
    var command = KeyHash(high: 0, low: 0)
    /// Where its events stand among `named`.
    let events: Range<Int>
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
  private(set) var end: End
  // What is about to be admitted: one a proposal, and one an event, without a version yet; and the
  // names that are looked up for it.
  private var asked: [Asked] = []
  private var askedCommands: [KeyHash] = []
  private var named: [Place] = []
  private var namedStreams: [KeyHash] = []
  private var versions = KeyTable<UInt64>()
  private var commands = KeyTable<LogIndex.Command>()

  init(after end: End) { self.end = end }

  /// Begins another group in the same room.
  mutating func begin(after end: End) {
    entries.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    text.removeAll()
    versions.removeAll()
    commands.removeAll()
    self.end = end
  }

  /// Appends the hashes of an event's stream and of its tags, which nobody needs to plan.
  func hashNames(of place: Place, _ hasher: KeyHasher, to hashes: inout [KeyHash]) {
    hashes.append(place.stream)
    text.forEach(from: place.label + 1, to: place.end) { hashes.append(hasher.hash(.tag, $1)) }
  }

  /// Takes proposals in, over the log and the group before this one.
  mutating func admit(
    _ group: [Proposal], over past: some KnownPast, behind flying: GroupPlan?
  ) throws(StoreError) -> [AppendOutcome] {
    var outcomes: [AppendOutcome] = []
    outcomes.reserveCapacity(group.count)
    name(group.indices, of: group, past.hasher)
    try admit(group.indices, of: group, over: past, behind: flying, &outcomes)
    return outcomes
  }

  /// Hashes the names of some proposals, which are to be admitted next: nobody else has to wait
  /// for that.
  mutating func name(_ numbers: Range<Int>, of group: [Proposal], _ hasher: KeyHasher) {
    asked.removeAll(keepingCapacity: true)
    askedCommands.removeAll(keepingCapacity: true)
    named.removeAll(keepingCapacity: true)
    namedStreams.removeAll(keepingCapacity: true)
    var count = 0
    for number in numbers {
      let start = count
      count += group[number].events.count
      guard let digest = Digest(group[number].digest) else {
        preconditionFailure("a digest has 32 bytes")
      }
      precondition(start < count, "a proposal without events")
      asked.append(Asked(digest: digest, events: start..<count))
    }
    for number in numbers {
      let command = hasher.hash(group[number].command)
      asked[number - numbers.lowerBound].command = command
      askedCommands.append(command)
    }
    for number in numbers {
      let events = group[number].events
      for index in events.indices {
        let first = text.count
        text.add(events[index])
        let stream = text.with(first) { hasher.hash(.stream, $0) }
        named.append(Place(label: first, end: text.count, stream: stream))
        namedStreams.append(stream)
      }
    }
  }

  /// Takes in those that were named last.
  mutating func admit(
    _ numbers: Range<Int>, of group: [Proposal], over past: some KnownPast,
    behind flying: GroupPlan?, _ outcomes: inout [AppendOutcome]
  ) throws(StoreError) {
    precondition(asked.count == numbers.count, "other proposals were named")
    past.warm(commands: askedCommands[...])
    past.warm(namedStreams[...])
    flying?.commands.warm(askedCommands[...])
    flying?.versions.warm(namedStreams[...])
    let past = Past(index: past, flying: flying)
    for number in numbers {
      outcomes.append(
        try admit(number, of: group, asked[number - numbers.lowerBound], past))
    }
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
    _ number: Int, of group: [Proposal], _ asked: Asked, _ past: borrowing Past<some KnownPast>
  ) throws(StoreError) -> AppendOutcome {
    var known = commands[asked.command]
    if known == nil { known = try past.command(asked.command) }
    if let known {
      return known.digest == asked.digest
        ? .replayed(first: known.first, last: known.last) : .keyReused
    }
    for index in 0..<group[number].expected.count {
      let stream = hash(group[number].expected[index].stream, asked.events, past.index.hasher)
      let actual = try version(of: stream, past)
      guard actual == group[number].expected[index].version else {
        return .conflict(group[number].expected[index].stream, actual: actual)
      }
    }
    let count = asked.events.count
    let entry = Entry(
      proposal: number, digest: asked.digest, command: asked.command, first: end.position + 1,
      at: max(group[number].at, end.at ?? group[number].at),
      events: places.count..<places.count + count)
    for index in asked.events {
      var place = named[index]
      place.version = try version(of: place.stream, past) + 1
      versions.put(place.version, place.stream)
      places.append(place)
    }
    let outcome = entry.outcome
    commands.put(outcome, asked.command)
    end = End(position: outcome.last, at: entry.at)
    entries.append(entry)
    return .appended(first: outcome.first, last: outcome.last)
  }

  /// The hash of a stream, which nearly always is one of the proposal's own events'.
  private func hash(
    _ stream: StreamName, _ events: Range<Int>, _ hasher: KeyHasher
  ) -> KeyHash {
    var name = stream.text
    return name.withUTF8 { name in
      let name = UnsafeRawBufferPointer(name)
      for index in events {
        let isSame = text.with(named[index].label) { label in
          guard let left = label.baseAddress, let right = name.baseAddress else { return false }
          return label.count == name.count && memcmp(left, right, name.count) == 0
        }
        if isSame { return named[index].stream }
      }
      return hasher.hash(.stream, name)
    }
  }

  /// The stream's version with what was taken in before, and kept: it is asked for again.
  private mutating func version(
    of stream: KeyHash, _ past: borrowing Past<some KnownPast>
  ) throws(StoreError) -> UInt64 {
    if let version = versions[stream] { return version }
    let version = try past.version(of: stream)
    versions.put(version, stream)
    return version
  }
}
