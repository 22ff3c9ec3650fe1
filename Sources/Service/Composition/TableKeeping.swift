/// Keeps the projections' tables in a database, on the node that is to (nodes.md).
public protocol TableKeeping: Sendable {
  /// Keeps them from now on, or lets go of them; brief, and said again and again.
  func keep(_ isOurs: Bool)
}
