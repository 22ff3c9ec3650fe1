import Foundation
import Kernel
import Log
import Sagas
import Support
import Synchronization
import Testing

@testable import Engine

@Suite struct SnapshotTests {
  @Test("does: from a snapshot at any position the tail leads to the same bytes as the whole log")
  func everyPosition() throws {
    let scratch = ScratchFolder()
    let told = try Told(.troubled(), scratch)
    let whole = ListedBytes.of(try told.start().machine)
    #expect(whole.count > 10_000)
    let head = told.store.head.position
    for position in stride(from: 1, through: head, by: 7) {
      try told.keep(try told.machine(at: position))
      let (started, from, lines) = try told.start()
      #expect(from == position && lines.isEmpty)
      #expect(ListedBytes.of(started) == whole, "from \(position)")
    }
    // Two are kept, in turn.
    #expect(told.folder.entries().count == 2)
  }

  @Test("does: a live machine is the same bytes as one that took its log in")
  func live() throws {
    let store = MemoryStore()
    var machine = Machine(process: SagaProcess())
    var now = Instant(microseconds: 1_000_000_000)
    for submission in [MachineTests.open()] + (1...50).map({ MachineTests.notice($0) }) {
      now = now.adding(seconds: 1)
      _ = try machine.step([submission], at: now, store)
    }
    var other = Machine(process: SagaProcess())
    try other.replay(store)
    #expect(ListedBytes.of(machine) == ListedBytes.of(other))
  }

  @Test("ignores: a snapshot with any bit of it flipped, with a line; the log says the same")
  func flips() throws {
    let scratch = ScratchFolder()
    let told = try Told(.standard(), scratch)
    let half = told.store.head.position / 2
    try told.keep(try told.machine(at: half))
    let whole = ListedBytes.of(try told.start().machine)
    let file = told.folder.path + "/1.snapshot"
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
    // Every bit of the head and of the first block's; one in each of the others' bytes.
    for index in bytes.indices where index < 160 || index % 61 == 0 {
      for bit in index < 160 ? Array(0..<8) : [index % 8] {
        bytes[index] ^= 1 << bit
        try Data(bytes).write(to: URL(filePath: file))
        let (machine, from, lines) = try told.start()
        #expect(from == 0 && lines.count == 1, "byte \(index), bit \(bit): \(lines)")
        if index % 97 == 0 { #expect(ListedBytes.of(machine) == whole) }
        bytes[index] ^= 1 << bit
      }
    }
  }

  @Test("ignores: one that is cut anywhere, or has something behind its end")
  func cuts() throws {
    let scratch = ScratchFolder()
    let told = try Told(.standard(), scratch)
    try told.keep(try told.machine(at: 20))
    let file = URL(filePath: told.folder.path + "/1.snapshot")
    let bytes = try Data(contentsOf: file)
    for count in stride(from: 0, to: bytes.count, by: 23) {
      try bytes.prefix(count).write(to: file)
      #expect(try told.start().from == 0, "\(count) of \(bytes.count)")
    }
    try (bytes + [0]).write(to: file)
    #expect(try told.start().from == 0)
    try bytes.write(to: file)
    #expect(try told.start().from == 20)
  }

  @Test("ignores: one of another log, of a longer log, of other events, or of another shape")
  func others() throws {
    let scratch = ScratchFolder()
    let told = try Told(.standard(), scratch)
    let machine = try told.machine(at: 40)
    let kept = try told.keep(machine)
    let other = try #require(LogID(text: String(repeating: "1", count: 32)))
    let another = try told.start(log: other)
    #expect(another.from == 0 && another.lines[0].hasSuffix("it is of log \(told.log)"))
    let upgraded = try told.start(program: 2)
    #expect(upgraded.from == 0)
    #expect(upgraded.lines[0].hasSuffix("by another version of this program"))
    #expect(ListedBytes.of(upgraded.machine) == ListedBytes.of(try told.start().machine))
    // The log was restored from an older backup.
    let older = MemoryStore()
    for event in try told.store.read(after: 0, limit: 30) {
      _ = try older.append([
        Proposal(
          command: event.command, digest: SHA256.digest(of: []), actor: "test", at: event.at,
          events: [try event.event()])
      ])
    }
    let restored = try told.start(older)
    #expect(restored.from == 0 && restored.machine.head == 30)
    #expect(restored.lines[0].hasSuffix("it is of position 40, and the log ends at 30"))
    func rewrite(_ snapshot: Snapshot) throws {
      _ = try told.folder.write(snapshot) { fields in
        var machine = machine
        machine.list(&fields)
      }
    }
    try FileManager.default.removeItem(atPath: told.folder.path)
    try rewrite(
      Snapshot(
        log: kept.log, position: 40, shape: kept.shape, hash: [UInt8](repeating: 1, count: 32)))
    #expect(try told.start().lines[0].hasSuffix("the log has another event at position 40"))
    try FileManager.default.removeItem(atPath: told.folder.path)
    try rewrite(Snapshot(log: kept.log, position: 40, shape: kept.shape ^ 1, hash: kept.hash))
    #expect(try told.start().lines[0].hasSuffix("by another version of this program"))
  }

  @Test("does: the one before is used where the newest is damaged, and none where all are gone")
  func older() throws {
    let scratch = ScratchFolder()
    let told = try Told(.standard(), scratch)
    try told.keep(try told.machine(at: 20))
    try told.keep(try told.machine(at: 30))
    #expect(told.folder.entries().map { $0.snapshot?.position } == [30, 20])
    let whole = ListedBytes.of(try told.start().machine)
    let newest = URL(filePath: told.folder.path + "/" + told.folder.entries()[0].file)
    var bytes = try Data(contentsOf: newest)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: newest)
    let (machine, from, lines) = try told.start()
    #expect(from == 20 && lines.count == 1)
    #expect(ListedBytes.of(machine) == whole)
    // Which is the oldest now, and the next one's place.
    try told.keep(try told.machine(at: 40))
    #expect(try told.start().from == 40)
    try FileManager.default.removeItem(atPath: told.folder.path)
    #expect(try told.start().from == 0)
    #expect(ListedBytes.of(try told.start().machine) == whole)
  }

