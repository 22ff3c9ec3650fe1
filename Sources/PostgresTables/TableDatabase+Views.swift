import PostgresLog

// Views that somebody made on the tables: they read what is live, also after a rebuild.
extension TableDatabase {
  /// The statements that make the views on a table anew, each under its name and with its options,
  /// for once another table has that name; who may read them stays.
  ///
  /// Views on views read on by themselves. Their text is taken while the search path is ours, so
  /// that it names the table without a schema.
  func viewsAnew(on table: String) throws(TablesFailure) -> [String] {
    let views = try run(
      "SELECT DISTINCT format('CREATE OR REPLACE VIEW %I.%I%s AS %s', n.nspname, v.relname, "
        + "' WITH (' || array_to_string(v.reloptions, ', ') || ')', pg_get_viewdef(v.oid)) "
        + Self.readers(of: table) + " AND v.relkind = 'v' ORDER BY 1")
    return (0..<views.count).map { views.text($0, 0) }
  }

  /// Refuses, by name, what reads a table that was replaced before and is to be dropped.
  func checkViews(on table: String) throws(TablesFailure) {
    let views = try run(
      "SELECT DISTINCT format('%I.%I', n.nspname, v.relname) " + Self.readers(of: table)
        + " ORDER BY 1")
    guard views.count > 0 else { return }
    let names = (0..<views.count).map { views.text($0, 0) }.joined(separator: ", ")
    throw .refused("\(names) would lose \(table), which goes: drop it, or let it read another")
  }

  private static func readers(of table: String) -> String {
    "FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class "
      + "JOIN pg_namespace n ON n.oid = v.relnamespace "
      + "WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass "
      + "AND d.refobjid = to_regclass('\(ServerTable.schema).\(table)') AND v.oid <> d.refobjid"
  }
}
