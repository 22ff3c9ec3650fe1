import Engine
import Gateways
import Kernel
import Log
import Sandbox
import Service

// A log that has lost its end, and no mirror has it: what it forgot is taken in from the witness
// and the providers, as `weir recovery adopt` does, and recovery is completed with a new epoch.

/// One run of adoption.
struct Adopting {
  let life: Int
  /// What the witness has and the log had not.
  let forgotten: [SignedWitness.Entry]
  /// When a fact came last.
  var changedAt: Int64
  /// All that the providers list is in the log.
  var isTold = false
}

extension Simulation {
  /// Without a fact for so long nothing more is waited for.
  private static let quietMost: Int64 = 2_400_000_000

  /// `weir recovery adopt`, over the log of a service that is stopped for it.
  func adopt() {
    guard restoring != nil, adopting == nil else { return }
    end()
    lives += 1
    do {
      try tell(disk)
      disk = disk.afterKill()
      let store = try openStore(on: disk)
      let unknown = try forgotten(by: store, newest: false)
      var machine = Machine(process: settings.adopting, settings: settings.machine)
      try machine.replay(store)
      let last =
        store.head.position > 0
        ? try store.read(after: store.head.position - 1, limit: 1).first?.at : nil
      let number = lives
      let life = ServiceLife(number: number, store: store, machine: machine) { [unowned self] in
        lookSoon(number)
      }
      self.life = life
      // Its clock goes on where the log's stopped; that of its calls is everybody's.
      clockBehind = last.map { serviceTime.microseconds - $0.microseconds } ?? 0
      life.wire(
        settings.configuration, over: Wire(self, life: number),
        clock: { [unowned self] in Instant(microseconds: now + skew) }, isRecovering: false,
        isOpen: false, looksAtDeposits: weakness != .trustDeposits,
        keeping: witnessing(number))
      adopting = Adopting(life: number, forgotten: unknown, changedAt: now)
      gather(life, unknown)
    } catch {
      // Of a full disk it is tried again.
      mark("recovery: adoption couldn't begin")
      if !disk.isBounded { return witness.accuse("recovery", "adoption: \(error)") }
      self.life = nil
      disk = disk.afterKill()
      schedule(.start, in: 600_000_000)
      schedule(.relief(.restored), in: 3_600_000_000)
    }
  }

  private func gather(_ life: ServiceLife, _ unknown: [SignedWitness.Entry]) {
    guard let performer = life.performer else { return }
    let (number, configuration) = (life.number, settings.configuration)
    let clock = Instant(microseconds: now + skew)
    Task(executorPreference: executor) { [unowned self] in
      do throws(GatewayFailure) {
        let gathered = try await Adoption.gather(unknown, performer, configuration, at: clock)
        if self.life?.number == number { takeIn(gathered) }
      } catch {
        guard self.life?.number == number else { return }
        mark("recovery: a provider was away from adoption")
        tryAgain(isCounted: false)
      }
    }
  }

  /// Lets the log's own sagas run over what was signed for it already.
  private func takeIn(_ gathered: Adoption.Gathered) {
    guard let life, let performer = life.performer else { return }
    do throws(StoreError) {
      let known = try Adoption.splits(of: gathered.found, in: life.store)
      life.evidence = Evidence(
        gathered.found, barred: gathered.barred, known: known, performer
      ) { [unowned self] in self.life?.machine.state.hostWallet?.nextNonce }
    } catch { return fail(life, error) }
    var words: [LedgerCommand] = [
      .ledger(
        .beginAdoption(forgotten: adopting?.forgotten.count ?? 0, reason: "no mirror has its end"))
    ]
    if let first = gathered.found.first?.entry {
      words.append(
        .wallet(.claim(address: first.wallet, chain: first.chain, nonce: first.nonce)))
    }
    words += gathered.reports.map { .payment(.note($0, settings.configuration.policy)) }
    tellNext(words[...], life.number)
    schedule(.errand(.adopting(life: life.number)), in: 60_000_000)
  }

