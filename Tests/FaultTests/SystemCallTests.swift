import Foundation
import Glibc
import Support
import Testing

/// Every system call by which the log reaches the disk, failing for real under a real program.
@Suite(.enabled(if: Strace.isAllowed, "nobody may trace here: no ptrace in this container"))
struct SystemCallTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil

  /// The calls of the story without faults, where something can happen.
  private static func story(_ scratch: ScratchFolder) throws -> Strace.Run {
    let run = try Strace.run(in: scratch.file("log"), trace: scratch.file("trace"))
    #expect(run.isDone && run.acknowledged == FaultStory.count, "\(run.outcome)")
    #expect(run.calls.count > 80)
    return run
  }

  /// Runs the story once for every call, or for every n-th, with a fault at it.
  private static func sweep(
    _ fault: String, every step: Int, of names: [String] = Strace.names,
    _ look: (Strace.Run, Strace.Call) throws -> Void = { _, _ in }
  ) throws {
    let scratch = ScratchFolder()
    let calls = try story(scratch).calls.filter { names.contains($0.name) }
    let sample = stride(from: 0, to: calls.count, by: isLong ? 1 : step).map { calls[$0] }
    for (number, call) in sample.enumerated() {
      let folder = scratch.file("log\(number)")
      let run = try Strace.run(
        in: folder, trace: scratch.file("trace"),
        ["-e", "inject=\(call.name):\(fault):when=\(call.number)"])
      try look(run, call)
      try Aftermath.check(
        folder, acknowledged: run.acknowledged, "\(fault) at \(call), exit \(run.outcome.code)")
      try FileManager.default.removeItem(atPath: folder)
    }
  }

  @Test("keeps: everything acknowledged, killed at every system call (PR-01)")
  func kills() async throws {
    try await offPool {
      try Self.sweep("signal=KILL", every: 3) { run, call in
        #expect(run.outcome.code == 128 + SIGKILL, "\(call)")
      }
    }
  }

  @Test("keeps: everything acknowledged, and ends by name, over EIO at every call (ST-09, ST-10)")
  func errors() async throws {
    try await offPool {
      try Self.sweep("error=EIO", every: 6) { run, call in
        // Sealing, and what cuts a closed segment's zeros off, stop nobody.
        #expect(run.outcome.code == 75 || run.isDone, "\(call): \(run.outcome)")
        #expect(run.outcome.err.contains("error") || run.isDone, "\(call): \(run.outcome)")
      }
    }
  }

  @Test("never asks again: for a sync of a file whose sync failed (ST-09)")
  func noSecondSync() async throws {
    try await offPool {
      try Self.sweep("error=EIO", every: 5, of: ["fdatasync"]) { run, call in
        let failed = try #require(run.calls.firstIndex { $0.name == "fdatasync" && $0.hasFailed })
        let file = run.calls[failed].paths[0]
        // A file without its name yet is made again from its first byte.
        guard !file.hasSuffix(".new") else { return }
        #expect(run.outcome.code == 75, "\(call): \(run.outcome)")
        let after = run.calls[(failed + 1)...]
        #expect(!after.contains { $0.name == "fdatasync" && $0.paths == [file] }, "\(call)")
      }
    }
  }

  @Test("goes on: without a restart, over ENOSPC at every call that makes room (ST-07, ST-08)")
  func full() async throws {
    try await offPool {
      try Self.sweep("error=ENOSPC", every: 6) { run, call in
        #expect(run.isDone || run.outcome.code == 75, "\(call): \(run.outcome)")
      }
    }
  }

  @Test("retries: what a signal interrupted (ST-06)")
  func interrupted() async throws {
    try await offPool {
      let names = ["openat", "pwrite64", "fdatasync", "fsync", "ftruncate"]
      try Self.sweep("error=EINTR", every: 9, of: names) { run, call in
        #expect(run.isDone && run.acknowledged == FaultStory.count, "\(call): \(run.outcome)")
      }
    }
  }

  @Test("goes on: where the kernel wrote less than it was asked to (ST-05)")
  func shortWrites() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      let shim = scratch.file("short.so")
      let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "short.c")
      let built = try ChildProcess.run("cc", ["-shared", "-fPIC", "-o", shim, source.path])
      try #require(built.code == 0, "\(built)")
      for most in [13, 511, 4095] {
        let folder = scratch.file("log\(most)")
        let run = try Strace.run(
          in: folder, trace: scratch.file("trace"),
          environment: ["LD_PRELOAD": shim, "WEIR_SHORT_WRITES": "\(most)"])
        #expect(run.isDone && run.acknowledged == FaultStory.count, "\(run.outcome)")
        #expect(run.calls.contains { $0.text.hasSuffix(" = \(most)") })
        try Aftermath.check(folder, acknowledged: FaultStory.count, "writes of \(most) bytes")
      }
    }
  }

  @Test("does: contents are synced before names, and names before anything relies on them")
  func order() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      var rules = SyncOrder()
      for call in try Self.story(scratch).calls { rules.take(call) }
      #expect(rules.broken.isEmpty, "\(rules.broken.joined(separator: "\n"))")
      #expect(rules.acknowledged == FaultStory.count && rules.renames >= 4)
    }
  }
}
