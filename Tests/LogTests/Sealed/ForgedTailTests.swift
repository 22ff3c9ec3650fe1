import Simulator
import Synchronization
import Testing

@testable import Kernel
@testable import Log

/// Groups behind sealed segments that no writer would have written: whole, chained on, and wrong in
/// what only the sealed segments can tell.
@Suite struct ForgedTailTests {
  private let log: SealedLog

  init() throws { log = try SealedLog(groups: 40) }

  /// A copy of the log with one more group, planned over a past in which streams stand at some
  /// versions and nothing else is known.
  private func forged(
    _ group: [Proposal], past: [(stream: String, version: UInt64)] = []
  ) throws -> SimulatedDisk {
    let disk = log.disk.afterKill()
    let extent = try FileLogReader.open(folder: "/log", disk: disk).extent()
    let part = try #require(extent.parts.last)
    let end = try #require(part.end)
    var index = LogIndex(log: extent.log)
    for (name, version) in past {
      index.take(
        EventPlace(stream: stream(name), version: version, tags: []), at: instant(0), hash: .zero)
    }
    var map = LogMap(log: extent.log)
    map.index = index
    var staged = StagedGroup(
      after: GroupPlan.End(position: extent.head.position, at: extent.head.at))
    _ = try staged.take(group, over: Mutex(map), behind: nil)
    var before = LogIndex(log: extent.log)
    for _ in 0..<extent.head.position {
      before.take(
        EventPlace(stream: stream("order-none"), version: 1, tags: []), at: instant(0),
        hash: part.chain)
    }
    staged.chain(after: GroupWriter.End(before))
    let frame = staged.frame(
      FrameHead(
        kind: .events, length: staged.length, log: extent.log, offset: end,
        segment: part.segment.first, first: staged.first, durable: extent.head.position,
        events: staged.records.count, proposals: staged.plan.entries.count, before: staged.before))
    let name = try #require(log.names.first { $0.hasSuffix(".active") })
    disk.tamper(SealedLog.folder + name) { file in
      // And the zeros behind it.
      let size = Int(end) + frame.count + 2 * FrameHead.size
      file += [UInt8](repeating: 0, count: max(0, size - file.count))
      file.replaceSubrange(Int(end)..<Int(end) + frame.count, with: frame)
    }
    return disk
  }

  /// What opening for writing and for reading say of it, which must be the same.
  private func refuses(_ disk: SimulatedDisk) throws -> Bool {
    func isRefused(_ open: () throws(StoreError) -> UInt64) throws -> Bool {
      do throws(StoreError) {
        let position = try open()
        #expect(position == UInt64(log.events.count) + 1)
        return false
      } catch {
        guard case .damaged(let damage) = error else { throw error }
        #expect(damage.position > UInt64(log.events.count))
        return true
      }
    }
    let name = try #require(log.names.first { $0.hasSuffix(".active") })
    let bytes = disk.contents(of: SealedLog.folder + name)
    let isRefused = (
      writer: try isRefused { () throws(StoreError) in
        try SealedLog.open(disk.afterKill()).head.position
      },
      reader: try isRefused { () throws(StoreError) in
        try FileLogReader.open(folder: "/log", disk: disk.afterKill()).head.position
      }
    )
    #expect(isRefused.writer == isRefused.reader)
    #expect(disk.contents(of: SealedLog.folder + name) == bytes)
    return isRefused.writer
  }

  @Test("takes: a group that goes on where the sealed segments end")
  func sound() throws {
    #expect(log.names.filter { $0.hasSuffix(".sealed") }.count > 4)
    #expect(try !refuses(try forged([proposal("new", [placed(9_999)], second: 900)])))
    // Its stream has one event, in the first segment.
    let first = try #require(log.events.first { $0.stream == "order-order11" })
    #expect(first.version == 1)
    let disk = try forged(
      [proposal("new", [placed(11)], second: 900)], past: [("order-order11", 1)])
    #expect(try !refuses(disk))
  }

  @Test("refuses: a command that a sealed segment has, the first or the last")
  func doubledCommand() throws {
    for command in ["g1.0", "g20.0", "g30.0"] {
      #expect(log.events.contains { $0.command.text == command })
      #expect(try refuses(try forged([proposal(command, [placed(9_999)], second: 900)])))
    }
  }

  @Test("refuses: a stream begun anew that a sealed segment has")
  func streamAnew() throws {
    #expect(try refuses(try forged([proposal("new", [placed(11)], second: 900)])))
  }

  @Test("refuses: a version that isn't the next one of a sealed segment's stream, and of none")
  func versions() throws {
    for (name, version) in [("order-order11", 2), ("order-order11", 7), ("order-order9999", 1)] {
      let order = name == "order-order11" ? 11 : 9_999
      let disk = try forged(
        [proposal("new", [placed(order)], second: 900)], past: [(name, UInt64(version))])
      #expect(try refuses(disk), "\(name) behind \(version)")
    }
  }
}
