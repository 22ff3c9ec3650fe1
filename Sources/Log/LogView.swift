import Kernel

/// What a read takes along, so that it reads files while nothing is locked: the sealed segments as
/// they are, and the places it will need of the others.
struct LogView: Sendable {
  /// An event of a segment that isn't sealed.
  struct Place: Sendable {
    let position: UInt64
    let segment: Int
    let offset: UInt32
  }

  let sealed: [SealedSegment]
  private let hasher: KeyHasher
  private var segments: [Segment] = []
  private var places: [Place] = []

  init(_ index: LogIndex) {
    sealed = index.sealed
    hasher = index.hasher
  }

  var rawCount: Int { places.count }

  mutating func add(_ segment: Segment, _ offset: UInt32, position: UInt64) {
    if segments.last?.first != segment.first { segments.append(segment) }
    places.append(Place(position: position, segment: segments.count - 1, offset: offset))
  }

  mutating func add(
    _ segment: Segment, _ offsets: ArraySlice<UInt32>, positions: ClosedRange<UInt64>
  ) {
    places.reserveCapacity(places.count + offsets.count)
    for (position, offset) in zip(positions, offsets) {
      add(segment, offset, position: position)
    }
  }

  /// Bytes a sequential read fetches at a time.
  static let ahead = 1 << 18

  /// Up to `limit` events after a position.
  func events(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    var events: [StoredEvent] = []
    try eachSealed(after: position, limit: limit) { (reader, range) throws(StoreError) in
      for index in range { events.append(try reader.record(index).stored()) }
    }
    try eachRaw(limit: limit - events.count, window: Self.ahead) { (record) throws(StoreError) in
      events.append(try record.stored())
    }
    return events
  }

  /// Up to `limit` events of a stream after a version.
  func events(
    of stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    var events: [StoredEvent] = []
    let key = hasher.hash(stream)
    for segment in sealed where events.count < limit {
      try segment.readers.with { (reader) throws(StoreError) in
        guard try reader.mayHold(key, in: segment) else { return }
        var after = try segment.place(of: stream, key, after: version, reader)
        while events.count < limit {
          let most = min(limit - events.count, 256)
          let found = try reader.positions(of: key, after: after, limit: most, in: segment)
          guard let last = found.last else { return }
          for position in found {
            let stored = try reader.record(at: position, of: segment).stored()
            if stored.stream == stream.text, stored.version > version { events.append(stored) }
          }
          after = last
        }
      }
    }
    try eachRaw(limit: limit - events.count, window: 1 << 12) { (record) throws(StoreError) in
      events.append(try record.stored())
    }
    return events
  }

  /// Up to `limit` events with a tag after a position.
  func events(
    of tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    var events: [StoredEvent] = []
    let bytes = TagBytes(tag)
    try eachSealed(tag, after: position, limit: limit) { (reader, index) throws(StoreError) in
      guard events.count < limit else { return false }
      if try reader.has(bytes, index) { events.append(try reader.record(index).stored()) }
      return true
    }
    try eachRaw(limit: limit - events.count, window: 1 << 12) { (record) throws(StoreError) in
      events.append(try record.stored())
    }
    return events
  }

  /// Up to `limit` facts with a tag after a position.
  func facts(
    with tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [Recorded] {
    var facts: [Recorded] = []
    let bytes = TagBytes(tag)
    var place = PlaceText()
    try eachSealed(tag, after: position, limit: limit) { (reader, index) throws(StoreError) in
      guard facts.count < limit else { return false }
      guard let form = reader.form(index) else { return true }
      let fact = try reader.recorded(index, form)
      // Tags follow from the fact. What its envelope has of them lies behind all bodies of the
      // block, and is decompressed only where another name's hash may be the same.
      place.removeAll()
      place.add(fact.event)
      if !bytes.isIn(place), try !reader.has(bytes, index) { return true }
      facts.append(fact)
      return true
    }
    try eachRaw(limit: limit - facts.count, window: 1 << 12) { (record) throws(StoreError) in
      if let fact = try record.recorded(wanting: .all) { facts.append(fact) }
    }
    return facts
  }

  /// Hands over the facts that are wanted among the next `limit` events; gives the last position
  /// it came to.
  func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    var last = position
    try eachSealed(after: position, limit: limit) { (reader, range) throws(StoreError) in
      last += UInt64(range.count)
      try reader.replay(range, wanting: forms, take)
    }
    let rest = limit - Int(last - position)
    try eachRaw(limit: rest, window: Self.ahead) { (record) throws(StoreError) in
      last = record.position
      if let recorded = try record.recorded(wanting: forms) { try take(recorded) }
    }
    return last
  }

