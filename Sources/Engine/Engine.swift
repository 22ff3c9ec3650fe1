// The loop that owns the truth, as values that take time and answers as input.
//
//   Submission, Answer   a command with its identity, and what became of it
//   LedgerProcess, Work        what the engine is generic over: reactions, and the calls owed
//   Machine              decide, evolve, react: one step, or its parts around a group's writing
//   EffectRunner, Lane   owed calls: intent → call → outcome, within the lanes' rules
//   Loop, Pipeline       the thread that runs the machine in production
//   Committer            the thread that writes and syncs, one group at a time
//   CommandDigest        what stands in the log for a command of our own
//   Keeping              snapshots of the machine, so that a start takes in only the log's tail
//
// Main path of a command: Loop.submit → queue → Machine.gather: state.decide, evolve → store.stage
// (encoded, behind the group that is on its way) → Committer: store.commit (chained, and one sync
// for the whole group) → answers → Machine.settle: LedgerProcess.take of each new fact → its
// commands go into the next group, its calls to the performer. While one group is written, the next
// is decided; nobody is told of it, nor shown the state, before all it rests on is durable, and a
// group that wasn't written takes the one behind it along. Main path of a start: Keeper.newest →
// Machine.replay, which folds what FactsAhead decodes. A simulator steps the same Machine, all in
// one, with a clock of its own.
