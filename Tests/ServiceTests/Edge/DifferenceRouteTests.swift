import HTTP
import JSON
import Kernel
import Log
import Testing

@testable import Service

@Suite struct DifferenceRouteTests {
  private let path = "/api/admin/differences"
  private let word = #"{"reason":"why","actor":"ana"}"#
  private let key: HTTPHeaders = ["Authorization": "Bearer \(EdgeWorld.operatorKey)"]

  @Test("refuses: whoever has no key, words that are none, and differences that aren't there")
  func refuses() async throws {
    let world = try EdgeWorld()
    #expect(try await world.get(path).status == 401)
    for route in ["/look", "/1/explain", "/1/correct"] {
      #expect(try await world.post(path + route, word, key: nil).status == 401)
      #expect(try await world.post(path + route, word, key: EdgeWorld.serviceKey).status == 401)
    }
    let operatorKey = EdgeWorld.operatorKey
    for verb in ["explain", "correct"] {
      let empty = try await world.post(path + "/1/\(verb)", "{}", key: operatorKey)
      #expect(empty.errors.sorted() == ["actor", "reason"])
      for number in ["0", "-1", "x", "1.5"] {
        let answer = try await world.post(path + "/\(number)/\(verb)", word, key: operatorKey)
        #expect(answer.status == 404, "\(answer)")
      }
      let unknown = try await world.post(path + "/1/\(verb)", word, key: operatorKey)
      #expect(unknown.status == 404 && unknown.text.contains("difference_unknown"), "\(unknown)")
    }
    #expect(try await world.get(path + "?all=perhaps", headers: key).status == 400)
  }

  @Test("does: an empty list where nothing was compared; refuses: a look where none may be taken")
  func empty() async throws {
    let world = try EdgeWorld()
    let list = try await world.get(path, headers: key)
    #expect(list.status == 200 && list.json?["differences"]?.items?.isEmpty == true, "\(list)")
    #expect(list.json?["comparisons"]?.integer == 0)
    let look = try await world.post(path + "/look", "{}", key: EdgeWorld.operatorKey)
    #expect(look.status == 409 && look.text.contains("recovery_owed"), "\(look)")
  }

  @Test("does: a correction is one fact of a transfer that was settled, by an operator's name")
  func corrects() async throws {
    let world = try EdgeWorld()
    let (split, hash) = try await world.settledPayout()
    var look = OutsideLook(at: EdgeWorld.now)
    look.swaps = [SwapLook(swap: try #require(SwapID(text: "nobodys")), status: "finished")]
    look.transfers = [
      TransferLook(
        transfer: split.transfer, hash: hash, amount: Money(101_850_000, .usdt), moved: nil)
    ]
    try await world.compare(look)
    let operatorKey = EdgeWorld.operatorKey
    let numbers = try await world.get(path, headers: key).json?["differences"]?.items ?? []
    let kinds = numbers.compactMap { $0["kind"]?.text }
    #expect(kinds.sorted() == ["swap_unknown", "transfer_missing"])
    func correct(_ kind: String, _ query: String = "") async throws -> EdgeAnswer {
      let number = (kinds.firstIndex(of: kind) ?? 0) + 1
      return try await world.post(path + "/\(number)/correct\(query)", word, key: operatorKey)
    }
    let other = try await correct("swap_unknown")
    #expect(other.status == 409 && other.code == "difference_not_correctable", "\(other)")
    let head = world.store.head.position
    #expect(try await correct("transfer_missing", "?dry_run=true").status == 200)
    #expect(world.store.head.position == head)
    let done = try await correct("transfer_missing")
    let events = done.json?["events"]?.items ?? []
    #expect(done.status == 200 && done.json?["status"]?.text == "done", "\(done)")
    #expect(
      events.compactMap { $0["name"]?.text }
        == ["ledger.transfer_corrected.v1", "ledger.difference_explained.v1"])
    #expect(events.allSatisfy { $0["actor"]?.text == "operator:ana" })
    #expect(world.store.head.position == head + 2)
    _ = try await correct("transfer_missing")
    #expect(world.store.head.position == head + 2)
  }
}
