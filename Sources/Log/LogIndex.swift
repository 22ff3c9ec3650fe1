import Kernel

/// What a store knows of its log without reading it: the head, and who finds events by what.
///
/// Sealed segments answer from their files, by what of them is kept in memory (`SealedSegment`);
/// the rest from tables (`LogTable`).
struct LogIndex: Sendable {
  struct Command: Sendable {
    let digest: Digest
    let first: UInt64
    let last: UInt64
  }

  private(set) var position: UInt64 = 0
  private(set) var hash = Digest.zero
  private(set) var at: Instant?
  /// In order; all of them lie before the tables.
  fileprivate(set) var sealed: [SealedSegment] = []
  /// In order; one a segment that isn't sealed.
  private(set) var tables: [LogTable] = []
  let hasher: KeyHasher

  init(log: LogID) { hasher = KeyHasher(log) }

  var head: LogHead { LogHead(position: position, hash: hash.bytes, at: at) }

  /// Has the places of streams and tags fetched that are asked for soon: a large table's are in no
  /// cache, and so they come side by side.
  func warm(_ names: ArraySlice<KeyHash>) {
    for table in tables { table.warm(names) }
  }

  /// The same of commands.
  func warm(commands ids: ArraySlice<KeyHash>) {
    for table in tables { table.warm(commands: ids) }
  }

  /// How many events the stream holds; throws where a sealed segment can't be asked.
  func version(of stream: StreamName) throws(StoreError) -> UInt64 {
    try version(of: hasher.hash(stream))
  }

  func version(of key: KeyHash) throws(StoreError) -> UInt64 {
    if let version = unsealedVersion(of: key) { return version }
    return try sealedVersion(of: key)
  }

  /// What the events that aren't sealed say; nil where none of them is the stream's.
  func unsealedVersion(of key: KeyHash) -> UInt64? {
    for index in tables.indices.reversed() {
      if let version = tables[index].version(of: key) { return version }
    }
    return nil
  }

  /// What the sealed segments say.
  func sealedVersion(of key: KeyHash) throws(StoreError) -> UInt64 {
    for index in sealed.indices.reversed() {
      if let version = try sealed[index].version(of: key, hasher) { return version }
    }
    return 0
  }

  /// What became of a command; throws where a sealed segment can't be asked.
  func command(_ id: CommandID) throws(StoreError) -> Command? {
    try command(hasher.hash(id))
  }

  func command(_ key: KeyHash) throws(StoreError) -> Command? {
    if let command = unsealedCommand(key) { return command }
    for index in sealed.indices.reversed() {
      if let command = try sealed[index].command(key, hasher) { return command }
    }
    return nil
  }

  /// What the events that aren't sealed say.
  func unsealedCommand(_ key: KeyHash) -> Command? {
    for index in tables.indices.reversed() {
      if let command = tables[index].command(key) { return command }
    }
    return nil
  }

  func outcome(of id: CommandID) throws(StoreError) -> CommandOutcome? {
    try command(id).map {
      CommandOutcome(digest: $0.digest.bytes, first: $0.first, last: $0.last)
    }
  }

  /// Begins the table of the segment that comes next.
  mutating func begin() { tables.append(LogTable(after: position)) }

  /// Takes in a sealed segment that goes on where the log ends; nothing unsealed may lie before it.
  mutating func take(_ segment: SealedSegment) {
    precondition(tables.isEmpty && segment.first == position + 1, "a sealed segment out of place")
    sealed.append(segment)
    position = segment.last
    hash = segment.hash
    at = segment.times.last
  }

  /// Lets a sealed segment stand for the oldest table.
  mutating func replace(with segment: SealedSegment) {
    precondition(
      tables.first?.base == segment.first - 1 && tables.first?.last == segment.last,
      "a sealed segment for other events")
    tables.removeFirst()
    sealed.append(segment)
  }

  /// Takes in the next event.
  mutating func take(_ place: EventPlace, at instant: Instant, hash: Digest) {
    take(
      hasher.hash(place.stream), version: place.version,
      tags: place.tags.map { hasher.hash($0) }[...], at: instant, hash: hash)
  }

  mutating func take(
    _ stream: KeyHash, version: UInt64, tags: ArraySlice<KeyHash>, at instant: Instant,
    hash: Digest
  ) {
    if tables.isEmpty { begin() }
    position += 1
    self.hash = hash
    at = instant
    tables[tables.count - 1].take(stream, version: version, tags: tags)
  }

  mutating func take(_ command: Command, of id: CommandID) { take(command, of: hasher.hash(id)) }

  mutating func take(_ command: Command, of id: KeyHash) {
    tables[tables.count - 1].take(command, of: id)
  }
}

/// Where an event is found: its stream and version, and its tags.
struct EventPlace: Sendable {
  let stream: StreamName
  let version: UInt64
  let tags: [Tag]
}

extension LogIndex {
  /// Keeps the indexes of the newest sealed segments in memory, up to so many bytes of them.
  mutating func boundMemory(_ most: Int) {
    var bytes = 0
    for index in sealed.indices.reversed() {
      bytes += sealed[index].indexBytes
      if bytes > most, sealed[index].indexBytes > 0 {
        sealed[index] = sealed[index].withoutIndex()
      }
    }
  }
}
