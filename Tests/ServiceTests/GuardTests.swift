import Foundation
import Kernel
import Log
import Support
import Synchronization
import Testing

@testable import Service

/// The threads that watch over the log and the loop.
@Suite struct GuardTests {
  private final class Told: Sendable {
    private let errors = Mutex<[StoreError]>([])
    private let wake = DispatchSemaphore(value: 0)
    var all: [StoreError] { errors.withLock { $0 } }
    func take(_ error: StoreError) {
      errors.withLock { $0.append(error) }
      wake.signal()
    }
    func wait(seconds: Double) -> Bool { wake.wait(timeout: .now() + seconds) == .success }
  }

  private func log(_ folder: String) throws {
    let store = try FileStore.open(
      folder: folder, environment: .sandbox, options: FaultStory.options)
    for group in FaultStory.groups(log: store.logID) { _ = try store.append([group]) }
    try store.close()
  }

  private func scrubber(_ folder: String, _ told: Told) -> Scrubber {
    var settings = Scrubber.Settings()
    settings.seconds = 0.05
    settings.secondsAfterFailure = 0.05
    let logger = Logger(secrets: [], clock: Weir.clock, sink: { _ in })
    return Scrubber(folder: folder, settings: settings, logger: logger) { told.take($0) }
  }

  @Test("finds: a bit that rots in an old segment while nobody reads it, once (ST-12)")
  func rot() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      let folder = scratch.file("log")
      try log(folder)
      let told = Told()
      let scrubber = scrubber(folder, told)
      scrubber.start()
      #expect(!told.wait(seconds: 0.5) && scrubber.damage == nil, "\(told.all)")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments")
      let path = folder + "/segments/" + (try #require(names.min()))
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      try file.seek(toOffset: 120)
      let byte = try #require(try file.read(upToCount: 1)?.first)
      try file.seek(toOffset: 120)
      try file.write(contentsOf: [byte ^ 4])
      #expect(told.wait(seconds: 60))
      #expect(!told.wait(seconds: 0.3), "told twice")
      #expect(scrubber.damage?.contains("corrupt-acknowledged") == true)
      guard case .damaged = told.all.first else { throw try #require(told.all.first) }
      scrubber.stop()
    }
  }

  @Test("ignores: a writer that goes on beside it")
  func beside() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      let folder = scratch.file("log")
      let store = try FileStore.open(
        folder: folder, environment: .sandbox, options: FaultStory.options)
      let told = Told()
      let groups = FaultStory.groups(log: store.logID)
      _ = try store.append([groups[0]])
      let scrubber = scrubber(folder, told)
      scrubber.start()
      for number in 1..<400 {
        let group = groups[1 + number % (groups.count - 1)]
        _ = try store.append([
          Proposal(
            command: try #require(CommandID(text: "n\(number)")), digest: group.digest,
            actor: "test", at: group.at, events: group.events)
        ])
      }
      scrubber.stop()
      #expect(told.all.isEmpty, "\(told.all)")
    }
  }

  @Test("tells: of a loop that hangs, and of no other (PR-18)")
  func watchdog() async throws {
    try await offPool {
      let (late, early) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      let hanging = Watchdog(seconds: 0.01, ask: { _ in }, late: { late.signal() })
      let turning = Watchdog(seconds: 0.01, ask: { $0() }, late: { early.signal() })
      hanging.start()
      turning.start()
      #expect(late.wait(timeout: .now() + 30) == .success)
      #expect(early.wait(timeout: .now() + 0.5) == .timedOut)
      turning.stop()
    }
  }
}