  /// Turns a reader to each block that has some of the next `limit` events, and says which.
  private func eachSealed(
    after position: UInt64, limit: Int,
    _ take: (SealedReader, _ events: Range<Int>) throws(StoreError) -> Void
  ) throws(StoreError) {
    guard limit > 0, let last = sealed.last?.last, position < last else { return }
    var next = position + 1
    let end = UInt64(limit) < last - position ? position + UInt64(limit) : last
    for segment in sealed where segment.last >= next && segment.first <= end {
      try segment.readers.with { (reader) throws(StoreError) in
        let stop = min(end, segment.last)
        while next <= stop {
          let index = try reader.select(next, of: segment, ahead: Self.ahead)
          let count = min(reader.block.events - index, Int(stop - next + 1))
          try take(reader, index..<index + count)
          next += UInt64(count)
        }
      }
    }
  }

  /// Turns a reader to each event that may have a tag, until `take` says false.
  ///
  /// - Parameter limit: How many the caller wants of them; one more is looked up, 256 at most.
  private func eachSealed(
    _ tag: Tag, after position: UInt64, limit: Int,
    _ take: (SealedReader, _ index: Int) throws(StoreError) -> Bool
  ) throws(StoreError) {
    let key = hasher.hash(tag)
    var isDone = false
    for segment in sealed where segment.last > position && !isDone {
      try segment.readers.with { (reader) throws(StoreError) in
        guard try reader.mayHold(key, in: segment) else { return }
        var after = position
        while !isDone {
          let found = try reader.positions(
            of: key, after: after, limit: min(limit, 255) + 1, in: segment)
          guard let last = found.last else { return }
          for position in found where !isDone {
            isDone = try !take(reader, try reader.select(position, of: segment))
          }
          after = last
        }
      }
    }
  }

  private func eachRaw(
    limit: Int, window: Int, _ take: (Record) throws(StoreError) -> Void
  ) throws(StoreError) {
    guard limit > 0, !places.isEmpty else { return }
    let buffer = ReadBuffer(window: window)
    for place in places.prefix(limit) {
      try take(
        try Record(buffer, segments[place.segment], UInt64(place.offset), place.position))
    }
  }
}

extension SealedSegment {
  /// The position behind which a stream's events after a version begin: versions grow along the
  /// segment, so half of what is left is passed over at a time.
  fileprivate func place(
    of stream: StreamName, _ key: KeyHash, after version: UInt64, _ reader: SealedReader
  ) throws(StoreError) -> UInt64 {
    guard version > 0 else { return first - 1 }
    var low = first - 1
    var high = last
    // What lies at or before `low` is of the version or older.
    while high - low > 64 {
      let middle = low + (high - low) / 2
      var probe: UInt64? = middle + 1
      var found: Envelope?
      repeat {
        probe = try reader.last(of: key, before: probe ?? 0, in: self)
        found = try probe.map { (at) throws(StoreError) in
          try reader.record(at: at, of: self).parsed()
        }
      } while probe ?? 0 > low && found?.stream != stream.text
      if let probe, probe > low, let found, UInt64(found.version) > version {
        high = probe - 1
      } else {
        low = middle
      }
    }
    return low
  }
}
