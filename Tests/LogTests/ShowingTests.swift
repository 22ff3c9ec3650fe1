import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

/// What is on the disk is shown some proposals at a time.
@Suite struct ShowingTests {
  let scratch = ScratchFolder()

  @Test("does: beside a writer readers see proposals whole, and a head with its own hash")
  func whole() async throws {
    let store = try FileStore.open(folder: scratch.file("log"), environment: .sandbox)
    _ = try store.append([proposal("genesis", [genesis(log: store.logID)])])
    let isDone = Mutex(false)
    async let written: Void = offPool {
      defer { isDone.withLock { $0 = true } }
      for group in 0..<20 {
        let proposals = (0..<300).map { number in
          let order = group * 300 + number
          let events = (0...number % 3).map { _ in placed(order) }
          return proposal("c\(order)", events)
        }
        _ = try store.append(proposals)
      }
    }
    var seen: UInt64 = 0
    while !isDone.withLock({ $0 }) {
      let head = store.head
      #expect(head.position >= seen)
      seen = head.position
      let newest = try #require(try store.read(after: head.position - 1, limit: 1).first)
      #expect(newest.hash == head.hash && newest.at == head.at)
      #expect(try store.outcome(of: newest.command)?.last == head.position)
      #expect(try store.version(of: stream(newest.stream)) == newest.version)
    }
    try await written
    #expect(store.head.position == 12_001)
    let events = try store.read(after: 0, limit: 20_000)
    try store.close()
    #expect(try FileLogReader.open(folder: store.folder).verify().events == 12_001)
    let again = try FileStore.open(folder: scratch.file("log"), environment: .sandbox)
    #expect(try again.read(after: 0, limit: 20_000) == events)
    try again.close()
  }
}
