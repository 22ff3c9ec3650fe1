import Glibc
public import Kernel
import Synchronization

extension EventSource {
  /// The same by way of stored events: what a source does that knows nothing better.
  public func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    var last = position
    for stored in try read(after: position, limit: limit) {
      last = stored.position
      guard let form = FactForm.named(stored.name) else {
        throw .unknownName(stored.name, position: stored.position)
      }
      if forms.contains(form) { try take(try stored.recorded()) }
    }
    return last
  }

  /// The same by way of stored events.
  public func facts(
    with tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [Recorded] {
    var facts: [Recorded] = []
    for stored in try read(tag, after: position, limit: limit) {
      facts.append(try stored.recorded())
    }
    return facts
  }

  /// Up to `limit` facts after a position, in order; empty at the end.
  public func facts(after position: UInt64, limit: Int) throws(StoreError) -> [Recorded] {
    var facts: [Recorded] = []
    _ = try replay(after: position, limit: limit, wanting: .all) { facts.append($0) }
    return facts
  }

  /// The last position whose event was recorded at or before a time; 0 where all came later.
  ///
  /// Times don't fall along the log, so some 25 events of ten million are looked at.
  public func position(asOf time: Instant) throws(StoreError) -> UInt64 {
    var low: UInt64 = 0
    var high = head.position
    while low < high {
      let middle = high - (high - low) / 2
      let isAfter = try read(after: middle - 1, limit: 1).first.map { $0.at > time } ?? true
      if isAfter { high = middle - 1 } else { low = middle }
    }
    return low
  }
}

extension FileStore {
  public func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try map.withLock { $0.view(after: position, limit: limit) }
      .replay(after: position, limit: limit, wanting: forms, take)
  }

  public func facts(
    with tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [Recorded] {
    try map.withLock { $0.view(of: tag, after: position, limit: limit) }
      .facts(with: tag, after: position, limit: limit)
  }
}

extension SealedReader {
  /// Hands over the facts that are wanted among some events of the block, made from the bytes where
  /// they lie; nothing of the others is looked at, and where none is wanted nothing decompressed.
  func replay(
    _ range: Range<Int>, wanting forms: FactForms, _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) {
    var last: Int?
    for index in range {
      guard let form = form(index) else {
        throw damage("a name's number stands for nothing")
      }
      if forms.contains(form) { last = index }
    }
    guard let last else { return }
    try needBodies(through: last)
    for index in range where index <= last {
      guard let form = form(index), forms.contains(form) else { continue }
      try take(try recorded(index, form))
    }
  }

  /// The fact of a place in the block.
  func recorded(_ index: Int, _ form: FactForm) throws(StoreError) -> Recorded {
    let body = try body(index)
    do throws(BodyFailure) {
      return Recorded(
        position: block.first + UInt64(index), at: entries[index].at, event: try form.read(body))
    } catch {
      throw damage("not the body of \(form.name): \(error)")
    }
  }

  /// Whether an event of the block has a tag, by the bytes of its envelope.
  func has(_ tag: TagBytes, _ index: Int) throws(StoreError) -> Bool {
    tag.isIn(try tail(index))
  }
}

/// A tag as it stands in an envelope; tags need no escapes.
struct TagBytes {
  private let bytes: [UInt8]
  private let key = Array("\"tags\":[".utf8)

  init(_ tag: Tag) { bytes = Array("\"\(tag.text)\"".utf8) }

  /// Whether the tag is among those of a fact, by what the fact itself says.
  func isIn(_ place: PlaceText) -> Bool {
    var isThere = false
    bytes.withUnsafeBytes { quoted in
      let wanted = quoted.part(1, quoted.count - 2)
      place.forEach(from: 1) { _, label in
        isThere = isThere || (label.count == wanted.count && label.elementsEqual(wanted))
      }
    }
    return isThere
  }

  /// Whether the tag is among those of an envelope, given what stands behind its body.
  func isIn(_ tail: UnsafeRawBufferPointer) -> Bool {
    guard let start = Self.place(of: key, in: tail) else { return false }
    return Self.place(of: bytes, in: UnsafeRawBufferPointer(rebasing: tail[start...])) != nil
  }

  private static func place(of word: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let first = word.first else { return nil }
    var at = 0
    while bytes.count - at >= word.count {
      guard let found = memchr(base + at, Int32(first), bytes.count - at - word.count + 1) else {
        return nil
      }
      at = UnsafeRawPointer(found) - base
      if memcmp(base + at, word, word.count) == 0 { return at }
      at += 1
    }
    return nil
  }
}

extension Record {
  /// The fact with its place, made from the bytes where they lie; nil where it isn't
  /// wanted, and then nothing of it is decoded.
  func recorded(wanting forms: FactForms) throws(StoreError) -> Recorded? {
    guard let found = Envelope.glance(envelope, body: bodyCount) else {
      // Whoever asked may have escapes in their name.
      let whole = try parsed()
      guard let form = FactForm.named(whole.name) else {
        throw .unknownName(whole.name, position: position)
      }
      return try recorded(form, whole.at, wanting: forms)
    }
    guard UInt64(found.position) == position else {
      throw damage("the record is that of position \(found.position)")
    }
    guard let form = FactForm.named(utf8: found.name) else {
      throw .unknownName(String(decoding: found.name, as: UTF8.self), position: position)
    }
    return try recorded(form, found.at, wanting: forms)
  }

  private func recorded(
    _ form: FactForm, _ at: Instant, wanting forms: FactForms
  ) throws(StoreError) -> Recorded? {
    guard forms.contains(form) else { return nil }
    do throws(BodyFailure) {
      return Recorded(position: position, at: at, event: try form.read(body))
    } catch {
      throw damage("not the body of \(form.name): \(error)")
    }
  }
}
