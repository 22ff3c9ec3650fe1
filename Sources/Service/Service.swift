// The front page of Service: the one place that builds anything, and the edge to the world.
//
//   Configuration/  one file and the environment to values, all problems at once; Secret
//   Edge/           the HTTP surface: EdgeRoute (the route table), Call (one request; Call+Access
//                   says who may; Supposing hands it the world of ?asof= or ?dry_run=), a file a
//                   few routes; StaticFiles serves the web app, Following tells it how far the log
//                   is, NoticeBook keeps notices as they came
//   Accounts/       Principal (who asks), AccountDirectory (who is who), Tokens, Passwords,
//                   OneTimeCodes, RateLimits, HumanCheck, Mail
//   Telemetry/      Logger (JSON lines, secrets taken out), Metrics (Prometheus text)
//   Gate            how routes reach the loop and the tables
//   ClientHistory   one client's facts with a running balance, out of the log
//   Composition/    what the engine runs: sagas, owed calls, the batch run; CheckpointKeeper signs,
//                   unless recovery is owed (Weir+Recovery, RecoveryCheck); Scrubber, Watchdog;
//                   StandbyReads (what a node serves that stands by); CallBroker hands calls to
//                   such nodes, and CallWorker makes them there;
//                   Comparisons with chain and providers (Weir+Comparing)
//   Bot/            updates to commands (Weir+Bot), and what people read (ChatMessage)
//   Recovering/     Adoption: what a restored log forgot, from the witness and the providers
//                   NonceEvidence: what nodes say of a nonce; Rotation: another wallet takes over
//   Importing/      LegacyImport: the old system's tables into the log, once
//
// Main path of a notice: Edge → Call.takeNotice: verify, parse, submit → the loop → 200 after the
// sync. Reads go to log and tables directly, on ReaderThreads.