  @Test("does: a loop keeps its state as it goes and when it stops, and starts from it")
  func loop() throws {
    let scratch = ScratchFolder()
    let store = MemoryStore()
    let log = try #require(LogID(text: String(repeating: "0", count: 32)))
    var keeping = Keeping(
      folder: SnapshotFolder(path: scratch.path + "/s"), log: log, program: { 1 })
    keeping.every = 100
    keeping.leastAtStop = 10
    func run(_ notices: ClosedRange<Int>) throws -> [LoopNews] {
      let news = Mutex<[LoopNews]>([])
      let loop = Loop(
        store: store, process: SagaProcess(), settings: MachineSettings(),
        clock: { Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) },
        perform: { _, _ in }, keeping: keeping, report: { _ in },
        tell: { told in news.withLock { $0.append(told) } })
      loop.submit(MachineTests.open()) { _ in }
      for notice in notices { loop.submit(MachineTests.notice(notice)) { _ in } }
      loop.stop()
      try loop.run()
      return news.withLock { $0 }
    }
    let first = try run(1...250)
    guard case .started(0, 0, _) = first.first, case .kept(251, _, _) = first.last else {
      Issue.record("\(first)")
      return
    }
    let second = try run(251...255)
    guard case .started(251, 251, _) = second.first, second.count == 1 else {
      Issue.record("\(second)")
      return
    }
    let third = try run(256...300)
    guard case .started(251, 256, _) = third.first, case .kept(301, _, _) = third.last else {
      Issue.record("\(third)")
      return
    }
  }
}
