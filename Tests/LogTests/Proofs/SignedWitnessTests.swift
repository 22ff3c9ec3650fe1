import Simulator
import Testing

@testable import Kernel
@testable import Log

@Suite struct SignedWitnessTests {
  private static let path = "/w/witness-signed"

  private func entry(_ nonce: Int, attempt: Int = 1, log: String = "aa") -> SignedWitness.Entry {
    SignedWitness.Entry(
      log: log, transfer: "WE01000000000001.fund", chain: 1, wallet: "0xaa", nonce: nonce,
      attempt: attempt, hash: "0x\(nonce)-\(attempt)", raw: "0x02")
  }

  @Test("does: keeps each once, in order, also by a writer that begins again")
  func keeps() throws {
    let disk = SimulatedDisk()
    #expect(try SignedWitness.entries(at: Self.path, disk: disk).isEmpty)
    for _ in 1...2 {
      let witness = SignedWitness(path: Self.path, disk: disk)
      for nonce in 0..<5 { try witness.keep([entry(nonce), entry(nonce, attempt: 2)]) }
      try witness.keep([entry(3)])
    }
    let kept = try SignedWitness.entries(at: Self.path, disk: disk)
    #expect(kept == (0..<5).flatMap { [entry($0), entry($0, attempt: 2)] })
  }

  @Test("does: what was kept survives a power cut, and what was cut short is taken away")
  func survives() throws {
    for seed in 0..<40 as Range<UInt64> {
      let disk = SimulatedDisk()
      let witness = SignedWitness(path: Self.path, disk: disk)
      try witness.keep([entry(1)])
      try witness.keep([entry(2)])
      let after = disk.afterPowerCut(seed: seed)
      #expect(try SignedWitness.entries(at: Self.path, disk: after) == [entry(1), entry(2)])
      let whole = try #require(after.contents(of: Self.path))
      after.tamper(Self.path) { $0 = whole + whole.prefix(Int(seed) + 1) }
      let next = SignedWitness(path: Self.path, disk: after)
      try next.keep([entry(3)])
      #expect(
        try SignedWitness.entries(at: Self.path, disk: after) == [entry(1), entry(2), entry(3)])
    }
  }

  @Test("does: what a writer before it left unsynced is synced before it counts as kept")
  func leftUnsynced() throws {
    for isFirst in [true, false] {
      for call in 1...6 {
        let disk = SimulatedDisk()
        let witness = SignedWitness(path: Self.path, disk: disk)
        if !isFirst { try witness.keep([entry(1)]) }
        disk.plan(.kill(1_000), at: call)
        _ = try? witness.keep([entry(2)])
        let killed = disk.afterKill()
        try SignedWitness(path: Self.path, disk: killed).keep([entry(2)])
        for seed in 0..<10 as Range<UInt64> {
          let after = killed.afterPowerCut(seed: seed)
          let kept = try SignedWitness.entries(at: Self.path, disk: after)
          #expect(kept.contains(entry(2)), "killed at call \(call)")
        }
      }
    }
  }

  @Test("refuses: to have kept what the disk didn't take, and keeps it when it does")
  func fails() throws {
    let disk = SimulatedDisk()
    let witness = SignedWitness(path: Self.path, disk: disk)
    try witness.keep([entry(1)])
    disk.hold(0)
    #expect(throws: DiskError.self) { try witness.keep([entry(2)]) }
    #expect(throws: DiskError.self) { try witness.keep([entry(2)]) }
    disk.hold(.max)
    try witness.keep([entry(2)])
    #expect(try SignedWitness.entries(at: Self.path, disk: disk) == [entry(1), entry(2)])
  }

  @Test("finds: what a log has no event of, and nothing of another log's (R3)")
  func unknown() throws {
    let log = MemoryStore()
    var signed = Filler.sample("transfer.signed.v1", TransferEvent.Signed.self)
    signed.hash = "0xfeed"
    _ = try log.append([proposal("s", [.transfer(.signed(signed))])])
    let known = SignedWitness.Entry(
      log: "aa", transfer: signed.transfer.text, chain: 1, wallet: "0xaa", nonce: 1, attempt: 1,
      hash: signed.hash, raw: "0x02")
    let all = [known, entry(9), entry(10, log: "bb")]
    #expect(try SignedWitness.unknown(to: log, id: "aa", among: all) == [entry(9)])
    #expect(try SignedWitness.unknown(to: log, id: "bb", among: all) == [entry(10, log: "bb")])
  }
}
