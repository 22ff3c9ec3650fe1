import HTTP
import JSON
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
    for route in ["/look", "/1/explain"] {
      #expect(try await world.post(path + route, word, key: nil).status == 401)
      #expect(try await world.post(path + route, word, key: EdgeWorld.serviceKey).status == 401)
    }
    let operatorKey = EdgeWorld.operatorKey
    let empty = try await world.post(path + "/1/explain", "{}", key: operatorKey)
    #expect(empty.errors.sorted() == ["actor", "reason"])
    for number in ["0", "-1", "x", "1.5"] {
      let answer = try await world.post(path + "/\(number)/explain", word, key: operatorKey)
      #expect(answer.status == 404, "\(answer)")
    }
    let unknown = try await world.post(path + "/1/explain", word, key: operatorKey)
    #expect(unknown.status == 404 && unknown.text.contains("difference_unknown"), "\(unknown)")
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
}
