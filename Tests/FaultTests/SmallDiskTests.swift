import Foundation
import Glibc
import Kernel
import Log
import Support
import Testing

/// Real file systems that are full, read-only, or somebody else's.
@Suite struct SmallDiskTests {
  private static let options: FileStore.Options = {
    var options = FileStore.Options()
    options.segmentBytes = 128 << 10
    options.stepBytes = 32 << 10
    return options
  }()

  private static func open(_ folder: String) throws(StoreError) -> FileStore {
    try FileStore.open(folder: folder, environment: .sandbox, options: options)
  }

  /// The story's proposals again and again, under other ids: what follows the n-th append.
  private static func proposal(_ number: Int, _ log: String) throws -> Proposal {
    let groups = FaultStory.groups(log: log)
    let group = groups[number == 0 ? 0 : 1 + number % (groups.count - 1)]
    return Proposal(
      command: try #require(CommandID(text: "n\(number)")), digest: group.digest,
      actor: group.actor, at: group.at, events: group.events)
  }

  /// Appends until there is no room; gives how many appends there were then.
  private static func fill(_ store: FileStore) throws -> Int {
    for number in 0..<10_000 {
      do throws(StoreError) {
        _ = try store.append([proposalOrTrap(number, store.logID)])
      } catch .full {
        return number
      } catch {
        throw error
      }
    }
    return 10_000
  }

  private static func proposalOrTrap(_ number: Int, _ log: String) -> Proposal {
    guard let proposal = try? proposal(number, log) else { preconditionFailure("no id") }
    return proposal
  }

  /// A log of one event, with nothing left open.
  private static func begin(_ folder: String) throws {
    let store = try open(folder)
    _ = try store.append([proposal(0, store.logID)])
    try store.close()
  }

  @Test(
    "goes on: on a full file system once there is room, and reads meanwhile (ST-07)",
    .enabled(if: MountedDisk.isAllowed, "nobody may mount here: this takes root and loop devices"),
    arguments: MountedDisk.Kind.allCases)
  func full(_ kind: MountedDisk.Kind) async throws {
    try await offPool {
      let disk = try MountedDisk(kind)
      let folder = disk.file("log")
      let store = try Self.open(folder)
      _ = try store.append([Self.proposal(0, store.logID)])
      try disk.fill(leaving: 300 << 10)
      let appended = try Self.fill(store)
      #expect(appended > 50 && appended < 10_000)
      let head = store.head
      #expect(throws: StoreError.self) { try store.append([Self.proposal(appended, store.logID)]) }
      #expect(store.head == head)
      #expect(try store.read(after: 0, limit: 100_000).count == Int(head.position))
      try disk.empty()
      for number in appended..<appended + 50 {
        let outcome = try store.append([Self.proposal(number, store.logID)])
        guard case .appended = outcome[0] else {
          Issue.record("\(outcome)")
          return
        }
      }
      let end = store.head
      try store.close()
      #expect(try FileLogReader.open(folder: folder).verify().head == end)
    }
  }

  @Test(
    "refuses: to begin or to go on where nothing fits, and loses nothing (ST-08, ST-23)",
    .enabled(if: MountedDisk.isAllowed, "nobody may mount here: this takes root and loop devices"))
  func fullAtStart() async throws {
    try await offPool {
      let disk = try MountedDisk(.ext4)
      try disk.fill(leaving: 8 << 10)
      let began = ContinuousClock.now
      #expect(throws: StoreError.self) { try Self.open(disk.file("log")) }
      #expect(ContinuousClock.now - began < .seconds(1))
      try disk.empty()
      let store = try Self.open(disk.file("log"))
      _ = try store.append([Self.proposal(0, store.logID)])
      try store.close()
      try disk.fill(leaving: 0)
      let again = try Self.open(disk.file("log"))
      #expect(again.head == store.head)
    }
  }

  @Test(
    "refuses: a read-only file system within a second, by name; reads it still (ST-11, ST-23)",
    .enabled(if: MountedDisk.isAllowed, "nobody may mount here: this takes root and loop devices"))
  func readOnly() async throws {
    try await offPool {
      let disk = try MountedDisk(.ext4)
      try Self.begin(disk.file("log"))
      try disk.remount("ro")
      let began = ContinuousClock.now
      let error = #expect(throws: StoreError.self) { try Self.open(disk.file("log")) }
      #expect(ContinuousClock.now - began < .seconds(1))
      #expect(error?.description.contains("Read-only file system") == true)
      #expect(try FileLogReader.open(folder: disk.file("log")).verify().events == 1)
      try disk.remount("rw")
      #expect(try Self.open(disk.file("log")).head.position == 1)
    }
  }

  @Test("refuses: a second process on one folder within a second, and not its heir (PR-09, PR-10)")
  func twoProcesses() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      let folder = scratch.file("log")
      let first = try ChildProcess(
        Strace.program, [folder, "--wait"], input: .pipe, output: .pipe)
      #expect(first.output?.some() == "open\n")
      let began = ContinuousClock.now
      let second = try ChildProcess.run(Strace.program, [folder])
      #expect(ContinuousClock.now - began < .seconds(1))
      #expect(second.code == 75 && second.err.contains("in use by process"), "\(second)")
      first.kill()
      try Aftermath.check(folder, acknowledged: 0, "after the first one was killed")
    }
  }

  @Test("keeps: everything acknowledged where descriptors run out (ST-24)")
  func descriptors() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      var isRefused = false
      for limit in 4...14 {
        let folder = scratch.file("log\(limit)")
        let script = "ulimit -n \(limit); exec \"$0\" \"$1\""
        let run = try ChildProcess.run("sh", ["-c", script, Strace.program, folder])
        let acknowledged = run.lines.count { $0.hasPrefix("ack ") }
        isRefused = isRefused || run.code == 75
        if run.code == 75 { #expect(run.err.contains("Too many open files"), "\(run)") }
        try Aftermath.check(folder, acknowledged: acknowledged, "\(limit) descriptors: \(run)")
      }
      #expect(isRefused)
    }
  }

  @Test("keeps: as many descriptors open after 400 appends as before (PR-19)")
  func constancy() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      let run = try ChildProcess.run(Strace.program, [scratch.file("log"), "--count", "400"])
      #expect(run.code == 0, "\(run)")
      let counts = run.lines.filter { $0.hasPrefix("files ") }
      #expect(counts.count == 3 && Set(counts).count == 1, "\(counts)")
    }
  }
}
