// The log in PostgreSQL 15: the contract of `EventStore`, by rows instead of files.
//
// The main path:
//   PostgresURL      where the database is; what every session with it is set to
//   PostgresStore    the store: its lane, its readers, and RemoteStaging of Log: what it knows,
//                    the group that is gathered, the one on its way
//   +Open            schema (schemas/sql, embedded), the log's row, the lane taken
//   Lane             one group a call of weir.append; a commit whose outcome nobody heard of is
//                    looked up and never decided again
//   LaneWatch        who holds the lane, for a node that stands by: LISTEN, and polling behind it
//   PostgresFollower the log for such a node: it hears of appends the same way
//   PostgresInbox    where such a node puts webhooks, for the one that has the lane (nodes.md)
//   PostgresCalls    who performs which lane's outside calls, by lease, and the calls themselves
//   EventRows        pages, streams, tags, facts
//   PostgresReader   the same for whoever reads beside, and verifies
//   ForeignTables    another program's tables, for who moves in from them
// Below: Session (libpq, one call at a time, with a deadline), SessionPool, SQLValue and SQLRows
//   (binary both ways), PostgresFailure.
//
// Order without gaps: one row a partition is the writer's lock, the newest position and the fence.
// An append moves it on from the very position and hash it was planned behind, in the epoch the
// store took, or does nothing; so whoever slept through its lease appends nothing.
