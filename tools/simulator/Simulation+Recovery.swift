import Engine
import Kernel
import Log
import Service

// An older copy of the disk in the place of the newest, and the way back (reliability 3.6).

/// A log that has lost its end, until it may sign again.
struct Restoring {
  enum Way {
    /// The disk as it was is found again.
    case mirror
    /// It is gone: the witness and the providers say what the log has forgotten.
    case witness
  }

  /// The disk as it was.
  let mirror: SimulatedDisk
  /// What was put in its place.
  let copy: SimulatedDisk
  /// False where nobody told the folder that it was restored: the service must see it by itself.
  let isTold: Bool
  let way: Way
  /// How often adoption is tried before somebody looks for the mirror all the same.
  var tries = 3
  /// Its end came back from the mirror, and recovery isn't complete yet.
  var isAppended = false
  /// The last position of the restored log that somebody was told of.
  var told: UInt64 = 0
}

extension Simulation {
  /// Copies the disk now and then, as a backup does.
  func keepCopy() {
    if life != nil, restoring == nil { copies.append(disk.copy()) }
    if copies.count > 4 { copies.removeFirst() }
    let mean = Int64(plan.rates[.restore] ?? 0) * 1_000_000
    let most = max(14_400_000_000, min(4 * Instant.perDay, mean))
    schedule(.errand(.copy), in: streams.process.loguniform(7_200_000_000...most))
  }

  /// Somebody puts an older copy in the place of the log, and starts the service on it.
  func restore() {
    guard life != nil, restoring == nil, !copies.isEmpty else { return }
    let copy = streams.process.pick(copies)
    end()
    zombie = nil
    // What nothing was signed of since is known only to whoever restored it.
    let isFound = position(in: copy) < checkpointAt
    let isTold = streams.process.below(2) == 0 || !isFound
    restoring = Restoring(
      mirror: disk.afterKill(), copy: copy, isTold: isTold,
      way: streams.process.below(2) == 0 ? .mirror : .witness)
    disk = copy.afterKill()
    copies = []
    witness.isRecovering = true
    mark("recovery: an older copy was restored")
    schedule(.start, in: streams.process.loguniform(1_000_000...600_000_000))
    schedule(.relief(.restored), in: streams.process.loguniform(1_800_000_000...14_400_000_000))
    if restoring?.way == .witness { askAgain() }
  }

  /// A restored log signs nothing, whether anybody told it or it found out; any other does.
  func checkRecovering(isOwed: Bool) {
    witness.isRecovering = isOwed
    switch (restoring != nil, isOwed) {
    case (true, true), (false, false): break
    case (true, false): witness.accuse("recovery", "a log that has lost its end would sign")
    case (false, true): witness.accuse("recovery", "a log that lost nothing owes recovery")
    }
  }

  /// What a log that owes recovery took in: nothing of it may be newly signed.
  func watchRecovering(_ committed: [Recorded]) {
    if !committed.isEmpty { adopting?.changedAt = now }
    for recorded in committed {
      guard case .transfer(let event) = recorded.event else { continue }
      switch event {
      case .signed(let e): checkOld(e.hash)
      case .cancelSigned(let e): checkOld(e.hash)
      case .nonceReserved(let e):
        if adopting == nil { witness.accuse("recovery", "\(e.transfer) got nonce \(e.nonce)") }
      case .requested, .bumpRequested, .cancelRequested, .confirmed, .reverted, .cancelled,
        .parked, .released, .guarded:
        break
      }
    }
  }

  private func checkOld(_ hash: String) {
    if adopting == nil || witness.signed[hash.lowercased()] == nil {
      witness.accuse("recovery", "\(hash) was signed before recovery was complete")
    }
  }

  /// Somebody was told of a position.
  func acknowledged(_ position: UInt64) {
    guard let told = restoring?.told else { return witness.acknowledged(position) }
    restoring?.told = max(told, position)
  }

  /// What was to be done about a restored log is done now.
  func mend() {
    switch restoring?.way {
    case .mirror: bringBack()
    case .witness: adopt()
    case nil: break
    }
  }

  /// The world heals, and nobody waits any more.
  func mendSoon() {
    guard let tries = restoring?.tries else { return }
    restoring?.tries = min(2, tries)
    schedule(.relief(.restored), in: 60_000_000)
  }

