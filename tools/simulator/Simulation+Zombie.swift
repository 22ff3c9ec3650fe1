import Engine
import Kernel
import Log
import Sagas
import Service

// Somebody who was taken for dead: a second process over the same log, with a memory of its own
// that has stood still. The folder's lock keeps it out; of a log that is shared, versions do.

/// A machine as it was when its calls left, and what they came to since.
struct Zombie {
  let number: Int
  var machine: Machine<PayoutProcess>
  var outcomes: [(EffectRunner<ServiceLife.Effect>.Call, JobOutcome)] = []
}

extension Simulation {
  /// A second process finds the folder, and is to be sent away; a machine is left behind as soon as
  /// a transfer is about to get its nonce.
  func raiseZombie() {
    isZombieWanted = zombie == nil
    guard life != nil else { return }
    do throws(StoreError) {
      _ = try openStore(on: disk)
      witness.accuse("D1", "two processes have one folder")
    } catch {
      // Its disk may fail before it comes to the lock.
      if case .locked = error { mark("zombie: the folder is locked") }
    }
  }

  /// Leaves a copy of the machine behind where its calls are about to decide on money.
  func leaveZombie(_ life: ServiceLife, _ calls: [EffectRunner<ServiceLife.Effect>.Call]) {
    guard isZombieWanted, restoring == nil, life.flying == nil, life.machine.isOpenEmpty,
      life.open.isEmpty,
      let performer = life.performer
    else { return }
    let isTelling = calls.contains { call in
      if case .prepareTransfer = call.job { true } else { false }
    }
    guard isTelling else { return }
    isZombieWanted = false
    zombies += 1
    zombie = Zombie(number: zombies, machine: life.machine)
    for call in calls {
      Task(executorPreference: executor) { [unowned self, number = zombies] in
        let outcome = await performer.perform(call.job)
        if zombie?.number == number { zombie?.outcomes.append((call, outcome)) }
      }
    }
    schedule(.zombie, in: streams.process.loguniform(60_000_000...7_200_000_000))
  }

  /// It goes on as if nothing had been: what it decides must not be taken.
  func wakeZombie() {
    guard var zombie else { return }
    guard let life, life.flying == nil, life.machine.isOpenEmpty, life.open.isEmpty else {
      return schedule(.zombie, in: 5_000_000)
    }
    self.zombie = nil
    for (call, outcome) in zombie.outcomes {
      _ = zombie.machine.finish(call, outcome, at: serviceTime)
    }
    do throws(StoreError) {
      let end = zombie.machine.head
      let view = Outdated(life.store, end: end)
      var proposals = try zombie.machine.gather([], at: serviceTime, view)
      guard !proposals.isEmpty else { return mark("zombie: had nothing to say") }
      if weakness == .anyVersion { proposals = proposals.map(\.atAnyVersion) }
      guard try isBelieved(proposals, after: end, life) else { return life.store.forget() }
      life.store.endGroup()
      try life.store.commit()
      see(try life.store.facts(after: witness.head, limit: 1 << 20), life)
      // Who has the log's lock folds what it didn't write only when it starts.
      die(losingPower: false)
    } catch {
      fail(life, error)
    }
  }

  /// Whether something of it may be written, which then is staged.
  ///
  /// Not where the log has gone on without it, though no stream that it adds to has: what it
  /// decided may rest on others. A log that is shared refuses that by its epoch (D1).
  private func isBelieved(
    _ proposals: [Proposal], after end: UInt64, _ life: ServiceLife
  ) throws(StoreError) -> Bool {
    let isUpToDate = life.store.head.position == end
    var isTaken = false
    for outcome in try life.store.stage(proposals) {
      switch outcome {
      case .appended: isTaken = true
      case .replayed, .keyReused: mark("zombie: said what was said")
      case .conflict: mark("zombie: was contradicted")
      }
    }
    guard isTaken, !isUpToDate, weakness != .anyVersion else { return isTaken }
    mark("zombie: kept out by its epoch alone")
    return false
  }
}
