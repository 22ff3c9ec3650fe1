import Sagas
import Support
import Synchronization
import Testing

@testable import Service

extension AnswerRowsTests {
  @Test("does: a witness that is silent keeps the bytes here, and hears of them each time")
  func witness() async throws {
    let node = try node()
    var performer = try performer(node)
    let shared = Told()
    performer.beforeBroadcast = { open, attempt in shared.hear("\(open.nonce) \(attempt.hash)") }
    #expect(await look(performer, open()).commands.isEmpty)
    #expect(node.asked(send).isEmpty)
    shared.isHeard.withLock { $0 = true }
    _ = await look(performer, open())
    #expect(node.asked(send) == ["0x07"])
    #expect(shared.all.withLock { $0 } == ["7 0xa7", "7 0xa7"])
  }

  private final class Told: Sendable {
    let all = Mutex<[String]>([])
    let isHeard = Mutex(false)

    func hear(_ words: String) -> Bool {
      all.withLock { $0.append(words) }
      return isHeard.withLock { $0 }
    }
  }
}
