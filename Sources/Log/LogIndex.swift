import Kernel

/// What a store knows of its log without reading it: the head, and who finds events by what.
struct LogIndex: Sendable {
  struct Command: Sendable {
    let digest: Digest
    let first: UInt64
    let last: UInt64
  }

  private(set) var position: UInt64 = 0
  private(set) var hash = Digest.zero
  private(set) var at: Instant?
  /// Positions of a stream's events; the version is the place in the list.
  private var streams: [StreamName: [UInt64]] = [:]
  private var tags: [Tag: [UInt64]] = [:]
  private var commands: [CommandID: Command] = [:]

  var head: LogHead { LogHead(position: position, hash: hash.bytes, at: at) }

  func version(of stream: StreamName) -> UInt64 { UInt64(streams[stream]?.count ?? 0) }

  func command(_ id: CommandID) -> Command? { commands[id] }

  func outcome(of id: CommandID) -> CommandOutcome? {
    commands[id].map { CommandOutcome(digest: $0.digest.bytes, first: $0.first, last: $0.last) }
  }

  /// Takes in the next event.
  mutating func take(_ place: EventPlace, at instant: Instant, hash: Digest) {
    position += 1
    self.hash = hash
    at = instant
    streams[place.stream, default: []].append(position)
    for tag in place.tags where tags[tag]?.last != position {
      tags[tag, default: []].append(position)
    }
  }

  mutating func take(_ command: Command, of id: CommandID) { commands[id] = command }

  /// Positions of a stream's events after a version.
  func positions(of stream: StreamName, after version: UInt64, limit: Int) -> ArraySlice<UInt64> {
    guard let all = streams[stream], version < all.count else { return [] }
    return all[Int(version)...].prefix(max(0, limit))
  }

  /// Positions of a tag's events after a position.
  func positions(of tag: Tag, after position: UInt64, limit: Int) -> ArraySlice<UInt64> {
    guard let all = tags[tag] else { return [] }
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if all[middle] <= position { low = middle + 1 } else { high = middle }
    }
    return all[low...].prefix(max(0, limit))
  }
}

/// Where an event is found: its stream and version, and its tags.
struct EventPlace: Sendable {
  let stream: StreamName
  let version: UInt64
  let tags: [Tag]
}
