/// What was seen in a run, and how often: rare situations by name, and states that met facts.
///
/// A mark that stays at nought over many seeds is a test that isn't made.
package struct Marks: Sendable {
  /// By name.
  package private(set) var counts: [String: Int] = [:]
  /// `state × fact`.
  package private(set) var cells: [String: Int] = [:]

  package init() {}

  mutating func add(_ name: String) { counts[name, default: 0] += 1 }
  mutating func add(cell: String) { cells[cell, default: 0] += 1 }

  package mutating func add(_ other: Marks) {
    counts.merge(other.counts) { $0 + $1 }
    cells.merge(other.cells) { $0 + $1 }
  }
}
