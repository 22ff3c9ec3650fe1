import Engine
import Kernel
import Log
import Service

// What the service does beside its log: segments are sealed, and its state is kept for its next
// start.
extension Simulation {
  /// Events between two snapshots.
  private static let snapshotEvents: UInt64 = 150

  private var snapshots: SnapshotFolder { SnapshotFolder(path: "/weir-snapshots", disk: disk) }

  /// The machine as a start finds it: from the newest snapshot where there is one, or blank.
  func machine(of store: FileStore) throws(StoreError) -> Machine<PayoutProcess> {
    let blank = Machine(process: settings.process, settings: settings.machine)
    var machine = blank
    if plan.keepsSnapshots {
      let found = snapshots.newest(
        of: store, log: settings.log, shape: Self.shape(of: blank), into: blank,
        { $0.list(&$1) }, ignored: { _ in mark("snapshot: passed over") })
      if let found {
        machine = found.state
        snapshotAt = found.snapshot.position
        mark("snapshot: a start went on from one")
      }
    }
    try machine.replay(shown(store))
    return machine
  }

  private static func shape(of machine: Machine<PayoutProcess>) -> UInt64 {
    StateFields.shape { fields in
      var machine = machine
      machine.list(&fields)
    } ?? 0
  }

  /// After a group has landed: some of the work that nobody waits for.
  func keepUp(_ life: ServiceLife) {
    seal(life)
    if self.life === life, plan.keepsSnapshots, adopting == nil { keepSnapshot(life) }
    if self.life === life { sign(life) }
  }

  private func seal(_ life: ServiceLife) {
    do throws(StoreError) {
      for _ in 0..<3 {
        switch try life.store.sealStep() {
        case .idle: return
        case .working: break
        case .sealed: mark("disk: a segment was sealed")
        }
      }
    } catch {
      trouble(error, life, "disk: sealing failed")
    }
  }

  /// What fails beside the log harms nothing, but where it ends the process.
  func trouble(_ error: StoreError, _ life: ServiceLife, _ what: String) {
    if disk.isOff { return fail(life, error) }
    switch error {
    case .full, .failed, .unreadable: mark(what)
    case .unusable, .tooLarge, .damaged, .unknownName, .locked, .otherEnvironment, .newerFormat:
      witness.accuse("log", "\(what): \(error)")
    }
  }

  private func keepSnapshot(_ life: ServiceLife) {
    let head = life.store.head
    guard life.flying == nil, life.machine.isOpenEmpty, head.position == life.machine.head,
      head.position >= snapshotAt + Self.snapshotEvents
    else { return }
    snapshotAt = head.position
    let snapshot = Snapshot(
      log: settings.log, position: head.position, shape: Self.shape(of: life.machine),
      hash: head.hash)
    do throws(DiskError) {
      _ = try snapshots.write(snapshot) { [machine = life.machine] fields in
        var machine = machine
        machine.list(&fields)
      }
      mark("snapshot: kept")
    } catch {
      trouble(.failed(error.description), life, "snapshot: not kept")
    }
  }
}
