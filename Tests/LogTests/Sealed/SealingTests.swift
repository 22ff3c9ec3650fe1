import Glibc
import Simulator
import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

@Suite struct SealingTests {
  @Test("seals: every closed segment, and gives the same events by every way of reading")
  func seals() throws {
    let log = try SealedLog(groups: 60)
    #expect(log.names.filter { $0.hasSuffix(".sealed") }.count >= 8)
    #expect(log.names.filter { !$0.hasSuffix(".sealed") }.count == 1)
    #expect(log.isWhole(log.disk.afterKill(), "sealed"))
    let verified = try FileLogReader.open(folder: "/log", disk: log.disk).verify()
    #expect(verified.events == UInt64(log.events.count))
    #expect(verified.head.hash == log.events.last?.hash)
  }

  @Test("opens: raw segments of before, and seals them then")
  func older() throws {
    let disk = SimulatedDisk()
    let store = try SealedLog.open(disk)
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    for number in 1...40 { _ = try store.append(SealedLog.group(number)) }
    let events = try store.read(after: 0, limit: 1000)
    try store.close()
    #expect(!SealedLog.names(disk).contains { $0.hasSuffix(".sealed") })
    let again = try SealedLog.open(disk)
    var steps = 0
    while try again.sealStep() != .idle {
      steps += 1
      #expect(try again.read(after: 0, limit: 1000) == events)
    }
    #expect(steps > 20)
    #expect(SealedLog.names(disk).filter { !$0.hasSuffix(".sealed") }.count == 1)
    #expect(try again.append([proposal("g1.0", [placed(1)])]) == [.replayed(first: 2, last: 3)])
    #expect(try again.append([proposal("g1.0", [placed(1)], digest: 9)]) == [.keyReused])
    let version = try again.version(of: stream("order-order7"))
    #expect(version == UInt64(events.filter { $0.stream == "order-order7" }.count))
  }

  @Test("opens: by heads and indexes alone, whatever the blocks hold")
  func readsNoBlocks() throws {
    let log = try SealedLog(groups: 200)
    let segments = log.names.filter { $0.hasSuffix(".sealed") }.count
    #expect(segments > 30)
    let disk = log.disk.afterKill()
    let store = try SealedLog.open(disk)
    let reads = disk.calls.filter { $0 == "read" }.count
    // Head, footer, contents, steps, places, filter; the marker, the first block, the active one.
    #expect(reads <= segments * 6 + 12, "\(reads) reads for \(segments) segments")
    #expect(store.head.position == UInt64(log.events.count))
  }

  @Test("reads: the same where no index is kept in memory")
  func boundedMemory() throws {
    let log = try SealedLog(groups: 60)
    var options = FileStore.Options.small
    options.indexBytesMost = 0
    let store = try SealedLog.open(log.disk.afterKill(), options)
    #expect(store.map.withLock { $0.index.sealed.allSatisfy { $0.indexBytes == 0 } })
    #expect(try store.read(after: 0, limit: 1000) == log.events)
    for name in ["channel:ch0", "channel:ch2", "order:order7", "order:order99"] {
      #expect(
        try store.read(tag(name), after: 3, limit: 1000)
          == log.events.filter { $0.position > 3 && $0.tags.contains(name) })
    }
    #expect(try store.outcome(of: id("g5.1"))?.first != nil)
    #expect(try store.outcome(of: id("g5.9")) == nil)
  }

  @Test("takes: the sealed one of two that hold the same, made anew where it was damaged")
  func both() throws {
    let log = try SealedLog(groups: 30)
    let raw = SimulatedDisk()
    let store = try SealedLog.open(raw)
    // The same again, with a raw segment kept beside the sealed one.
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    for number in 1...30 { _ = try store.append(SealedLog.group(number)) }
    let events = try store.read(after: 0, limit: 1000)
    let name = "/log/segments/00000000000000000001"
    raw.copy(behindTheBack: name + ".raw", to: "/kept")
    try store.sealAll()
    try store.close()
    for isDamaged in [false, true] {
      let disk = raw.afterKill()
      disk.copy(behindTheBack: "/kept", to: name + ".raw")
      if isDamaged { disk.tamper(name + ".sealed") { $0[$0.count / 2] ^= 1 } }
      let again = try SealedLog.open(disk)
      #expect(try again.read(after: 0, limit: 1000) == events)
      #expect(SealedLog.names(disk).contains("00000000000000000001.sealed"))
      #expect(!SealedLog.names(disk).contains("00000000000000000001.raw"))
      #expect(try FileLogReader.open(folder: "/log", disk: disk).verify().head == again.head)
    }
    // Another log's, with the same first position.
    let disk = raw.afterKill()
    let foreign = try #require(log.disk.contents(of: name + ".sealed"))
    disk.tamper(name + ".sealed") { $0 = foreign }
    #expect(throws: StoreError.self) { try SealedLog.open(disk) }
  }

  @Test("follows: in another handle while segments are closed and sealed")
  func follows() throws {
    let disk = SimulatedDisk()
    let store = try SealedLog.open(disk)
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    let early = try FileLogReader.open(folder: "/log", disk: disk)
    var late: FileLogReader?
    for number in 1...80 {
      _ = try store.append(SealedLog.group(number))
      if number == 11 { late = try FileLogReader.open(folder: "/log", disk: disk) }
      if number % 9 == 0 { try store.sealAll() }
      if number % 2 == 0 { _ = try store.sealStep() }
      let events = try store.read(after: 0, limit: 1000)
      if number % 7 == 0 || number > 70 {
        #expect(try early.read(after: 0, limit: 1000) == events)
      }
      if let late { #expect(try late.read(after: 0, limit: 1000) == events) }
    }
    try store.sealAll()
    #expect(try early.verify().events == store.head.position)
    let head = store.head
    #expect(early.head == head)
    try store.close()
  }

  @Test("goes on: after a full disk, with what was sealed before")
  func full() throws {
    let disk = SimulatedDisk()
    let store = try SealedLog.open(disk)
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    for number in 1...20 { _ = try store.append(SealedLog.group(number)) }
    let events = try store.read(after: 0, limit: 1000)
    disk.hold(0)
    let error = #expect(throws: StoreError.self) { try store.sealAll() }
    guard case .full = error else { throw error ?? .full("nothing thrown") }
    #expect(store.sealingTrouble == error)
    #expect(!SealedLog.names(disk).contains { $0.hasSuffix(".new") })
    #expect(try store.read(after: 0, limit: 1000) == events)
    disk.hold(.max)
    try store.sealAll()
    #expect(store.sealingTrouble == nil)
    #expect(try store.read(after: 0, limit: 1000) == events)
  }

  @Test("seals: beside the writer, on a thread of its own, and stops with the store")
  func beside() async throws {
    let scratch = ScratchFolder()
    var options = FileStore.Options.small
    options.sealing = .beside
    let store = try FileStore.open(
      folder: scratch.file("log"), environment: .sandbox, options: options)
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    for number in 1...120 { _ = try store.append(SealedLog.group(number)) }
    for _ in 1...2_000 where store.map.withLock({ $0.raw.count > 1 }) {
      try await Task.sleep(for: .milliseconds(10))
      store.sealBeside()
    }
    #expect(store.map.withLock { $0.raw.count == 1 && $0.index.sealed.count > 10 })
    let events = try store.read(after: 0, limit: 1000)
    try store.close()
    let reader = try FileLogReader.open(folder: scratch.file("log"))
    #expect(try reader.read(after: 0, limit: 1000) == events)
    #expect(try reader.verify().events == UInt64(events.count))
  }
}
