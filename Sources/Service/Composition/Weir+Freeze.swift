import Engine
import Gateways
import Kernel
import Synchronization

// An invariant that breaks stops signing before anybody reads of it (reliability 3.8).
extension Weir {
  /// What of a state is broken, nil where nothing is; on the loop's thread.
  typealias Audit = @Sendable (LedgerState) -> String?

  static func invariantWatch(
    _ loop: Loop<PayoutProcess>, _ signing: SigningGate, _ keeper: CheckpointKeeper?,
    _ metrics: Metrics, _ logger: Logger, _ audit: @escaping Audit
  ) -> InvariantWatch {
    InvariantWatch(
      look: { answer in
        if let words = keeper?.broken ?? signing.foreignNonce { return answer(words) }
        loop.inspect { answer(audit($0)) }
      },
      tell: { words in note(words, loop, signing, metrics, logger) })
  }

  /// Signs nothing from this moment on, and asks for the fact that says so.
  ///
  /// Asked again as long as it is found: a log without room takes it when there is, and a person
  /// who lets signing go on too early is overruled.
  private static func note(
    _ words: String?, _ loop: Loop<PayoutProcess>, _ signing: SigningGate, _ metrics: Metrics,
    _ logger: Logger
  ) {
    let reason = words.map { String($0.prefix(Limits.descriptionMost)) }
    if signing.note(broken: reason), let reason {
      logger.error("invariant_broken", ["why": .text(reason)])
      metrics.noteAlarm("invariant_broken")
    }
    guard let reason else { return }
    loop.inspect { state in
      guard state.frozen == nil else { return }
      let command = LedgerCommand.ledger(.freeze(reason: reason))
      loop.submit(
        Submission(
          id: .composed("ledger", "freeze", Token.fresh()), digest: CommandDigest.of(command),
          command: command, actor: "service"),
        then: { _ in })
    }
  }

  /// Asks the chain now and then whether the wallet's key was used by somebody else (CH-19): for a
  /// nonce that this log never gave.
  func watchNonces() async {
    while !isStopping.withLock({ $0 }) {
      try? await Task.sleep(for: .seconds(configuration.chainPollSeconds * 5))
      guard isClaimed.withLock({ $0 }) else { continue }
      // The chain first: whatever it knows of ours was a fact before.
      guard
        let live = try? await performer.endpoints.live(
          chain: configuration.ethereum.chainID, at: Weir.clock()),
        let nonce = try? await live.nonces(of: performer.key.address).pending
      else { continue }
      loop.inspect { [signing] state in
        guard let next = state.hostWallet?.knownNonce else { return }
        let words =
          "CH-19: the chain knows \(nonce) nonces of the wallet, and this log gave \(next)"
        signing.note(foreignNonce: nonce > next ? words : nil)
      }
    }
  }

  /// Makes the caps as configured those in force, where they are others.
  ///
  /// Not while recovery is owed: what comes back from elsewhere must follow on the log as it is.
  func setCaps() {
    guard recovery == nil else { return }
    let command = LedgerCommand.ledger(.setCaps(configuration.caps))
    loop.submit(
      Submission(
        id: .composed("ledger", "caps", Token.fresh()), digest: CommandDigest.of(command),
        command: command, actor: "service")
    ) { [logger] answer in
      guard case .refused(let why) = answer else { return }
      logger.error("caps_not_set", ["why": .text(why.text)])
    }
  }
}
