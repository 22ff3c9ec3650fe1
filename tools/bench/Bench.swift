// How fast Weir is, each figure beside a limit that was measured in the same run.
//
// A figure alone says as much about the machine as about the program, so every bench runs what the
// program can't beat too: the same bytes written and synced by nobody's code, the same bytes read
// and nothing made of them, the same events inserted and nothing else, the same requests answered
// by a server that does nothing. The ratio is the part of that limit the program reaches; 1 is the
// limit itself.
//
//   Benchmark        the benches, by name
//   BenchReport      what one says: a figure, its limit, their ratio; as JSON or as lines
//   Traffic          what clients and providers send: orders and notices, from a seed
//   Line, World      the real machine in simulated time, and the outside that answers its calls
//   GeneratedLog     a log that the two wrote
//   PreparedGroups   proposals that the line has decided, to be appended; LogEnvelopes: what of
//                    them the chain runs over
//   NotingDisk       the real disk, and a list of what was asked of it: the limits repeat that
//   PostgresBench    the log in a database; PlainInserts: its limit, BenchDatabase: one a run
//   AppendBench, ReplayBench, RebuildBench, TimelineBench, IngestBench, ReadsBench
//   LoadClient       requests over raw sockets, one under way a connection
//
// Everything is repeated and the median counts: machines have other things to do.
