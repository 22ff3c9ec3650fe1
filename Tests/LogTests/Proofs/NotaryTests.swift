import Glibc
import Simulator
import Testing

@testable import Kernel
@testable import Log

@Suite struct NotaryTests {
  private let files: (SimulatedDisk) -> CheckpointFiles = {
    CheckpointFiles(data: "/data", witness: "/witness/log", disk: $0)
  }

  private func store(_ disk: SimulatedDisk) throws -> FileStore {
    try FileStore.open(folder: "/log", environment: .sandbox, options: .small, disk: disk)
  }

  private func notary(_ store: FileStore, _ disk: SimulatedDisk) throws(ProofError) -> Notary {
    try Notary.open(store, log: store.logID, files: files(disk))
  }

  private func append(_ groups: ClosedRange<Int>, to store: FileStore) throws {
    if store.head.position == 0 {
      _ = try store.append([proposal("g0", [genesis(log: store.logID)])])
    }
    for number in groups { _ = try store.append(DiskStory.group(number)) }
  }

  /// A log that was signed after groups 4 and 8.
  private func story() throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    let store = try store(disk)
    let notary = try notary(store, disk)
    for groups in [1...4, 5...8] {
      try append(groups, to: store)
      try notary.sign()
    }
    try store.close()
    return disk.afterKill()
  }

  private func name(_ body: () throws -> Void) throws -> String {
    do {
      try body()
      return "taken"
    } catch let error as ProofError {
      return String(error.description.prefix { $0 != ":" && $0 != ";" })
    }
  }

  private func verify(_ disk: SimulatedDisk, witness: String? = "/witness/log") throws -> Int {
    let reader = try FileLogReader.open(folder: "/log", disk: disk)
    return try LogProof.verify(reader, files: files(disk), witness: witness)
  }

  @Test("does: checkpoints stand here and at the witness, and go on over restarts")
  func continues() throws {
    let disk = try story()
    #expect(try verify(disk) == 3)
    let store = try store(disk)
    let key = try #require(disk.contents(of: "/data/log-key"))
    let first = try notary(store, disk)
    #expect(first.signed == store.head.position)
    let reads = disk.calls.count
    _ = try notary(store, disk)
    // From the edge on: one event for each checkpoint, not the whole log.
    #expect(disk.calls.count - reads < 40)
    try append(9...10, to: store)
    #expect(try first.sign() == store.head.position)
    #expect(try first.sign() == store.head.position)
    try store.close()
    #expect(try verify(disk.afterKill()) == 4)
    #expect(disk.contents(of: "/data/log-key") == key)
    let witness = WitnessFile(disk.contents(of: "/witness/log") ?? [])
    #expect(witness.notes.count == 3)
    #expect(witness.notes.last == first.newest)
  }

  @Test("does: an edge that is gone, old or damaged is computed again, to the same root")
  func edges() throws {
    let whole = try story()
    let edge = try #require(whole.contents(of: "/data/checkpoints/edge"))
    let bad: [[UInt8]] = [[], [0], edge.dropLast(2), edge.reversed(), edge + edge]
    for bytes in bad {
      let disk = whole.afterKill()
      disk.tamper("/data/checkpoints/edge") { $0 = bytes }
      let store = try store(disk)
      let notary = try notary(store, disk)
      try append(9...9, to: store)
      try notary.sign()
      #expect(try verify(disk) == 4)
    }
    let disk = whole.afterKill()
    disk.rename(behindTheBack: "/data/checkpoints/edge", to: nil)
    disk.rename(behindTheBack: "/data/checkpoints/newest", to: nil)
    let store = try store(disk)
    try append(9...9, to: store)
    try notary(store, disk).sign()
    #expect(try verify(disk) == 4)
  }

  @Test("refuses: a log that was signed, without its witness; a new one begins empty")
  func missingWitness() throws {
    let disk = try story()
    disk.rename(behindTheBack: "/witness/log", to: "/witness/elsewhere")
    let store = try store(disk)
    #expect(throws: ProofError.witness("/witness/log")) { try notary(store, disk) }
    #expect(throws: ProofError.witness("/witness/log")) {
      try Notary.check(store, log: store.logID, files: files(disk))
    }
    #expect(disk.contents(of: "/witness/log") == nil)
    _ = try disk.open("/witness/log", .create)
    #expect(try notary(store, disk).newest == disk.contents(of: "/witness/log"))
    #expect(try Notary.check(store, log: store.logID, files: files(disk)) == store.head.position)
  }

  @Test("refuses: a log that lost its tail, by the newest checkpoint here and at the witness")
  func truncated() throws {
    let disk = try story()
    let shorter = SimulatedDisk()
    let old = try self.store(shorter)
    try append(1...3, to: old)
    // The same facts in the same log, but fewer: what a backup restores.
    let store = MemoryStore()
    let marker = try FileLogReader.open(folder: "/log", disk: disk).logID
    _ = try store.append([proposal("g0", [genesis(log: marker)])])
    for number in 1...3 { _ = try store.append(DiskStory.group(number)) }
    for path in [nil, "/data/checkpoints/newest", "/witness/log"] {
      let each = disk.afterKill()
      if let path { each.rename(behindTheBack: path, to: nil) }
      let found = try name { _ = try Notary.open(store, log: marker, files: files(each)) }
      #expect(found == "log-truncated")
    }
  }

  @Test("refuses: another history of the same length, wherever the first other fact stands")
  func rewritten() throws {
    let disk = try story()
    let reader = try FileLogReader.open(folder: "/log", disk: disk)
    let key = try files(disk).verifierKey(log: reader.logID)
    let signed = try CheckpointFiles.witnessed(in: "/witness/log", key, disk: disk)
    let history = (1...8).flatMap { DiskStory.group($0) }
    for changed in history.indices {
      let store = MemoryStore()
      _ = try store.append([proposal("g0", [genesis(log: reader.logID)])])
      for (index, part) in history.enumerated() {
        let events =
          index == changed
          ? part.events.map { _ in placed(900 + changed) } : part.events
        _ = try store.append([
          Proposal(
            command: part.command, digest: part.digest, actor: part.actor, at: part.at,
            events: events)
        ])
      }
      #expect(store.head.position == reader.head.position)
      #expect(try name { try LogProof.verify(store, signed) } == "log-rewritten")
      let found = try name {
        _ = try Notary.open(store, log: reader.logID, files: files(disk.afterKill()))
      }
      #expect(found == "log-rewritten")
    }
  }

  @Test("refuses: checkpoints without their key, keys of other logs, checkpoints that were changed")
  func keys() throws {
    let disk = try story()
    func open(_ change: (SimulatedDisk) -> Void) throws -> String {
      let disk = disk.afterKill()
      change(disk)
      let store = try store(disk)
      return try name { _ = try notary(store, disk) }
    }
    let newest = "/data/checkpoints/newest"
    #expect(try open { _ in } == "taken")
    #expect(try open { $0.rename(behindTheBack: "/data/log-key", to: nil) } == "log-key")
    #expect(try open { $0.tamper("/data/log-key") { $0[60] ^= 1 } } == "log-key")
    let other = SigningKey.fresh(name: "weir/" + String(repeating: "0", count: 32))
    #expect(
      try open { $0.tamper("/data/log-key") { $0 = Array((other.fileText + "\n").utf8) } }
        == "log-key")
    #expect(try open { $0.tamper(newest) { $0[3] ^= 1 } } != "taken")
    #expect(try open { $0.tamper(newest) { $0.removeLast(9) } } == "checkpoint-malformed")
    #expect(try open { $0.tamper(newest) { $0[39] ^= 1 } } == "checkpoint-forged")
    #expect(
      try open { $0.tamper("/witness/log") { $0 += Array("weir/ what\n".utf8) } }
        == "checkpoint-malformed")
  }

  @Test("never takes: a log, key or checkpoint that was changed by chance, 500 times")
  func tampering() throws {
    let whole = try story()
    let reader = try FileLogReader.open(folder: "/log", disk: whole)
    let events = try reader.read(after: 0, limit: 1_000)
    var dice = Dice(seed: 20_261_125)
    var refused = 0
    let paths = whole.paths.filter { !$0.hasSuffix("/edge") && !$0.hasSuffix("/lock") }
    for round in 1...500 {
      let disk = whole.afterKill()
      let path = paths[dice.below(paths.count)]
      let kind = dice.below(3)
      disk.tamper(path) { bytes in
        let end = (bytes.lastIndex { $0 != 0 } ?? 0) + 1
        let at = dice.below(end)
        switch kind {
        case 0: bytes.remove(at: at)
        case 1: bytes.insert(UInt8(97 + dice.below(26)), at: at)
        default: bytes[at] ^= 1 << UInt8(dice.below(8))
        }
      }
      do {
        let reader = try FileLogReader.open(folder: "/log", disk: disk)
        _ = try LogProof.verify(reader, files: files(disk), witness: "/witness/log")
        _ = try reader.verify()
        #expect(path.hasPrefix("/log/"), "round \(round): \(path) was taken")
        #expect(try reader.read(after: 0, limit: 1_000) == events, "round \(round)")
      } catch is StoreError {
        refused += 1
      } catch is ProofError {
        refused += 1
      }
    }
    #expect(refused > 450)
  }

  @Test("does: a power cut at every call of signing leaves what can be signed on")
  func powerCuts() throws {
    let whole = try story()
    var call = 0
    var isOver = false
    while !isOver {
      call += 1
      for seed in 1...UInt64(3) {
        let disk = whole.afterKill()
        let store = try store(disk)
        let first = try notary(store, disk)
        try append(9...9, to: store)
        disk.plan(.power, at: call)
        isOver = (try? first.sign()) != nil
        let next = disk.afterPowerCut(seed: seed)
        let again = try self.store(next)
        let second = try notary(again, next)
        try append(10...10, to: again)
        try second.sign()
        try again.close()
        #expect(try verify(next) >= 4, "call \(call), seed \(seed)")
      }
    }
    #expect(call > 15)
  }

  @Test("does: a failed call of signing leaves the signer able to go on", arguments: [EIO, ENOSPC])
  func failures(_ code: Int32) throws {
    let whole = try story()
    var call = 0
    var isOver = false
    while !isOver {
      call += 1
      let disk = whole.afterKill()
      let store = try store(disk)
      let notary = try notary(store, disk)
      try append(9...9, to: store)
      disk.plan(.error(code), at: call)
      do throws(ProofError) {
        try notary.sign()
        isOver = true
      } catch {
        #expect(!error.description.isEmpty)
      }
      #expect(try notary.sign() == store.head.position)
      #expect(try verify(disk.afterKill()) == 4, "call \(call)")
    }
  }

  @Test("does: proofs made from files hold, and say so where they can't be made")
  func proofs() throws {
    let disk = try story()
    let reader = try FileLogReader.open(folder: "/log", disk: disk)
    let files = files(disk)
    for position in 1...reader.head.position {
      let proof = try LogProof.inclusion(of: position, in: reader, files: files)
      #expect(!proof.json.isEmpty)
      _ = try LogProof.consistency(from: position, in: reader, files: files)
    }
    for position in [0, reader.head.position + 1] {
      let short = try name {
        _ = try LogProof.inclusion(of: position, in: reader, files: files)
      }
      #expect(short == "checkpoint-short")
    }
    disk.rename(behindTheBack: "/data/checkpoints/newest", to: nil)
    let none = try name { _ = try LogProof.inclusion(of: 1, in: reader, files: files) }
    #expect(none == "checkpoint-none")
  }
}
