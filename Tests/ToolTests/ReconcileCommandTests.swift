import Foundation
import Glibc
import HTTP
import JSON
import Support
import Synchronization
import Testing

@Suite struct ReconcileCommandTests {
  @Test("does: compares when asked, lists what differs, and what was explained no more")
  func story() async throws {
    let scratch = ScratchFolder()
    let (service, url) = try await offPool {
      try WeirProcess.serve(
        scratch.path,
        ["WEIR_RECONCILE_SECONDS": "0", "WEIR_RECONCILE_PATIENCE_SECONDS": "1"])
    }
    func run(_ words: String...) async throws -> WeirProcess.Outcome {
      let all = words + ["--data", scratch.path]
      return try await offPool { try WeirProcess.run(all) }
    }
    // Until the wallet is claimed and counted.
    var page = ""
    for _ in 0..<100 where !page.contains(#"name="ledger.wallet_counted.v1"} 2"#) {
      let looked = try await run("reconcile", "run", "--json")
      #expect(looked.code == 0 && looked.out.isEmpty, "\(looked)")
      page = try await Self.get(url + "/metrics")
    }
    try await Self.fund(scratch.path, "250")
    var found = try await run("reconcile", "list", "--json")
    for _ in 0..<100 where found.out.isEmpty { found = try await run("reconcile", "run", "--json") }
    #expect(found.code == 0 && found.out.contains(#""kind":"wallet_over""#), "\(found)")
    #expect(found.err.contains("compared at 2"), "\(found)")
    let table = try await run("reconcile", "list")
    #expect(table.out.hasPrefix("NUMBER") && table.out.contains("250.00 USDT-ETH"), "\(table)")
    let word = ["--reason", "topped up", "--actor", "ana"]
    // Only what the chain lost can be corrected.
    let wrong = try await offPool {
      try WeirProcess.run(["reconcile", "correct", "1", "--data", scratch.path] + word)
    }
    #expect(wrong.code == 2 && wrong.err.contains("difference_not_correctable"), "\(wrong)")
    let done = try await offPool {
      try WeirProcess.run(["reconcile", "explain", "1", "--data", scratch.path] + word)
    }
    #expect(done.code == 0 && done.out == "explained 1: topped up\n", "\(done)")
    let again = try await offPool {
      try WeirProcess.run(["reconcile", "explain", "1", "--data", scratch.path] + word)
    }
    #expect(again.code == 2 && again.err.contains("difference_unknown"), "\(again)")
    let none = try await offPool {
      try WeirProcess.run(["reconcile", "explain", "one", "--data", scratch.path] + word)
    }
    #expect(none.code == 64, "\(none)")
    #expect(try await run("reconcile", "run", "--json").out.isEmpty)
    service.signal(SIGTERM)
    #expect(try await offPool { service.wait() } == .code(0))
    let export = try await run("log", "export")
    #expect(export.out.contains("ledger.difference_explained.v1"))
    #expect(export.out.contains("operator:ana"))
  }

  @Test("does: a correction is sent as it was said, once, and what came of it is told in one line")
  func corrects() async throws {
    let asked = Mutex<[HTTPRequest]>([])
    let service = try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) {
      request, answer in
      asked.withLock { $0.append(request) }
      let body = JSONValue.object([
        "status": .string("done"), "first_position": .integer(7), "last_position": .integer(8),
      ])
      answer.send(.json(body.written(.asIs)))
    }
    func correct(_ number: String, _ more: [String]) async throws -> WeirProcess.Outcome {
      let url = "http://127.0.0.1:\(service.port)"
      return try await offPool {
        try WeirProcess.run(
          ["reconcile", "correct", number, "--url", url] + more,
          ["WEIR_OPERATOR_KEY": "a key of operators"])
      }
    }
    let word = ["--reason", "a deep reorg", "--actor", "ana"]
    let done = try await correct("12", word)
    #expect(done.code == 0 && done.out == "corrected 12: done\n", "\(done)")
    let whole = try await correct("12", word + ["--json"])
    #expect(whole.code == 0 && whole.out.contains(#""last_position":8"#), "\(whole)")
    // What isn't said whole isn't sent.
    for (number, more) in [("0", word), ("one", word), ("12", ["--actor", "ana"])] {
      #expect(try await correct(number, more).code == 64)
    }
    let sent = asked.withLock { $0 }
    #expect(sent.count == 2)
    for request in sent {
      #expect(request.method == "POST" && request.path == "/api/admin/differences/12/correct")
      let body = try JSONValue.parse(request.body)
      #expect(body["reason"]?.text == "a deep reorg" && body["actor"]?.text == "ana")
    }
    #expect(Set(sent.compactMap { $0.headers["Idempotency-Key"] }).count == 2)
  }

  private static func get(_ url: String) async throws -> String {
    let request = HTTPClientRequest(method: "GET", url: url)
    return String(decoding: try await HTTPClient().send(request).get().body, as: UTF8.self)
  }

  /// Money that comes to the wallet from elsewhere.
  private static func fund(_ data: String, _ amount: String) async throws {
    let addresses = try JSONValue.parse(
      Array(try Data(contentsOf: URL(filePath: data + "/sandbox/addresses.json"))))
    let admin = try #require(addresses["admin"]?.text)
    let chain = try JSONValue.parse(Array(try await get(admin + "/admin/chain/transfers").utf8))
    // The faucet's first gift is the wallet's.
    let wallet = try #require(chain.items?.first?["to"]?.text)
    let body = JSONValue.object(["address": .string(wallet), "amount": .string(amount)])
    var request = HTTPClientRequest(
      method: "POST", url: admin + "/admin/fund", headers: ["Content-Type": "application/json"])
    request.body = body.written(.asIs)
    let answer = try await HTTPClient().send(request).get()
    #expect(answer.status == 200)
  }
}