  /// The mirror was found: what is missing comes back from it, and recovery ends.
  private func bringBack() {
    guard let restoring else { return }
    end()
    // What the restored log took in meanwhile would stand where the mirror's facts belong.
    disk = restoring.copy.afterKill()
    self.restoring = nil
    snapshotAt = 0
    repair(from: restoring.mirror)
    schedule(.start, in: 1_000_000)
  }

  /// Adoption has left something, and the mirror turns up: what is missing comes back from it; what
  /// the restored log took in meanwhile is asked of people and providers once more.
  func bringBackForAdoption() {
    guard let restoring else { return }
    mark("recovery: adoption left something, and the mirror was found")
    end()
    disk = restoring.copy.afterKill()
    snapshotAt = 0
    self.restoring?.isAppended = true
    self.restoring?.told = 0
    do {
      try tell(disk)
      disk = disk.afterKill()
      let store = try openStore(on: disk)
      _ = try append(from: restoring.mirror, to: store)
      try witness.checkBegins(store)
      try store.close()
    } catch { return witness.accuse("recovery", "\(error)") }
    disk = disk.afterKill()
    askAgain()
    schedule(.start, in: 1_000_000)
    schedule(.relief(.restored), in: 1_800_000_000)
  }

  /// `weir recovery append`; whether anything was missing.
  private func append(from mirror: SimulatedDisk, to store: FileStore) throws -> Bool {
    let tail = try MirrorTail(of: ServiceSettings.folder, disk: mirror)
    let isShort = tail.mirror.head.position > store.head.position
    if isShort { try tail.append(try tail.missing(in: store), to: store) }
    return isShort
  }

  /// `weir recovery append` and `complete`: what is missing is appended from the mirror, the checks
  /// are made, and that recovery is over becomes a fact.
  private func repair(from mirror: SimulatedDisk) {
    do {
      try tell(disk)
      disk = disk.afterKill()
      let store = try openStore(on: disk)
      let isShort = try append(from: mirror, to: store)
      _ = try Notary.check(store, log: settings.log.text, files: files(on: disk))
      guard try forgotten(by: store).isEmpty else {
        return witness.accuse("R3", "the mirror hasn't what the witness has")
      }
      guard try store.endRecovery(by: "Ada", reason: "mirror found", at: serviceTime) else {
        return witness.accuse("recovery", "its words weren't taken")
      }
      try store.close()
      mark("recovery: completed, and \(isShort ? "facts came back" : "nothing was missing")")
    } catch {
      return witness.accuse("recovery", "\(error)")
    }
    disk = disk.afterKill()
  }

  /// Notes in the folder that recovery is owed, as `weir restore` does.
  func tell(_ disk: SimulatedDisk) throws(StoreError) {
    let store = try openStore(on: disk)
    if store.recoveryOwed == nil { try store.oweRecovery("restored from a copy") }
    try store.close()
  }

  /// After a power cut of a disk that had lied: what it took comes back from a mirror, whole where
  /// what is left of the log says that it is damaged.
  func findLie(_ cut: SimulatedDisk) -> SimulatedDisk {
    guard weakness != .trustDisk else { return cut }
    let mirror = disk.afterKill()
    // A log that owes recovery isn't what it was in any case.
    guard restoring == nil else { return mirror.copy() }
    do {
      let store = try openStore(on: cut)
      let isShort = store.head.position < witness.head
      if !isShort {
        _ = try Notary.check(store, log: settings.log.text, files: files(on: cut))
        return cut.afterKill()
      }
      mark("disk: what it lied about came back from the mirror")
      disk = cut.afterKill()
      repair(from: mirror)
      return disk
    } catch {
      mark("disk: a lie was found out")
      return mirror.copy()
    }
  }

  private func position(in disk: SimulatedDisk) -> UInt64 {
    do throws(StoreError) {
      return try FileLogReader.open(folder: ServiceSettings.folder, disk: disk).head.position
    } catch { return 0 }
  }

  /// Ends the process on somebody's word; it isn't started again by itself.
  func end() {
    guard life != nil else { return }
    doom = nil
    die(losingPower: false, startsAgain: false)
  }
}