  /// One after the other.
  private func tellNext(_ words: ArraySlice<LedgerCommand>, _ number: Int) {
    guard let life, life.number == number else { return }
    guard let command = words.first else {
      adopting?.isTold = true
      return
    }
    guard let id = CommandID(text: "adopt/\(number)/\(words.startIndex)") else {
      preconditionFailure("an adoption without an id")
    }
    life.submit(
      Submission(
        id: id, digest: CommandDigest.of(command), command: command, actor: "service")
    ) { [unowned self] _ in tellNext(words.dropFirst(), number) }
  }

  /// Whether all is there, or nothing comes any more.
  func lookAtAdoption(_ number: Int) {
    guard let adopting, adopting.life == number, let life else { return }
    do throws(StoreError) {
      let rest = try SignedWitness.unknown(
        to: life.store, id: settings.log.text, among: adopting.forgotten)
      let isDone = rest.isEmpty && adopting.isTold && life.flying == nil
      guard isDone || adopting.changedAt + Self.quietMost < now else {
        return schedule(.errand(.adopting(life: number)), in: 60_000_000)
      }
      let next = life.machine.state.hostWallet?.nextNonce ?? 0
      if !adopting.forgotten.isEmpty, isDone { mark("recovery: what was signed was adopted") }
      if isDone, standIns.nextNonce(of: witness.wallet) <= next {
        end()
        complete()
      } else {
        tryAgain(isCounted: true)
      }
    } catch { fail(life, error) }
  }

  /// Later, or with what the mirror has.
  private func tryAgain(isCounted: Bool) {
    end()
    if isCounted {
      restoring?.tries -= 1
      mark("recovery: adoption left something")
      if let restoring, restoring.tries <= 0, !restoring.isAppended {
        return bringBackForAdoption()
      }
    }
    let most: Int64 = isTroubled ? 14_400_000_000 : 3_600_000_000
    schedule(.start, in: 1_000_000)
    schedule(.relief(.restored), in: streams.process.loguniform(1_200_000_000...most))
  }

  /// `weir recovery complete --new-epoch`: the checks are made, what was signed and is gone is
  /// given up, and that recovery is over becomes a fact.
  private func complete() {
    do {
      let store = try openStore(on: disk)
      try checkBegins(store)
      let left = try forgotten(by: store, newest: false)
      guard left.isEmpty else { return witness.accuse("R3", "\(left) is left") }
      guard try store.endRecovery(by: "Ada", reason: "adopted, says Ben", at: serviceTime) else {
        return witness.accuse("recovery", "its words weren't taken")
      }
      try begin(from: store)
      try store.close()
    } catch {
      return witness.accuse("recovery", "\(error)")
    }
    disk = disk.afterKill()
    schedule(.start, in: 1_000_000)
  }

  /// R1: where what was signed of the log isn't how it begins, it goes on as another one.
  private func checkBegins(_ store: FileStore) throws {
    do throws(ProofError) {
      _ = try Notary.check(store, log: settings.log.text, files: files(on: disk))
    } catch {
      switch error {
      case .truncated, .rewritten:
        mark("recovery: completed with a new epoch")
        guard weakness != .sameEpoch else { return }
        _ = try files(on: disk).beginEpoch()
      case .key, .files, .witness, .unsigned, .unproven, .malformed, .forged, .otherLog, .store:
        throw error
      }
    }
  }

  /// From here on the log is what it says now; who was told of something finds it there.
  private func begin(from store: FileStore) throws(StoreError) {
    if let restoring, restoring.told > store.head.position {
      witness.accuse("I14", "position \(restoring.told) was told, and recovery lost it")
    }
    mark("recovery: completed after adoption")
    restoring = nil
    (checkpointAt, snapshotAt, tables, behind) = (0, 0, nil, [])
    people.answered = []
    witness = witness.renewed
    try witness.reopened(store)
    for recorded in try store.facts(after: 0, limit: Int(store.head.position)) {
      bother(recorded.event)
    }
  }
}
