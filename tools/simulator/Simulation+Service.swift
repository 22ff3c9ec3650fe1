import Engine
import HTTP
import Kernel
import Log
import Sandbox
import Service

// The process: started, taking its turns, and ended at the worst of times.

/// Where the process will end.
struct Doom {
  enum Point: String, CaseIterable {
    case beforeAppend = "before append"
    case duringAppend = "during append"
    case afterSync = "after sync"
    case afterCall = "after call"
    case afterAnswer = "after answer"
  }

  let point: Point
  /// The machine loses its power, and the disk whatever wasn't synced.
  let losesPower: Bool
}

extension Simulation {
  var serviceTime: Instant { Instant(microseconds: now + clockShift) }

  /// How far the loop's clock is off.
  private var clockShift: Int64 { skew - clockBehind }

  /// Starts the process: what it knows is what the disk says.
  func start() {
    guard life == nil else { return }
    lives += 1
    let number = lives
    do throws(StoreError) {
      if restoring?.isTold == true { try tell(disk) }
      let store = try openStore(on: disk)
      let machine = try machine(of: store)
      let life = ServiceLife(number: number, store: store, machine: machine) { [unowned self] in
        lookSoon(number)
      }
      self.life = life
      guard let (notary, isOwed) = try notary(store) else { return }
      life.notary = notary
      checkRecovering(isOwed: isOwed)
      if restoring == nil {
        try witness.reopened(store)
        check(machine)
        catchUp(store)
      }
      life.wire(
        settings.configuration, over: Wire(self, life: number),
        clock: { [unowned self] in serviceTime }, isRecovering: isOwed,
        isOpen: !isOwed || restoring?.way == .witness, looksAtDeposits: weakness != .trustDeposits,
        keeping: witnessing(number))
    } catch {
      return failToStart(error)
    }
    guard restoring == nil else {
      if !noticesOnTheWay.isEmpty { lookForNoticesSoon() }
      return lookSoon(number)
    }
    life?.submit(.opening(settings.configuration.environment, log: settings.log.text)) { _ in }
    if let caps = settings.caps(number) { life?.submit(caps) { _ in } }
    schedule(.claim(life: number), in: 50_000)
    if !noticesOnTheWay.isEmpty || lives == 1 { lookForNoticesSoon() }
  }

  /// A start that came to nothing: of a full disk it is tried again.
  private func failToStart(_ error: StoreError) {
    guard case .failed = error, disk.isBounded else {
      return witness.accuse("I14", "the log doesn't open again: \(error)")
    }
    mark("disk: too full to start")
    life = nil
    disk = disk.afterKill()
    schedule(.start, in: 600_000_000)
  }

  func openStore(on disk: SimulatedDisk) throws(StoreError) -> FileStore {
    try FileStore.open(
      folder: ServiceSettings.folder, environment: settings.configuration.environment,
      options: settings.store, disk: disk)
  }

  /// The log as a machine is shown it when it starts.
  func shown(_ store: FileStore) throws(StoreError) -> any EventStore {
    guard let weakness, weakness.isOfMemory else { return store }
    return try Blinkered(store, weakness)
  }

  /// Tells the log which wallet it signs for, until it knows.
  func claimWallet(_ number: Int) {
    guard let life, life.number == number, life.machine.state.hostWallet == nil else { return }
    guard let performer = life.performer else { return }
    let chain = settings.configuration.ethereum.chainID
    Task(executorPreference: executor) { [unowned self] in
      do {
        let claim = try await performer.walletClaim(chain: chain)
        if self.life?.number == number { self.life?.submit(claim) { _ in } }
      } catch {
        mark("wallet: the node was away at the start")
      }
      schedule(.claim(life: number), in: 10_000_000)
    }
  }

  /// The service is to look at its queue now.
  func lookSoon(_ number: Int) {
    guard let life, life.number == number, life.turnAt > now else { return }
    life.turnAt = now
    schedule(.turn(life: number), in: 0)
  }

  func turn(_ number: Int) {
    guard let life, life.number == number, life.turnAt <= now else { return }
    life.turnAt = .max
    // Nothing is asked before it is known what was asked already.
    guard adopting == nil || life.evidence != nil else { return }
    let awake = max(pausedUntil, life.restsUntil)
    guard awake <= now else { return look(again: life, at: awake) }
    do throws(StoreError) {
      try gather(life)
    } catch {
      fail(life, error)
    }
    guard self.life === life else { return }
    let calls = life.machine.due(at: serviceTime)
    leaveZombie(life, calls)
    send(calls, life)
    look(again: life, at: life.machine.wakeAt(serviceTime).map { $0.microseconds - clockShift })
  }

