// The loop that owns the truth, as values that take time and answers as input.
//
//   Submission, Answer   a command with its identity, and what became of it
//   LedgerProcess, Work        what the engine is generic over: reactions, and the calls owed
//   Machine              decide, write the group with one sync, evolve, react: one step
//   EffectRunner, Lane   owed calls: intent → call → outcome, within the lanes' rules
//   Loop                 the thread that steps the machine in production
//   Keeping              snapshots of the machine, so that a start takes in only the log's tail
//
// Main path of a command: Loop.submit → queue → Machine.step: state.decide → store.append (one sync
// for the whole group) → answers → LedgerProcess.take of each new fact → its commands go into the
// next group, its calls to the performer. Main path of a start: Keeper.newest → Machine.replay,
// which folds what FactsAhead decodes. A simulator steps the same Machine with a clock of its
// own.
