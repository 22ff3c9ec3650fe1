import Simulator
import Support
import Testing

@testable import Kernel
@testable import Log

@Suite struct VerificationTests {
  private func log(_ events: [LedgerEvent]) throws -> (FileStore, SimulatedDisk) {
    let disk = SimulatedDisk()
    let store = try FileStore.open(
      folder: "/log", environment: .sandbox, options: .small, disk: disk)
    for (number, event) in events.enumerated() {
      _ = try store.append([proposal("c\(number)", [event])])
    }
    return (store, disk)
  }

  private func verify(_ disk: SimulatedDisk) throws -> LogVerification {
    try FileLogReader.open(folder: "/log", disk: disk).verify()
  }

  @Test("verifies: a whole story, while the log is open and after")
  func story() throws {
    let story = Story.troubled()
    #expect(story.log.count > 100)
    let disk = SimulatedDisk()
    let store = try FileStore.open(
      folder: "/log", environment: .sandbox, options: .small, disk: disk)
    let reader = try FileLogReader.open(folder: "/log", disk: disk)
    #expect(try reader.verify().events == 0)
    for recorded in story.log {
      let event =
        recorded.position == 1 ? genesis(log: store.logID) : recorded.event
      _ = try store.append([proposal("c\(recorded.position)", [event])])
      if recorded.position % 9 == 0 { try store.rest() }
      guard recorded.position % 25 == 0 else { continue }
      let verified = try reader.verify()
      #expect(verified.events == recorded.position)
      #expect(verified.head == store.head)
    }
    try store.close()
    #expect(try verify(disk).events == UInt64(story.log.count))
    let events = try reader.read(after: 1, limit: 1000).map { try $0.recorded().event }
    #expect(events == story.log.dropFirst().map(\.event))
    #expect(reader.environment == .sandbox)
    #expect(reader.logID == store.logID)
    let channel = tag("channel:ch-1001001")
    let tagged = try reader.read(channel, after: 0, limit: 1000)
    #expect(tagged.count > 20)
    #expect(try store.read(channel, after: 0, limit: 1000) == tagged)
  }

  @Test("refuses: facts whose postings don't balance")
  func unbalanced() throws {
    let fact = Filler.sample("payment.finished.v1", PaymentEvent.Finished.self)
    let disk = SimulatedDisk()
    let store = try FileStore.open(folder: "/log", environment: .sandbox, disk: disk)
    _ = try store.append([
      proposal("g", [genesis(log: store.logID)]), proposal("c", [.payment(.finished(fact))]),
    ])
    let error = #expect(throws: StoreError.self) { try verify(disk) }
    #expect(error?.description.contains("don't balance") == true)
    #expect(error?.description.contains("position 2") == true)
  }

  @Test("refuses: a log that doesn't begin with its opening")
  func noGenesis() throws {
    let (_, disk) = try log([placed(1)])
    #expect(throws: StoreError.self) { try verify(disk) }
  }

  @Test("refuses: a genesis that names another log")
  func otherGenesis() throws {
    let (_, disk) = try log([genesis(log: String(repeating: "0", count: 32))])
    #expect(throws: StoreError.self) { try verify(disk) }
    #expect(throws: StoreError.self) {
      try FileStore.open(folder: "/log", environment: .sandbox, disk: disk.afterKill())
    }
  }

  @Test("refuses: to read where there is no log")
  func noLog() {
    #expect(throws: StoreError.self) {
      try FileLogReader.open(folder: "/log", disk: SimulatedDisk())
    }
  }

  @Test("tells: what opening cut, and writes a group again whose sync may not have ended")
  func recovery() throws {
    let (store, disk) = try log([placed(1), placed(2)])
    #expect(store.recovery == Recovery())
    let killed = try FileStore.open(
      folder: "/log", environment: .sandbox, disk: disk.afterKill())
    #expect(killed.recovery.isRewritten)
    #expect(killed.recovery.cutBytes == 0)
    try store.rest()
    let rested = try FileStore.open(
      folder: "/log", environment: .sandbox, disk: disk.afterKill())
    #expect(rested.recovery == Recovery())
    #expect(rested.head.position == 2)
  }

  @Test("rests: once for each time something was added")
  func rests() throws {
    let (store, disk) = try log([placed(1)])
    try store.rest()
    let calls = disk.calls.count
    for _ in 1...5 { try store.rest() }
    #expect(disk.calls.count == calls)
    _ = try store.append([proposal("next", [placed(2)])])
    try store.rest()
    #expect(disk.calls.suffix(4) == ["write", "sync", "write", "sync"])
  }
}
