import Simulator
import Testing

@testable import Kernel
@testable import Log

/// A log on a simulated disk whose closed segments are sealed, and what it holds.
struct SealedLog {
  let disk: SimulatedDisk
  let log: String
  let events: [StoredEvent]

  static let folder = "/log/segments/"

  /// - Parameter groups: Groups that are appended, of one to three proposals.
  init(groups: Int, options: FileStore.Options = .small) throws {
    disk = SimulatedDisk()
    let store = try Self.open(disk, options)
    log = store.logID
    _ = try store.append([proposal("g", [genesis(log: store.logID)])])
    for number in 1...groups { _ = try store.append(Self.group(number)) }
    try store.sealAll()
    events = try store.read(after: 0, limit: 100_000)
    try store.close()
  }

  static func group(_ number: Int) -> [Proposal] {
    (0..<1 + number % 3).map { index in
      let order = number * 10 + index
      let channel = order % 3
      let events =
        number % 2 == 0
        ? [placed(order, channel: channel), invoiced(order, channel: channel)]
        : [placed(order, channel: channel), invoiced(7, channel: 1)]
      return proposal("g\(number).\(index)", events, second: number, causedBy: 1)
    }
  }

  static func open(
    _ disk: SimulatedDisk, _ options: FileStore.Options = .small
  ) throws(StoreError) -> FileStore {
    try FileStore.open(folder: "/log", environment: .sandbox, options: options, disk: disk)
  }

  /// The names of the segments' files.
  var names: [String] { Self.names(disk) }

  static func names(_ disk: SimulatedDisk) -> [String] {
    disk.paths.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }
  }

  /// Opens what a disk holds and reads it in every way there is: what is given must be what was
  /// appended, or a refusal; anything else is an issue.
  ///
  /// Gives false where something was refused.
  func isWhole(_ disk: SimulatedDisk, _ comment: Comment) -> Bool {
    do throws(StoreError) {
      let store = try Self.open(disk)
      try read(store, comment)
      try store.close()
      let reader = try FileLogReader.open(folder: "/log", disk: disk)
      try read(reader, comment)
      return true
    } catch {
      switch error {
      // The format's own byte is beyond its head's checksum: another format has another head.
      case .damaged, .newerFormat: break
      default: Issue.record("not a named damage: \(error), \(comment)")
      }
      return false
    }
  }

  private func read(_ source: any EventSource, _ comment: Comment) throws(StoreError) {
    let all = try source.read(after: 0, limit: 100_000)
    #expect(all == events, comment)
    let tagged = try source.read(tag("channel:ch1"), after: 0, limit: 100_000)
    #expect(tagged == events.filter { $0.tags.contains("channel:ch1") }, comment)
    let facts = try source.facts(with: tag("channel:ch1"), after: 0, limit: 100_000)
    #expect(facts.map(\.position) == tagged.map(\.position), comment)
    let streamed = try source.read(stream("order-order7"), after: 0, limit: 100_000)
    #expect(streamed == events.filter { $0.stream == "order-order7" }, comment)
    var replayed: [UInt64] = []
    _ = try source.replay(after: 0, limit: 100_000, wanting: FactForms(.order)) { recorded in
      replayed.append(recorded.position)
      let stored = events[Int(recorded.position) - 1]
      #expect(stored.at == recorded.at && stored.name == recorded.event.name, comment)
    }
    #expect(replayed.count == events.count - 1, comment)
  }
}
