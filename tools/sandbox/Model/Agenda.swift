/// What is to happen at which time; of two at the same time, the one entered first.
struct Agenda<Item> {
  private struct Entry {
    let at: Int
    let item: Item
  }

  /// The next one last.
  private var entries: [Entry] = []

  var nextDue: Int? { entries.last?.at }

  mutating func add(_ item: Item, at: Int) {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].at > at { low = middle + 1 } else { high = middle }
    }
    entries.insert(Entry(at: at, item: item), at: low)
  }

  mutating func next() -> Item? { entries.popLast()?.item }
}
