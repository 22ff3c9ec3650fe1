/// Calls with every sequence of the items from length 0 up to `limit`, shortest first in each
/// branch.
public func forEverySequence<Item>(
  of items: [Item], upTo limit: Int, _ body: ([Item]) throws -> Void
) rethrows {
  func extend(_ sequence: [Item]) throws {
    try body(sequence)
    guard sequence.count < limit else { return }
    for item in items { try extend(sequence + [item]) }
  }
  try extend([])
}
