/// What is to happen, by its time; of two at one time, what was entered first.
struct Timeline<Happening> {
  private struct Entry {
    let at: Int64
    let sequence: UInt64
    let happening: Happening

    func isBefore(_ other: Entry) -> Bool {
      at != other.at ? at < other.at : sequence < other.sequence
    }
  }

  /// A binary heap, the next one first.
  private var entries: [Entry] = []
  private var sequence: UInt64 = 0

  /// Microseconds since 1970.
  var next: Int64? { entries.first?.at }
  var count: Int { entries.count }

  mutating func add(_ happening: Happening, at: Int64) {
    entries.append(Entry(at: at, sequence: sequence, happening: happening))
    sequence += 1
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func take() -> (at: Int64, happening: Happening)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return (first.at, first.happening) }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
        if entries[child].isBefore(entries[least]) { least = child }
      }
      guard least != parent else { return (first.at, first.happening) }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
