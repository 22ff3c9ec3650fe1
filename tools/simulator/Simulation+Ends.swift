import Engine
import HTTP
import Log
import Service

// How a process ends, and what it does about a full disk.
extension Simulation {
  /// True where the process ends here.
  func meets(_ point: Doom.Point, _ life: ServiceLife) -> Bool {
    guard let doom, doom.point == point, self.life === life else { return false }
    die(losingPower: doom.losesPower)
    return true
  }

  /// The log couldn't be written or read.
  func fail(_ life: ServiceLife, _ error: StoreError) {
    switch error {
    case .full where adopting != nil: die(losingPower: false)
    case .full: recover(life)
    case .failed, .unreadable:
      // As the service: not another word to anybody, and the next start says what is durable.
      mark(doom == nil ? "disk: a call failed and the process ended" : "kill: during append")
      die(losingPower: doom?.losesPower ?? false)
    case .tooLarge, .damaged, .unknownName, .locked, .otherEnvironment, .newerFormat, .unusable:
      witness.accuse("log", "\(error)")
    }
  }

  /// The disk is full: nothing was written, everybody is told so, and the machine begins again from
  /// what the log has.
  private func recover(_ life: ServiceLife) {
    mark("disk: full, and the machine began again")
    let callers = (life.flying ?? []) + life.open
    life.flying = nil
    life.open = []
    life.store.forget()
    var machine = Machine(process: settings.process, settings: settings.machine)
    do throws(StoreError) {
      try machine.replay(shown(life.store))
    } catch { return fail(life, error) }
    life.machine = machine
    life.outcomes = []
    for then in callers { then(.full) }
    // The service tries again after a second; here it may take its time, so that days of a full
    // disk are no days of simulation.
    life.restsUntil = now + 60_000_000
    look(again: life, at: life.restsUntil)
  }

  /// Ends the process at once: calls are cut off, callers hear nothing, memory is gone.
  func die(losingPower: Bool, startsAgain: Bool = true) {
    guard let life else { return }
    let point = doom?.point
    doom = nil
    self.life = nil
    pausedUntil = 0
    clockBehind = 0
    if adopting != nil {
      adopting = nil
      if startsAgain {
        mark("recovery: adoption was cut off")
        schedule(.relief(.restored), in: 1_800_000_000)
      }
    }
    if let point { mark("\(losingPower ? "power cut" : "kill"): \(point.rawValue)") }
    if losingPower {
      let cut = disk.afterPowerCut(seed: streams.disk.next())
      disk = disk.hasLied ? findLie(cut) : cut
    } else {
      disk = disk.afterKill()
    }
    for (number, call) in calls.sorted(by: { $0.key < $1.key }) where call.life == life.number {
      calls[number] = nil
      call.continuation.resume(returning: .failure(.unknown(.clientClosed)))
    }
    let pause = streams.process.loguniform(500_000...7_200_000_000)
    if startsAgain { schedule(.start, in: pause) }
  }
}