  func look(again life: ServiceLife, at time: Int64?) {
    guard let time, time < life.turnAt else { return }
    life.turnAt = max(now, time)
    schedule(.turn(life: life.number), at: life.turnAt)
  }

  private func gather(_ life: ServiceLife) throws(StoreError) {
    for (call, outcome) in life.outcomes {
      if let trouble = life.machine.finish(call, outcome, at: serviceTime) { say(trouble) }
    }
    life.outcomes = []
    let taken = life.inbox
    life.inbox = []
    life.open += taken.map(\.1)
    let known: any EventStore =
      weakness == .forgetCommands ? Forgetful(life.store) : life.store
    let proposals = try life.machine.gather(taken.map(\.0), at: serviceTime, known)
    if !proposals.isEmpty { try stage(proposals, life) }
    try launch(life)
  }

  private func stage(_ proposals: [Proposal], _ life: ServiceLife) throws(StoreError) {
    for outcome in try life.store.stage(proposals) {
      guard case .appended = outcome else {
        return witness.accuse("append", "the one writer was contradicted: \(outcome)")
      }
    }
  }

  /// Lets the gathered group go to the disk, if none is on its way.
  private func launch(_ life: ServiceLife) throws(StoreError) {
    guard life.flying == nil, !life.machine.isOpenEmpty || !life.open.isEmpty else { return }
    let isWritten = life.machine.close()
    life.flying = life.open
    life.open = []
    guard isWritten else { return land(life) }
    life.store.endGroup()
    if weakness == .callBeforeSync {
      var ahead = life.machine
      _ = ahead.settle(ahead.land())
      send(ahead.due(at: serviceTime), life)
    }
    if meets(.beforeAppend, life) { return }
    schedule(.commit(life: life.number), in: syncTime())
  }

  /// Microseconds of a sync; a disk in trouble takes seconds now and then (ST-27).
  private func syncTime() -> Int64 {
    if befalls(.slowDisk, &streams.disk) {
      mark("disk: a slow sync")
      return streams.disk.loguniform(1_000_000...60_000_000)
    }
    return streams.disk.loguniform(300...20_000)
  }

  func commit(_ number: Int) {
    guard let life, life.number == number else { return }
    guard pausedUntil <= now else { return schedule(.commit(life: number), at: pausedUntil) }
    if let doom, doom.point == .duringAppend {
      let bytes = streams.disk.below(5_000)
      disk.plan(doom.losesPower ? .power : .kill(bytes), at: 1 + streams.disk.below(4))
    }
    do throws(StoreError) {
      try life.store.commit()
      guard !meets(.afterSync, life) else { return }
      land(life)
      if self.life === life { keepUp(life) }
      guard self.life === life else { return }
      lookSoon(number)
    } catch {
      fail(life, error)
    }
  }

  /// The group on its way is durable: its callers are told, and what follows from it is done.
  private func land(_ life: ServiceLife) {
    let step = life.machine.settle(life.machine.land())
    let callers = life.flying ?? []
    life.flying = nil
    for trouble in step.troubles { say(trouble) }
    see(step.committed, life)
    for (answer, then) in zip(step.answers, callers) { then(answer) }
    if !step.committed.isEmpty { _ = meets(.afterAnswer, life) }
  }

  private func say(_ trouble: String) {
    words.append(trouble)
    if words.count > 40 { words.removeFirst(20) }
  }

  private func send(_ calls: [EffectRunner<ServiceLife.Effect>.Call], _ life: ServiceLife) {
    guard let performer = life.performer else { return }
    let evidence = life.evidence
    for call in calls {
      Task(executorPreference: executor) { [unowned self, number = life.number] in
        let outcome: JobOutcome
        if let evidence {
          outcome = await evidence.perform(call.job)
        } else {
          outcome = await performer.perform(call.job)
        }
        guard let life = self.life, life.number == number else { return }
        life.outcomes.append((call, outcome))
        lookSoon(number)
      }
    }
  }
}
