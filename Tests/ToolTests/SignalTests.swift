import Foundation
import Glibc
import HTTP
import Support
import Testing

/// Signals and streams of the running program.
@Suite struct SignalTests {
  @Test("ends: at SIGTERM in order, at a second one at once, and its log is whole")
  func ends() async throws {
    try await offPool {
      for signals in [[SIGTERM], [SIGPIPE, SIGTERM], [SIGTERM, SIGTERM]] {
        let scratch = ScratchFolder()
        let (service, _) = try WeirProcess.serve(scratch.path)
        let began = ContinuousClock.now
        for signal in signals {
          service.signal(signal)
          usleep(20_000)
          if signal == SIGPIPE { #expect(service.isRunning) }
        }
        let end = service.wait()
        #expect(ContinuousClock.now - began < .seconds(10))
        let expected: [ChildProcess.Exit] = [.code(0), .signal(SIGTERM)]
        #expect(expected.contains(end), "\(signals): \(end)")
        if signals != [SIGTERM, SIGTERM] { #expect(end == .code(0), "\(signals): \(end)") }
        let verified = try WeirProcess.run("log", "verify", "--data", scratch.path)
        #expect(verified.code == 0, "\(signals): \(verified)")
      }
    }
  }

  @Test("goes on: where nobody can write what it says (PR-20)")
  func fullStandardError() async throws {
    let scratch = ScratchFolder()
    let port = FreePort.next()
    let service = try WeirProcess.start(
      ["serve", "--sandbox", "--data", scratch.path, "--listen", "127.0.0.1:\(port)"],
      errors: .append("/dev/full"))
    let http = HTTPClient()
    var status: Int?
    // Attempts, not a time: on a busy machine minutes go by between two of them.
    for _ in 0..<3_000 where status != 200 && service.isRunning {
      let request = HTTPClientRequest(method: "GET", url: "http://127.0.0.1:\(port)/health")
      if case .success(let answer) = await http.send(request) { status = answer.status }
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(status == 200 && service.isRunning)
    service.signal(SIGTERM)
    #expect(try await offPool { service.wait() } == .code(0))
  }
}
