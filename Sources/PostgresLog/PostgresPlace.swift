public import Log

/// How far somebody is who does something about the log's facts, once for all nodes: a row of
/// `weir.place`.
public struct PostgresPlace: Sendable {
  private let name: String
  private let store: PostgresStore
  private let session: HeldSession

  /// - Parameter name: Who; the same on every node.
  public init(_ name: String, of store: PostgresStore) {
    self.name = name
    self.store = store
    session = HeldSession(store.url)
  }

  /// Nil where there is none yet.
  public func read() throws(StoreError) -> UInt64? {
    try session.ask { (session) throws(PostgresFailure) in
      let rows = try session.run(
        "SELECT position FROM weir.place WHERE partition = $1 AND name = $2",
        [.count(Lane.partition), .text(name)], seconds: 10)
      return rows.count == 1 ? UInt64(rows.integer(0, 0)) : nil
    }
  }

  /// Notes a place that isn't before the one that was noted last.
  ///
  /// Throws `failed` where another node has the log's lane by now, and goes on in our place.
  public func keep(_ position: UInt64) throws(StoreError) {
    let isKept = try session.ask { (session) throws(PostgresFailure) in
      try session.run(
        "SELECT weir.keep_place($1, $2, $3, $4)",
        [
          .count(Lane.partition), .integer(store.epoch), .text(name), .integer(Int(position)),
        ], seconds: 10, often: true
      ).integer(0, 0) == 1
    }
    guard isKept else { throw .failed("\(store.url): another node has taken the log's lane") }
  }
}
