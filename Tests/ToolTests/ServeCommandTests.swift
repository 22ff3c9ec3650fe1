import Foundation
import JSON
import Support
import Testing

@Suite(.serialized) struct ServeCommandTests {
  private func get(_ url: String) throws -> (Int, String) {
    let text = try WeirProcess.run(
      program: "/usr/bin/curl", ["-s", "-m", "10", "-w", "\n%{http_code}", url]
    ).out
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (Int(parts.last ?? "") ?? 0, parts.dropLast().joined(separator: "\n"))
  }

  @Test("does: a sandbox serves with no settings at all, and ends in peace when told")
  func sandbox() async throws {
    let scratch = ScratchFolder()
    let (process, url) = try WeirProcess.serve(scratch.path)
    // Of none that the system may give to a stand-in, or to a call out, before it listens.
    #expect((10_000..<20_000).contains(URL(string: url)?.port ?? 0), "\(url)")
    var ready = 0
    for _ in 0..<200 where ready != 200 {
      ready = try get("\(url)/ready").0
      if ready != 200 { try await Task.sleep(for: .milliseconds(50)) }
    }
    #expect(ready == 200)
    let verified = try WeirProcess.run("log", "verify", "--data", scratch.path)
    #expect(verified.code == 0, "\(verified)")
    let second = try WeirProcess.run(
      "serve", "--sandbox", "--data", scratch.path, "--listen", "127.0.0.1:0")
    #expect(second.code == 2, "\(second)")
    #expect(second.err.contains("another sandbox uses it"))
    process.signal(SIGTERM)
    #expect(process.wait() == .code(0))
    let (again, other) = try WeirProcess.serve(scratch.path)
    #expect(try get("\(other)/health").0 == 200)
    again.signal(SIGINT)
    #expect(again.wait() == .code(0))
    let live = try WeirProcess.run(
      "serve", "--data", scratch.path, "--listen", "127.0.0.1:0", variables: liveSettings(scratch))
    #expect(live.code == 2, "\(live)")
    #expect(live.err.contains("is a sandbox log and can't be opened as live"))
  }

  /// Live settings without a fault, of a service nobody runs.
  private func liveSettings(_ scratch: ScratchFolder) throws -> [String: String] {
    let file = scratch.file("wallet")
    try String(repeating: "1f", count: 32).write(toFile: file, atomically: true, encoding: .utf8)
    chmod(file, 0o600)
    return [
      "WEIR_NOWPAYMENTS_IPN_SECRET": "N0wPay-Ipn-Secret-7f3a",
      "WEIR_NOWPAYMENTS_API_KEY": "AB12CD3-EF45GH6-IJ78KL9-MN01OP2",
      "WEIR_NOWPAYMENTS_URL": "https://nowpayments.invalid/v1",
      "WEIR_CHANGENOW_API_KEY": "c4f1e0d2b3a495867788",
      "WEIR_CHANGENOW_URL": "https://changenow.invalid",
      "WEIR_ETHEREUM_RPC_URL": "https://rpc.invalid", "WEIR_ETHEREUM_CHAIN_ID": "1",
      "WEIR_HOST_WALLET_KEY_FILE": file,
      "WEIR_SERVICE_KEY": "3b1d7c9e5a2f4860b7d1c3e5f7a9082416",
      "WEIR_PUBLIC_URL": "https://weir.invalid",
    ]
  }

  @Test("does: the stand-ins run alone, and say where they listen")
  func standIns() throws {
    let scratch = ScratchFolder()
    let process = try WeirProcess.start(["sandbox", "--data", scratch.path], output: .pipe)
    let line = try #require(process.output).some()
    let addresses = try JSONValue.parse([UInt8](line.utf8.dropLast()))
    for name in ["nowpayments", "changenow", "ethereum", "admin"] {
      #expect(addresses[name]?.text?.hasPrefix("http://127.0.0.1:") == true)
    }
    process.signal(SIGTERM)
    #expect(process.wait() == .code(0))
  }

  @Test("refuses: a live folder without its log, unless one is to be begun; and then only once")
  func begins() async throws { try await offPool { try beginLive() } }

  private func beginLive() throws {
    let scratch = ScratchFolder()
    let data = scratch.file("data")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
    let words = ["serve", "--data", data, "--listen", "127.0.0.1:0"]
    let settings = try liveSettings(scratch)
    let none = try WeirProcess.run(words, settings)
    #expect(none.code == 2 && none.err.contains("holds no log: restore it"), "\(none)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: data).isEmpty)
    for more in [["--init"], []] {
      let log = scratch.file("service-log\(more.count)")
      let life = try Life(words + more, settings, log: log)
      func said() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }
      for _ in 0..<600 where try life.isRunning && !said().contains("\"listening\"") {
        Thread.sleep(forTimeInterval: 0.1)
      }
      let code = life.stop()
      #expect(try code == 0 && said().contains("\"listening\""))
    }
    let again = try WeirProcess.run(words + ["--init"], settings)
    #expect(again.code == 2 && again.err.contains("leave --init out"), "\(again)")
    // That it was opened, and the caps of a live service; the second start added nothing.
    let verified = try WeirProcess.run("log", "verify", "--data", data)
    #expect(verified.code == 0 && verified.out.hasPrefix("ok events=2 "), "\(verified)")
  }

  @Test("refuses: to serve live without settings, or on a port that is taken")
  func refuses() async throws {
    let scratch = ScratchFolder()
    let live = try WeirProcess.run("serve", "--data", scratch.path, "--listen", "127.0.0.1:0")
    #expect(live.code == 2)
    #expect(live.err.contains("WEIR_SERVICE_KEY: is missing"))
    let (process, url) = try WeirProcess.serve(scratch.path)
    let port = try #require(url.split(separator: ":").last)
    let other = ScratchFolder()
    let taken = try WeirProcess.run(
      "serve", "--sandbox", "--data", other.path, "--listen", "127.0.0.1:\(port)")
    #expect(taken.code == 1, "\(taken)")
    process.signal(SIGTERM)
    #expect(process.wait() == .code(0))
  }
}
