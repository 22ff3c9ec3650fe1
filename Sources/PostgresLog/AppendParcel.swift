import Kernel
import Log

/// A group's events as weir.append takes them: a binary array a column, written event by event.
struct AppendParcel: RemoteParcel {
  private var positions = ArrayColumn(of: .integer)
  private var streams = ArrayColumn(of: .text)
  private var versions = ArrayColumn(of: .integer)
  private var names = ArrayColumn(of: .text)
  private var times = ArrayColumn(of: .instant)
  private var actors = ArrayColumn(of: .text)
  private var commands = ArrayColumn(of: .text)
  private var causes = ArrayColumn(of: .integer)
  private var tagLists = ArrayColumn(of: .text)
  private var bodies = ArrayColumn(of: .text)
  private var hashes = ArrayColumn(of: .bytes)
  private var digests = ArrayColumn(of: .bytes)
  private var counts = ArrayColumn(of: .count)
  private var tags = TagPlaces()

  init() {}

  mutating func take(_ events: [StoredEvent], digest: [UInt8]) {
    for (index, event) in events.enumerated() {
      positions.put(Int64(event.position))
      streams.put(event.stream)
      versions.put(Int64(event.version))
      names.put(event.name)
      times.put(event.at.microseconds - SQLValue.epoch)
      actors.put(event.actor)
      commands.put(event.command.text)
      if let position = event.causedBy { causes.put(Int64(position)) } else { causes.putNull() }
      tagLists.put { out in
        for (index, tag) in event.tags.enumerated() {
          if index > 0 { out.append(UInt8(ascii: " ")) }
          out.append(contentsOf: tag.utf8)
        }
      }
      bodies.put(event.body)
      hashes.put(event.hash)
      if index == 0 {
        digests.put(digest)
        counts.put(Int32(events.count))
      } else {
        digests.putNull()
        counts.putNull()
      }
      for tag in event.tags { tags.put(tag, at: event.position) }
    }
  }

  mutating func seal() {
    positions.seal()
    streams.seal()
    versions.seal()
    names.seal()
    times.seal()
    actors.seal()
    commands.seal()
    causes.seal()
    tagLists.seal()
    bodies.seal()
    hashes.seal()
    digests.seal()
    counts.seal()
    tags.seal()
  }

  /// The function's arguments, from the positions on.
  var values: [SQLValue] {
    [
      positions.value, streams.value, versions.value, names.value, times.value, actors.value,
      commands.value, causes.value, tagLists.value, bodies.value, hashes.value, digests.value,
      counts.value, tags.tags.value, tags.places.value,
    ]
  }
}

/// Where each tag of a group is: a row of it, however many of the events have it.
private struct TagPlaces {
  private struct Row {
    let tag: String
    /// The positions as the literal of an array, but for its end.
    var places = [UInt8(ascii: "{")]
    var last: UInt64 = 0
  }

  private(set) var tags = ArrayColumn(of: .text)
  private(set) var places = ArrayColumn(of: .text)
  private var rows: [Row] = []
  /// Each tag's row.
  private var found: [String: Int] = [:]

  mutating func put(_ tag: String, at position: UInt64) {
    let index = found[tag] ?? rows.count
    if index == rows.count {
      found[tag] = index
      rows.append(Row(tag: tag))
    }
    // An event may have a tag twice.
    guard rows[index].last != position else { return }
    if rows[index].last != 0 { rows[index].places.append(UInt8(ascii: ",")) }
    rows[index].places.append(contentsOf: String(position).utf8)
    rows[index].last = position
  }

  mutating func seal() {
    tags = ArrayColumn(of: .text)
    places = ArrayColumn(of: .text)
    // In an order of their own, so that the index's pages are gone to one after another.
    for index in rows.indices.sorted(by: { rows[$0].tag < rows[$1].tag }) {
      tags.put(rows[index].tag)
      places.put { out in
        out += rows[index].places
        out.append(UInt8(ascii: "}"))
      }
    }
    tags.seal()
    places.seal()
  }
}
