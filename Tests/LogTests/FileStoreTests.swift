import Glibc
import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

private final class Flag: Sendable {
  private let raised = Mutex(false)

  var isRaised: Bool { raised.withLock { $0 } }
  func raise() { raised.withLock { $0 = true } }
}

@Suite struct FileStoreTests {
  let scratch = ScratchFolder()
  var folder: String { scratch.file("log") }

  private func open(_ options: FileStore.Options = .small) throws(StoreError) -> FileStore {
    try FileStore.open(folder: folder, environment: .sandbox, options: options)
  }

  @Test("reopens: to the same events, heads, versions and outcomes")
  func reopen() throws {
    let store = try open()
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    for number in 1...50 {
      _ = try store.append([proposal("c\(number)", [placed(number), invoiced(number)])])
    }
    let events = try store.read(after: 0, limit: 1000)
    let head = store.head
    try store.close()
    let again = try open()
    #expect(again.recovery == Recovery())
    #expect(again.logID == store.logID)
    #expect(again.head == head)
    #expect(try again.read(after: 0, limit: 1000) == events)
    #expect(try again.version(of: stream("order-order7")) == 2)
    #expect(try again.outcome(of: id("c7")) == store.outcome(of: id("c7")))
    #expect(
      try again.append([proposal("c7", [placed(7)])]) == [.replayed(first: 14, last: 15)])
    #expect(try again.append([proposal("c7", [placed(7)], digest: 1)]) == [.keyReused])
    #expect(try again.append([proposal("n", [placed(99)])]) == [.appended(first: 102, last: 102)])
  }

  @Test("refuses: a second handle and a second process, until the first lets go")
  func lock() throws {
    let store = try open()
    #expect(throws: StoreError.locked(folder: folder, process: "\(getpid())")) { try open() }
    #expect(try flock(scratch) == 1)
    try store.close()
    #expect(try flock(scratch) == 0)
    let next = try open()
    #expect(throws: StoreError.self) { try store.append([proposal("c", [placed(1)])]) }
    #expect(next.head.position == 0)
  }

  @Test("lets go: of the folder when it can't be opened, and when the handle is gone")
  func letsGo() throws {
    do { _ = try open() }
    for _ in 1...3 {
      #expect(throws: StoreError.self) {
        try FileStore.open(folder: folder, environment: .live)
      }
    }
    _ = try open()
  }

  @Test("refuses: to make a log where none may be made")
  func mayNotCreate() throws {
    var options = FileStore.Options.small
    options.mayCreate = false
    #expect(throws: StoreError.self) { try open(options) }
    #expect(mkdir(folder, 0o700) == 0)
    #expect(throws: StoreError.self) { try open(options) }
    _ = try open()
    #expect(try open(options).head.position == 0)
  }

  @Test("refuses: a group beyond the largest frame, and takes the next one")
  func tooLarge() throws {
    let store = try open()
    let url = String(repeating: "x", count: 9 << 20)
    let events = (1...8).map { number in
      var fact = OrderEvent.Invoiced()
      fact.channel = id("ch1")
      fact.invoice = id("inv")
      fact.order = id("order\(number)")
      fact.url = url
      return LedgerEvent.order(.invoiced(fact))
    }
    let error = #expect(throws: StoreError.self) { try store.append([proposal("c", events)]) }
    guard case .tooLarge = error else { throw error ?? .full("nothing thrown") }
    #expect(try store.append([proposal("c", [events[0]])]) == [.appended(first: 1, last: 1)])
    #expect(try store.read(after: 0, limit: 1).first?.event() == events[0])
  }

  @Test("reads: whole groups in order, on other threads, while it appends")
  func concurrentReaders() async throws {
    let store = try open()
    let following = try FileLogReader.open(folder: folder)
    let isDone = Flag()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for source in [store, store, following] as [any EventSource] {
        group.addTask {
          var position: UInt64 = 0
          var isLast = false
          while !isLast {
            await Task.yield()
            isLast = isDone.isRaised
            while true {
              let events = try source.read(after: position, limit: 7)
              if events.isEmpty { break }
              for event in events {
                position += 1
                #expect(event.position == position)
                #expect(try event.event() == placed(Int(position)))
              }
            }
          }
          #expect(position == 900)
        }
      }
      group.addTask {
        for number in 0..<300 {
          _ = try store.append(
            (1...3).map { proposal("c\(number * 3 + $0)", [placed(number * 3 + $0)]) })
          #expect(store.head.position == UInt64(number * 3 + 3))
          await Task.yield()
        }
        isDone.raise()
      }
      try await group.waitForAll()
    }
  }

  @Test("exports: lines that twenty lines of Python verify")
  func auditor() throws {
    let store = try open()
    _ = try store.append([proposal("g", [genesis(log: store.logID)], causedBy: nil)])
    _ = try store.append([proposal("all", samples, causedBy: 1)])
    var text: [UInt8] = []
    for event in try store.read(after: 0, limit: 1000) {
      text += LogExport.line(of: event) + [10]
    }
    let script = """
      import hashlib, json, sys
      previous = bytes(32)
      for line in open(sys.argv[1], encoding="utf-8", newline="\\n"):
          event = json.loads(line)
          stated = event.pop("hash")
          text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
          previous = hashlib.sha256(previous + text.encode()).digest()
          assert previous.hex() == stated
      assert previous.hex() == sys.argv[2]
      """
    let head = HexText.of(store.head.hash)
    let file = scratch.file("export.jsonl")
    try write(text, to: file)
    #expect(try ChildProcess.run("python3", ["-c", script, file, head]).code == 0)
    let changed = try #require(text.firstIndex(of: UInt8(ascii: "Z")))
    text[changed] = UInt8(ascii: "Y")
    try write(text, to: file)
    #expect(try ChildProcess.run("python3", ["-c", script, file, head]).code == 1)
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let file = try RealDisk().open(path, .create)
    try file.write(bytes, at: 0)
  }

  /// The exit code of another process that tries to take the folder.
  private func flock(_ scratch: ScratchFolder) throws -> Int32 {
    try ChildProcess.run("flock", ["-n", scratch.file("log/lock"), "true"]).code
  }
}
