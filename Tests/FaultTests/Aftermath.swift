import Kernel
import Log
import Support
import Testing

/// What must hold after whatever happened to the story's program.
enum Aftermath {
  /// Opens what is left, and holds it to the promise: everything acknowledged, at most the group in
  /// flight beside it, and the story can go on to its end.
  static func check(_ folder: String, acknowledged: Int, _ comment: Comment) throws {
    let store = try open(folder)
    let bodies = FaultStory.bodies(log: store.logID)
    let held = try store.read(after: 0, limit: 10_000).map(\.body)
    let found = bodies.firstIndex(of: held)
    #expect(found != nil, "the log holds \(held.count) events that are no whole groups: \(comment)")
    #expect(found ?? 0 >= acknowledged, "lost something acknowledged: \(comment)")
    #expect(found ?? 0 <= acknowledged + 1, "shows what was never asked: \(comment)")
    for proposal in FaultStory.groups(log: store.logID) { _ = try store.append([proposal]) }
    try store.sealAll()
    try store.close()
    let verified = try FileLogReader.open(folder: folder).verify()
    #expect(verified.events == UInt64(bodies[FaultStory.count].count), comment)
    let all = try FileLogReader.open(folder: folder).read(after: 0, limit: 10_000).map(\.body)
    #expect(all == bodies[FaultStory.count], comment)
  }

  static func open(_ folder: String) throws(StoreError) -> FileStore {
    try FileStore.open(folder: folder, environment: .sandbox, options: FaultStory.options)
  }
}
