import Engine
public import Kernel
public import Log

// A log that may have lost its end (reliability 3.6): it takes notices and shows what it has, and
// nothing is signed until `weir recovery complete`.
extension Weir {
  /// The checkpoints' keeper, or why there is none.
  ///
  /// A log that ends before what was signed of it, here or at the witness, is one that was restored
  /// or lost its end (R1): the folder says so from now on. One that was rewritten is refused.
  static func keeper(
    _ store: any LogStore, _ configuration: Configuration, _ logger: Logger
  ) throws(WeirFailure) -> (CheckpointKeeper?, recovery: String?) {
    if let owed = store.recoveryOwed {
      tell(owed, logger)
      return (nil, owed)
    }
    let why: String
    do throws(ProofError) {
      let files = CheckpointFiles(data: configuration.data, witness: configuration.witnessPath)
      let notary = try Notary.open(store, log: store.logID, files: files)
      guard let forgotten = try forgotten(store, configuration) else {
        return (CheckpointKeeper(notary, clock: clock, logger: logger), nil)
      }
      why = forgotten
    } catch {
      guard case .truncated = error else { throw .proof(error) }
      why = error.description
    }
    do throws(StoreError) { try store.oweRecovery(why) } catch { throw .store(error) }
    tell(why, logger)
    return (nil, why)
  }

  /// What the witness has of transfers and the log has not (R3), in words; nil where it has all.
  private static func forgotten(
    _ store: any LogStore, _ configuration: Configuration
  ) throws(ProofError) -> String? {
    guard let path = configuration.witnessPath.map(SignedWitness.path(beside:)) else { return nil }
    let entries: [SignedWitness.Entry]
    do throws(DiskError) {
      entries = try SignedWitness.entries(at: path, newest: true)
    } catch { throw .witness("\(path): \(error)") }
    do throws(StoreError) {
      let state = try RecoveryCheck.wallets(of: store)
      return try RecoveryCheck.words(
        on: SignedWitness.unknown(to: store, id: store.logID, among: state.signable(entries)))
    } catch { throw .store(error) }
  }

  private static func tell(_ why: String, _ logger: Logger) {
    logger.error(
      "recovery",
      [
        "why": .text(why),
        "meaning": .text("notices are taken and nothing is signed; see weir recovery status"),
      ])
  }
}

extension LogStore {
  /// Ends recovery: who said so and why become a fact, and then the folder owes none any more.
  ///
  /// The checks are the caller's. False where the words can't be a fact; nothing was changed then.
  public func endRecovery(by actor: String, reason: String, at now: Instant) throws(StoreError)
    -> Bool
  {
    guard let owed = recoveryOwed else { return true }
    var state = LedgerState()
    _ = try replay(after: 0, limit: 1, wanting: FactForms(.ledger)) { state.evolve($0.event) }
    let command = LedgerCommand.ledger(.recover(owed: owed, reason: reason))
    guard case .accept(let events) = state.decide(command, at: now) else { return false }
    // By the head each recovery has a command of its own, also one that is ended twice as the first
    // time was cut off before the folder knew.
    _ = try append([
      Proposal(
        command: .composed("ledger", "recover", HexText.of(head.hash)),
        digest: CommandDigest.of(command), actor: actor, at: now,
        events: events)
    ])
    try endRecovery()
    return true
  }
}
