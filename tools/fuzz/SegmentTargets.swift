import Kernel
import Log

/// A log's files under attack: what opens is sound, and what isn't is refused by name.
enum SegmentTargets {
  // MARK: Any bytes as the active segment

  static func segment(_ input: [UInt8]) {
    // Zeros behind, or all that could be said is that the file is cut.
    let zeros = [UInt8](repeating: 0, count: 512 - input.count % 512)
    let disk = MemoryDisk([
      BaseLog.folder + "/log.json": BaseLog.marker, BaseLog.active: input + zeros,
    ])
    _ = use(disk)
  }

  static func segmentSeeds() -> [[UInt8]] {
    let files = BaseLog.rawSegments.compactMap { BaseLog.raw[$0] }.map(withoutZeros)
    return [Layout.segment()] + files
  }

  private static func withoutZeros(_ bytes: [UInt8]) -> [UInt8] {
    Array(bytes.prefix((bytes.lastIndex { $0 != 0 } ?? -1) + 1))
  }

  // MARK: Any bytes as a sealed segment

  /// In the place of the base log's own.
  static func sealed(_ input: [UInt8]) {
    var files = BaseLog.files
    files[BaseLog.segments[0]] = input
    guard let shown = use(MemoryDisk(files)) else { return }
    promise(
      shown.elementsEqual(BaseLog.events.prefix(shown.count)),
      "a sealed segment shows other events than were written")
  }

  static func sealedSeeds() -> [[UInt8]] { [BaseLog.files[BaseLog.segments[0]] ?? []] }

  // MARK: Edits of a valid log

  /// The first byte says whether checksums and chain are made right again; the rest are edits.
  static func log(_ input: [UInt8]) {
    guard let first = input.first else { return }
    var edits = Edits(input.dropFirst(), of: BaseLog.files, named: BaseLog.segments)
    edits.run()
    let isMended = first & 1 == 1
    if isMended {
      var chain: [UInt8]?
      for name in edits.files.keys.sorted() where name.contains("/segments/") {
        // What follows a sealed one keeps the chain's value that it has.
        if name.hasSuffix(".sealed") { chain = nil } else { edits.files[name]?.withMended(&chain) }
      }
    }
    guard let shown = use(MemoryDisk(edits.files)), !isMended else { return }
    promise(
      shown.elementsEqual(BaseLog.events.prefix(shown.count)),
      "a log shows other events than were written")
  }

  static func logSeeds() -> [[UInt8]] {
    (0..<Edits.kinds).flatMap { kind in
      [0, 1].map { [$0, UInt8(kind), 0, 200, 0, 16, 0, 3, 1, 2, 3] }
    }
  }

  // MARK: One record

  /// Two bytes say how long the body is; the rest is an envelope, in a log of nothing else.
  static func record(_ input: [UInt8]) {
    guard input.count >= 2 else { return }
    let count = Int(input[0]) | Int(input[1]) << 8
    let envelope = Array(input[2...])
    var file = Layout.segment() + Layout.frame(envelope: envelope, body: count)
    file += [UInt8](repeating: 0, count: 4096 - file.count % 512)
    _ = Layout.mend(&file)
    let disk = MemoryDisk([
      BaseLog.folder + "/log.json": BaseLog.marker, BaseLog.active: file,
    ])
    guard let shown = use(disk), let event = shown.first else { return }
    promise(event.body.elementsEqual(envelope[43...].prefix(count)), "another body is shown")
  }

  static func recordSeeds() -> [[UInt8]] {
    let file = BaseLog.raw[BaseLog.rawSegments[0]] ?? []
    let offsets = [Layout.head + Layout.frame + Layout.proposal]
    return offsets.map { at in
      let length = Int(file[at + 4]) | Int(file[at + 5]) << 8
      let start = at + Layout.record
      return [file[at + 8], file[at + 9]] + file[start..<start + length]
    }
  }

  // MARK: Use

  /// Opens, reads in every way, appends, and opens again; the events, or nil where it is refused.
  private static func use(_ disk: MemoryDisk) -> [StoredEvent]? {
    var verified: UInt64?
    do throws(StoreError) {
      let reader = try FileLogReader.open(folder: BaseLog.folder, disk: disk)
      _ = try reader.read(after: 0, limit: 1000)
      verified = try reader.verify().events
    } catch {
      // Refused by name.
    }
    do throws(StoreError) {
      let store = try BaseLog.open(disk)
      let events = try store.read(after: 0, limit: 1000)
      promise(events.count == store.head.position, "fewer events than positions")
      promise(verified ?? 0 <= events.count, "verified more than can be opened")
      read(events, from: store)
      let outcomes = try store.append([BaseLog.addition])
      guard outcomes == [.appended(first: store.head.position, last: store.head.position)] else {
        return events
      }
      try store.close()
      let again = try BaseLog.open(disk)
      let later = try again.read(after: 0, limit: 1000)
      promise(
        later.count == events.count + 1 && later.starts(with: events),
        "an event that was appended, or one before it, is gone")
      return events
    } catch {
      return nil
    }
  }

  private static func read(_ events: [StoredEvent], from store: FileStore) {
    var facts: [Recorded] = []
    _ = try? store.replay(after: 0, limit: 1000, wanting: .all) { facts.append($0) }
    promise(facts.count <= events.count, "more facts than events")
    for (fact, stored) in zip(facts, events) {
      promise(fact.position == stored.position && fact.at == stored.at, "facts out of place")
      promise(EventCodec.body(of: fact.event) == stored.body, "a fact has another body")
    }
    for event in events {
      if let stream = StreamName(text: event.stream) {
        _ = try? store.read(stream, after: event.version - 1, limit: 1)
      }
      for tag in event.tags.compactMap({ Tag(text: $0) }) {
        _ = try? store.read(tag, after: event.position - 1, limit: 1)
      }
    }
  }
}

extension [UInt8] {
  fileprivate mutating func withMended(_ chain: inout [UInt8]?) {
    chain = Layout.mend(&self, before: chain)
  }
}
