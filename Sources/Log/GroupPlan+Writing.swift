import Kernel

// The envelopes' bytes of what is planned.

extension GroupPlan {
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
  ///
  /// - Parameter earlier: Where an envelope of the same time begins.
  func put(
    _ entry: Entry, _ index: Int, of group: [Proposal], like earlier: Int? = nil,
    to writer: inout BodyWriter
  ) -> Int {
    let place = places[entry.events.lowerBound + index]
    let number = entry.proposal
    precondition(
      entry.at.isWritable && group[number].command.isWritable, "a blank place reached the log")
    if let earlier {
      writer.out.put(again: earlier..<earlier + Envelope.bodyStart)
    } else {
      writer.out.put(raw: "{\"at\":")
      entry.at.write(to: &writer.out)
      writer.out.put(raw: ",\"body\":")
    }
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
