import Foundation
import Glibc
import Testing

/// One life of the service, ended by `kill -9` at the latest with its owner.
final class Life: @unchecked Sendable {  // One test uses it, one step at a time.
  private let process: Process

  /// Starts it; standard error goes to `log`, which grows from life to life.
  init(_ words: [String], _ variables: [String: String], log path: String) throws {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let log = try #require(FileHandle(forWritingAtPath: path))
    try log.seekToEnd()
    process = WeirProcess.process(words, variables)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = log
    try process.run()
  }

  deinit { kill() }

  var isRunning: Bool { process.isRunning }

  /// `kill -9`, and waits until it is gone.
  func kill() {
    guard process.isRunning else { return }
    _ = Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to stop, and waits; its exit code.
  func stop() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
