public import Kernel
import Synchronization

extension EventSource {
  /// The same by way of stored events: what a source does that knows nothing better.
  public func replay(
    after position: UInt64, limit: Int, wanting families: EventFamilies,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    var last = position
    for stored in try read(after: position, limit: limit) {
      last = stored.position
      guard let form = FactForm.named(stored.name) else {
        throw .unknownName(stored.name, position: stored.position)
      }
      if families.contains(form.family) { try take(try stored.recorded()) }
    }
    return last
  }

  /// Up to `limit` facts after a position, in order; empty at the end.
  public func facts(after position: UInt64, limit: Int) throws(StoreError) -> [Recorded] {
    var facts: [Recorded] = []
    _ = try replay(after: position, limit: limit, wanting: .all) { facts.append($0) }
    return facts
  }
}

extension FileStore {
  public func replay(
    after position: UInt64, limit: Int, wanting families: EventFamilies,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try map.withLock { $0.view(after: position, limit: limit) }
      .replay(after: position, limit: limit, wanting: families, take)
  }
}

extension SealedReader {
  /// The fact of a place in the block, made from the bytes where they lie; nil where its family
  /// isn't wanted.
  func recorded(
    _ index: Int, wanting families: EventFamilies
  ) throws(StoreError) -> Recorded? {
    let position = block.first + UInt64(index)
    guard let form = form(index) else {
      throw .unknownName("of an unknown number", position: position)
    }
    guard families.contains(form.family) else { return nil }
    let body = try body(index)
    do throws(BodyFailure) {
      return Recorded(position: position, at: entries[index].at, event: try form.read(body))
    } catch {
      throw damage("not the body of \(form.name): \(error)")
    }
  }
}

extension Record {
  /// The fact with its place, made from the bytes where they lie; nil where its family isn't
  /// wanted, and then nothing of it is decoded.
  func recorded(wanting families: EventFamilies) throws(StoreError) -> Recorded? {
    guard let found = Envelope.glance(envelope, body: bodyCount) else {
      // Whoever asked may have escapes in their name.
      let whole = try parsed()
      guard let form = FactForm.named(whole.name) else {
        throw .unknownName(whole.name, position: position)
      }
      return try recorded(form, whole.at, wanting: families)
    }
    guard UInt64(found.position) == position else {
      throw damage("the record is that of position \(found.position)")
    }
    guard let form = FactForm.named(utf8: found.name) else {
      throw .unknownName(String(decoding: found.name, as: UTF8.self), position: position)
    }
    return try recorded(form, found.at, wanting: families)
  }

  private func recorded(
    _ form: FactForm, _ at: Instant, wanting families: EventFamilies
  ) throws(StoreError) -> Recorded? {
    guard families.contains(form.family) else { return nil }
    do throws(BodyFailure) {
      return Recorded(position: position, at: at, event: try form.read(body))
    } catch {
      throw damage("not the body of \(form.name): \(error)")
    }
  }
}
