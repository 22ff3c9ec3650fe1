import Kernel
import Support
import Testing

/// Folds a log in memory, without any store.
func folded<P: Projection>(_ projection: P.Type, _ log: some Sequence<Recorded>) -> Rows<P.Row> {
  var rows = Rows<P.Row>()
  var notes = Rows<P.Note>()
  for recorded in log { take(recorded, projection, &rows, &notes) }
  return rows
}

func take<P: Projection>(
  _ recorded: Recorded, _ projection: P.Type, _ rows: inout Rows<P.Row>,
  _ notes: inout Rows<P.Note>
) {
  rows.position = recorded.position
  notes.position = recorded.position
  guard P.families.contains(recorded.event.family) else { return }
  P.apply(recorded, to: &rows, &notes)
}

/// Facts of a story up to and with the first that `isLast`.
func prefix(_ log: [Recorded], through isLast: (LedgerEvent) -> Bool) throws -> [Recorded] {
  let end = try #require(log.firstIndex { isLast($0.event) })
  return Array(log[...end])
}

func amount(_ text: String, _ asset: Asset = .usdt) throws -> Money {
  try #require(Money(text, asset))
}
