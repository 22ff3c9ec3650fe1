/// Tables keeps the projections' rows in one SQLite file, rows and place in one transaction.
///
/// Main path: `TableStore.take` hands a batch of facts to every projection's fold, writes the rows
/// that changed and the position they stand at, and commits. Facts already taken in are skipped, a
/// gap is an error, so that whatever happened before, taking the log from `place` on is right.
/// Tables are rebuilt, never migrated (`TableStore+Rebuild.swift`).
///
/// Reading order: `TableStore.swift`; `Keeper.swift` (one projection's fold over its tables),
/// `Shelf.swift` (one table behind a `Rows`), `RowColumns.swift` (the visitors that read a row;
/// Kernel's `RowCells` writes one),
/// `TableScript.swift` (what is read out of the SQL); `TableReads.swift` (what the HTTP API and the
/// tools ask); `Connection.swift` and `Statement.swift` over SQLite.
public enum Tables {
  /// Facts one transaction takes in while a table is rebuilt or caught up.
  public static let portion = 8192
  /// Rows of one table kept in memory between transactions.
  public static let rowsKept = 100_000
}
