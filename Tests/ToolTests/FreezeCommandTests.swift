import Glibc
import Support
import Testing

@Suite struct FreezeCommandTests {
  @Test("does: freezes a running service, also over a restart, says so, and lets it go on")
  func story() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      var (service, url) = try WeirProcess.serve(scratch.path)
      func run(_ words: String...) throws -> WeirProcess.Outcome {
        try WeirProcess.run(words + ["--data", scratch.path])
      }
      #expect(try run("freeze", "status").out == "frozen=no\n")
      let word = ["--reason", "looking at a payout", "--actor", "ana"]
      let frozen = try WeirProcess.run(["freeze", "--data", scratch.path] + word)
      #expect(frozen.code == 0 && frozen.out.hasPrefix("frozen=yes since=2"), "\(frozen)")
      #expect(frozen.out.hasSuffix("by=operator:ana\nwhy: looking at a payout\n"), "\(frozen)")
      let whole = try run("status").out
      #expect(whole.hasPrefix("status=degraded environment=sandbox position="), "\(whole)")
      #expect(whole.contains(" access=off\nlog=healthy "), "\(whole)")
      #expect(whole.contains("\nfrozen: looking at a payout\naccess: off: no telegram_bot_token"))
      service.signal(SIGTERM)
      #expect(service.wait() == .code(0))
      (service, url) = try WeirProcess.serve(scratch.path)
      let status = try run("freeze", "status", "--json")
      #expect(status.out.contains(#""frozen":true,"reason":"looking at a payout""#), "\(status)")
      let why = ["--reason", "explained"]
      let one = try WeirProcess.run(
        ["unfreeze", "--url", url, "--data", scratch.path, "--as", "ana"] + why)
      #expect(one.code == 0 && one.out.hasSuffix("it takes another one's word\n"), "\(one)")
      let nobody = try WeirProcess.run(["unfreeze", "--url", url, "--data", scratch.path] + why)
      #expect(nobody.code == 2 && nobody.err.contains("WEIR_APPROVER_KEY"), "\(nobody)")
      let free = try WeirProcess.run(
        ["unfreeze", "--url", url, "--data", scratch.path, "--as", "ben"] + why)
      #expect(free.code == 0 && free.out == "frozen=no\n", "\(free)")
      let caps = try run("caps", "show")
      #expect(caps.code == 0 && caps.out.hasPrefix("in force:\n  transfer: none\n"), "\(caps)")
      service.signal(SIGTERM)
      #expect(service.wait() == .code(0))
    }
  }

  @Test("refuses: no key, a wrong one, words that are missing, a service that isn't there")
  func refuses() async throws {
    try await offPool {
      let scratch = ScratchFolder()
      let (service, url) = try WeirProcess.serve(scratch.path)
      let none = try WeirProcess.run(["freeze", "status", "--url", url])
      #expect(none.code == 2 && none.err.contains("WEIR_OPERATOR_KEY"), "\(none)")
      let wrong = try WeirProcess.run(
        ["freeze", "status", "--url", url], ["WEIR_OPERATOR_KEY": "wrong"])
      #expect(wrong.code == 2 && wrong.err.contains("operator_key_needed"), "\(wrong)")
      #expect(!wrong.err.contains("wrong"))
      let wordless = try WeirProcess.run(["freeze", "--url", url], ["WEIR_OPERATOR_KEY": "wrong"])
      #expect(wordless.code == 64, "\(wordless)")
      service.signal(SIGTERM)
      #expect(service.wait() == .code(0))
      let gone = try WeirProcess.run(
        ["freeze", "status", "--url", url], ["WEIR_OPERATOR_KEY": "any"])
      #expect(gone.code == 1 && gone.err.contains(url), "\(gone)")
    }
  }
}
