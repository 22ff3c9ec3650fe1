import Kernel

/// What unsealed events say of the sealed segments before them, to be looked up for many at once:
/// that their commands are new there, and at which versions their streams stand.
///
/// Many names are held against one segment's filter, and then against the next one's, so that the
/// filter stays in the processor's cache: one by one, each name costs a line of memory a segment.
struct OwedLookups {
  private struct Name {
    let key: KeyHash
    /// The version that comes next in a stream; 0 for a command.
    let next: UInt64
    let position: UInt64
  }

  /// Names that are gathered at most: some 20 MB.
  private static let most = 1 << 19
  private var names: [Name] = []

  var isFull: Bool { names.count >= Self.most }

  /// No sealed segment has the command of the event at a position.
  mutating func add(command key: KeyHash, at position: UInt64) {
    names.append(Name(key: key, next: 0, position: position))
  }

  /// The event at a position is the next one of a stream that only sealed segments may have.
  mutating func add(stream key: KeyHash, next version: UInt64, at position: UInt64) {
    names.append(Name(key: key, next: version, position: position))
  }

  /// Looks all of it up, and has nothing more to look up then; gives the first position whose
  /// event isn't as the sealed segments have it, nil where all are.
  mutating func settle(over index: LogIndex) throws(StoreError) -> UInt64? {
    var wrong: UInt64?
    for name in names where name.next > 1 {
      // A stream that isn't new has a last version, mostly in the newest segment.
      if try index.sealedVersion(of: name.key) + 1 != name.next {
        wrong = min(wrong ?? name.position, name.position)
      }
    }
    names.removeAll { $0.next > 1 }
    // As a segment's pages have them: each page is read once.
    names.sort { $0.key.short < $1.key.short }
    for segment in index.sealed {
      for name in names where segment.mayHold(name.key) {
        let isThere =
          name.next == 0
          ? try segment.command(name.key, index.hasher) != nil
          : try segment.version(of: name.key, index.hasher) != nil
        if isThere { wrong = min(wrong ?? name.position, name.position) }
      }
    }
    names.removeAll(keepingCapacity: true)
    return wrong
  }
}

extension LogLoader {
  /// Looks up what was gathered; throws where the sealed segments contradict an event.
  mutating func settle(_ buffer: ReadBuffer) throws(StoreError) {
    guard let position = try owed?.settle(over: map.index) else { return }
    throw try map.record(at: position, buffer).damage(
      "its command was there before, or another version of its stream comes next")
  }

  /// Whether no event had the command before.
  mutating func isNew(
    _ command: KeyHash, at position: UInt64
  ) throws(StoreError) -> Bool {
    guard owed != nil else { return try map.index.command(command) == nil }
    owed?.add(command: command, at: position)
    return map.index.unsealedCommand(command) == nil
  }

  /// Whether a stream's next event has that version.
  mutating func comesNext(
    _ version: UInt64, in stream: KeyHash
  ) throws(StoreError) -> Bool {
    if let last = map.index.unsealedVersion(of: stream) { return last + 1 == version }
    guard owed != nil else { return try map.index.sealedVersion(of: stream) + 1 == version }
    let next = position + 1
    owed?.add(stream: stream, next: version, at: next)
    return true
  }
}
