import Simulator
import Testing

@testable import Kernel
@testable import Log

/// The same groups again and again, on disks that fail in every way there is.
struct DiskStory {
  static let groups = 11

  /// The n-th group, from 1: one to three proposals over one or two streams.
  static func group(_ number: Int) -> [Proposal] {
    (0..<1 + number % 3).map { index in
      let order = number * 10 + index
      let events = number % 2 == 0 ? [placed(order), invoiced(order)] : [placed(order)]
      return proposal(
        "g\(number).\(index)", events, expected: [expect("order-order\(order)", 0)],
        second: number)
    }
  }

  /// Bodies that the log holds after so many groups, the genesis being group 0.
  private static let bodies: [[[UInt8]]] = (0...groups).map { groups in
    (0..<groups).flatMap { group($0 + 1) }.flatMap(\.events).map(EventCodec.body(of:))
  }

  /// Events of the whole story.
  static let events = UInt64(bodies[groups].count) + 1

  let disk: SimulatedDisk
  /// Groups whose append returned, the genesis being one.
  private(set) var acknowledged = 0

  /// Whether closed segments are sealed after every group.
  var seals = false

  init(_ disk: SimulatedDisk, seals: Bool = false) {
    self.disk = disk
    self.seals = seals
  }

  func open() throws(StoreError) -> FileStore {
    try FileStore.open(folder: "/log", environment: .sandbox, options: .small, disk: disk)
  }

  /// Runs what is left of the story; a group that met a full disk is tried once more.
  mutating func run(from first: Int = 0) throws(StoreError) {
    let store = try open()
    for number in first...Self.groups {
      let group =
        number == 0
        ? [proposal("g0", [genesis(log: store.logID)])] : Self.group(number)
      do throws(StoreError) {
        _ = try store.append(group)
      } catch .full {
        _ = try store.append(group)
      } catch {
        throw error
      }
      acknowledged = max(acknowledged, number + 1)
      // What sealing meets stops nobody.
      if seals { try? store.sealAll() }
      if number % 4 == 3 {
        do throws(StoreError) { try store.rest() } catch .full {} catch { throw error }
      }
    }
    do throws(StoreError) { try store.close() } catch .full {} catch { throw error }
  }

  /// What the log holds, in whole groups; nil, and an issue, where it holds anything else.
  static func groups(in store: any EventSource, _ comment: Comment) throws -> Int? {
    let events = try store.read(after: 0, limit: 10_000)
    guard !events.isEmpty else { return 0 }
    let held = events.dropFirst().map(\.body)
    for groups in 0...Self.groups where bodies[groups] == held { return groups + 1 }
    Issue.record("the log holds \(events.count) events that are no whole groups: \(comment)")
    return nil
  }

  /// Opens what a fault left, and holds it to the promise: everything acknowledged, at most the one
  /// group in flight beside it, and the story can go on.
  static func check(_ disk: SimulatedDisk, acknowledged: Int, _ comment: Comment) throws {
    let store = try DiskStory(disk).open()
    guard let found = try groups(in: store, comment) else { return }
    #expect(found >= acknowledged, "lost something acknowledged: \(comment)")
    #expect(found <= acknowledged + 1, "shows what was never asked: \(comment)")
    // What is shown now must outlive the next power cut, whatever an earlier sync forgot (ST-09).
    let again = DiskStory(disk.afterPowerCut(seed: 0))
    let kept = try groups(in: try again.open(), comment)
    #expect(kept == found, "forgot what it had shown: \(comment)")
    try again.disk.afterKill().finish(comment)
  }
}

extension SimulatedDisk {
  /// Lets the story end, and reads the whole log once more.
  fileprivate func finish(_ comment: Comment) throws {
    var story = DiskStory(self)
    try story.run()
    let reader = try FileLogReader.open(folder: "/log", disk: self)
    let verified = try reader.verify()
    #expect(verified.events == DiskStory.events, comment)
    #expect(try DiskStory.groups(in: reader, comment) == DiskStory.groups + 1)
  }
}
