import Kernel
import Log
import Service

// What is signed of the log, here and at the witness on another disk, and what a start makes of it.
extension Simulation {
  /// Events between two checkpoints.
  private static let checkpointEvents: UInt64 = 30
  private static let proofs = "/weir-proofs"
  static let witnessPath = TwoDisks.witness + "/checkpoints"

  private var disks: TwoDisks { TwoDisks(own: disk, other: witnessDisk) }

  func files(on disk: SimulatedDisk) -> CheckpointFiles {
    CheckpointFiles(
      data: Self.proofs, witness: Self.witnessPath,
      disk: TwoDisks(own: disk, other: witnessDisk))
  }

  /// Where a life keeps its signed bytes right before they leave (R3).
  func witnessing(_ life: Int) -> Witnessing {
    Witnessing(file: signedWitness, log: settings.log.text) { [unowned self] error in
      witness.accuse("witness", "life \(life): \(error)")
    }
  }

  /// What a start does before anything is signed (R1, R3): the notary, or none where recovery is
  /// owed; nil where the process ended at it.
  func notary(_ store: FileStore) throws(StoreError) -> (Notary?, isOwed: Bool)? {
    if store.recoveryOwed != nil { return (nil, true) }
    do throws(ProofError) {
      try disks.makeFolders(Self.proofs)
      let notary = try Notary.open(store, log: settings.log.text, files: files(on: disk))
      let unknown = try forgotten(by: store)
      guard unknown.isEmpty || weakness == .startUnchecked else {
        mark("recovery: the witness had a transfer that the log had forgotten")
        try oweRecovery(store, "signed-forgotten")
        return (nil, true)
      }
      return (notary, false)
    } catch {
      switch error {
      case .truncated where weakness == .startUnchecked: return (nil, false)
      case .truncated:
        mark("recovery: the log ended before what was signed of it")
        try store.oweRecovery("\(error)")
        return (nil, true)
      case .store(let error): throw error
      case .files, .witness: throw .failed("\(error)")
      case .key, .unsigned, .unproven, .malformed, .forged, .otherLog, .rewritten:
        witness.accuse("I15", "\(error)")
        return nil
      }
    }
  }

  private func oweRecovery(_ store: FileStore, _ why: String) throws(ProofError) {
    do throws(StoreError) { try store.oweRecovery(why) } catch { throw .store(error) }
  }

  /// Transfers that the witness has and a log has not (R3).
  func forgotten(
    by store: FileStore, newest: Bool = true
  ) throws(ProofError) -> [SignedWitness.Entry] {
    let entries: [SignedWitness.Entry]
    do throws(DiskError) {
      entries = try SignedWitness.entries(
        at: SignedWitness.path(beside: Self.witnessPath), newest: newest, disk: disks)
    } catch { throw .files(error.description) }
    do throws(StoreError) {
      return try SignedWitness.unknown(to: store, id: settings.log.text, among: entries)
    } catch { throw .store(error) }
  }

  /// Signs what is new, now and then.
  func sign(_ life: ServiceLife) {
    guard let notary = life.notary, witness.head >= notary.signed + Self.checkpointEvents else {
      return
    }
    do throws(ProofError) {
      checkpointAt = try notary.sign()
      mark("proofs: a checkpoint was signed")
    } catch {
      switch error {
      case .store(let error): trouble(error, life, "proofs: no checkpoint")
      case .files, .witness: trouble(.failed("\(error)"), life, "proofs: no checkpoint")
      case .key, .unsigned, .unproven, .malformed, .forged, .otherLog, .rewritten, .truncated:
        witness.accuse("I15", "\(error)")
      }
    }
  }

  /// I15: every checkpoint that was ever at the witness is how the log begins.
  func checkProofs(_ disk: SimulatedDisk) {
    do {
      let log = try FileLogReader.open(folder: ServiceSettings.folder, disk: disk)
      let count = try LogProof.verify(
        log, files: files(on: disk), witness: Self.witnessPath)
      if count > 2 { mark("proofs: many checkpoints, and each is how the log begins") }
    } catch {
      witness.accuse("I15", "\(error)")
    }
  }
}

extension TwoDisks {
  fileprivate func makeFolders(_ proofs: String) throws(ProofError) {
    do throws(DiskError) {
      for folder in [proofs, Self.witness] { try makeFolder(folder) }
    } catch { throw .files(error.description) }
  }
}
