// The next step, as a pure function of what happened.
//
// Each saga is one exhaustive table, `react(state, event) -> (state, [command])`; its last rows
// send anything unforeseen to `held`, where a person decides. Reading order:
//   Saga              the shape of a table
//   ConversionSaga    received coin → USDT
//   BatchSaga         batch opened → paid
//   InstantSaga       payment routed instant → split
//   AccessSaga        order granted → a link asked for
//   MembershipTimers  when access ends
//   StepTimers        which steps are overdue, and which are tried again by themselves
//   SplitSaga         estimate → swap → funded → delivered
//   HostpaySaga       status check → one transfer → funded
//   Processes         which tables a fact goes to, and the states of all that run
//   Effects/Effect    outside calls, each opened by an intent fact and closed by an outcome fact
//   Effects/OpenTransfer  a transfer whose nonce is open, with all of its attempts
//   Effects/OpenEffects   the fold that knows which calls are still owed
//   Alarm             facts that a person should hear of
