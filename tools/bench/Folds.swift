import Kernel
import Projections

/// Projections over rows in memory: the folds alone, without tables.
struct Folds {
  /// What one of them asks for.
  let forms: FactForms
  private let all: [any Fold]

  init(_ projections: [any Projection.Type]) {
    func fold<P: Projection>(_ projection: P.Type) -> any Fold { FoldOf<P>() }
    all = projections.map { fold($0) }
    forms = projections.reduce(.none) { $0.union($1.forms) }
  }

  mutating func take(_ events: [Recorded]) {
    let families = events.map(\.event.family)
    for fold in all { fold.take(events, families) }
  }
}

private protocol Fold: AnyObject {
  func take(_ events: [Recorded], _ families: [EventFamilies])
}

private final class FoldOf<P: Projection>: Fold {
  private var rows = Rows<P.Row>()
  private var notes = Rows<P.Note>()

  func take(_ events: [Recorded], _ families: [EventFamilies]) {
    let wanted = families.indices.filter { P.families.contains(families[$0]) }
    _ = P.apply(events, at: wanted, from: 0, keeping: .max, to: &rows, &notes)
    // As a store does after each portion.
    rows.takeChanges { _, _ in }
    notes.takeChanges { _, _ in }
  }
}
