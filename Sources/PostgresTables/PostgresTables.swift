// The projections' tables in PostgreSQL, for the tools that read them there: the same rows as in
// SQLite, with the server's own types.
//
// The main path: `TableDatabase.keep` opens schema weir_tables of a database, `catchUp` takes the
// log's facts through every projection's fold. The rows that changed and the position they stand at
// are one transaction: whatever breaks, each fact is in the rows exactly once. One keeps the
// tables; who tries as well is refused, and told by whom (`TableLock`).
//
// `TableDatabase.rebuild` folds the log into a scratch file (ScratchTables), sends the rows over by
// COPY into tables beside the live ones and renames them in one transaction with their places;
// whoever keeps the tables sees by their generation that they were exchanged. `compare` reads both
// side by side, row by row.
//
// Reading order: TableDatabase (+Open, +CatchUp), DatabaseKeeper (one projection's fold),
// DatabaseShelf (one table behind a `Rows`), Cells (rows as the server sends and takes them),
// ServerTable (DDL and types), TablePlaces (how far each table is, and of which log).
