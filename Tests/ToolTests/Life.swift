import Glibc
import Support

/// One life of the service, ended by `kill -9` at the latest with its owner.
final class Life: Sendable {
  private let process: ChildProcess

  /// Starts it; standard error goes to `log`, which grows from life to life.
  init(_ words: [String], _ variables: [String: String], log path: String) throws {
    process = try WeirProcess.start(words, variables, errors: .append(path))
  }

  var isRunning: Bool { process.isRunning }

  func signal(_ number: Int32) { process.signal(number) }

  /// `kill -9`, and waits until it is gone.
  func kill() { process.kill() }

  /// Asks it to stop, and waits; its exit code.
  func stop() -> Int32 {
    process.signal(SIGTERM)
    return process.wait().status
  }
}
