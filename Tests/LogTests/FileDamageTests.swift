import Foundation
import Simulator
import Testing

@testable import Kernel
@testable import Log

@Suite struct FileDamageTests {
  private static let isLong = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil
  private static let active = "/log/segments/00000000000000000001.active"

  /// A finished story in one segment, or in several.
  private func story(_ options: FileStore.Options = FileStore.Options()) throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    let store = try FileStore.open(
      folder: "/log", environment: .sandbox, options: options, disk: disk)
    _ = try store.append([proposal("g0", [genesis(log: store.logID)])])
    for number in 1...DiskStory.groups { _ = try store.append(DiskStory.group(number)) }
    try store.close()
    return disk.afterKill()
  }

  private static let oneSegment: FileStore.Options = {
    var options = FileStore.Options()
    options.stepBytes = 32_768
    return options
  }()

  /// Where each frame of a file starts.
  private func frames(_ bytes: [UInt8]) -> [Int] {
    stride(from: Segment.headSize, to: bytes.count - 8, by: 8).filter {
      Array(bytes[$0..<$0 + 4]) == [0xff, 0x57, 0x52, 0x46]
    }
  }

  private func open(_ disk: SimulatedDisk) throws(StoreError) -> FileStore {
    try FileStore.open(folder: "/log", environment: .sandbox, options: .small, disk: disk)
  }

  @Test("cuts: a group that was written in part, at every length")
  func everyLength() throws {
    let whole = try story(Self.oneSegment)
    let bytes = try #require(whole.contents(of: Self.active))
    let starts = frames(bytes)
    // The last frame is the mark that closing wrote; before it the last group.
    let group = starts[starts.count - 2]
    let end = starts[starts.count - 1]
    for length in group..<end {
      let disk = whole.afterKill()
      disk.tamper(Self.active) { file in
        file.replaceSubrange(length..., with: [UInt8](repeating: 0, count: file.count - length))
      }
      let store = try open(disk)
      #expect(try DiskStory.groups(in: store, "length \(length)") == DiskStory.groups)
      let last = bytes[group..<length].lastIndex { $0 != 0 }
      #expect(store.recovery.cutBytes == last.map { $0 + 1 - group } ?? 0)
      if length % 16 == 0 {
        _ = try store.append(DiskStory.group(DiskStory.groups))
        let again = try open(disk.afterPowerCut(seed: 1))
        #expect(again.recovery.cutBytes == 0)
        #expect(try DiskStory.groups(in: again, "length \(length)") == DiskStory.groups + 1)
      }
    }
  }

  @Test("refuses: a file whose end is missing, wherever it was cut")
  func truncated() throws {
    let whole = try story(Self.oneSegment)
    let bytes = try #require(whole.contents(of: Self.active))
    let end = try #require(bytes.lastIndex { $0 != 0 })
    for length in stride(from: 0, through: end + 60, by: 61) {
      let disk = whole.afterKill()
      disk.tamper(Self.active) { $0.removeSubrange(length...) }
      #expect(throws: StoreError.self, "\(length)") { try open(disk) }
      #expect(disk.contents(of: Self.active)?.count == length)
    }
  }

  @Test("never shows: another event, whatever bit is flipped", arguments: [true, false])
  func bitFlips(_ isOneSegment: Bool) throws {
    let whole = try story(isOneSegment ? Self.oneSegment : .small)
    var dice = Dice(seed: isOneSegment ? 1 : 2)
    var refused = 0
    let rounds = Self.isLong ? 5_000 : 500
    for round in 1...rounds {
      let disk = whole.afterKill()
      let path = disk.paths[dice.below(disk.paths.count)]
      // Most of a file is zeros; look mostly where something stands.
      let size = (disk.contents(of: path)?.lastIndex { $0 != 0 } ?? 0) + 1 + dice.below(2) * 20
      let bit = dice.below(size * 8)
      disk.tamper(path) { if bit / 8 < $0.count { $0[bit / 8] ^= 1 << (bit % 8) } }
      let flip: Comment = "round \(round): bit \(bit % 8) of byte \(bit / 8) in \(path)"
      do {
        let reader = try FileLogReader.open(folder: "/log", disk: disk)
        _ = try reader.verify()
        #expect(try DiskStory.groups(in: reader, flip) == DiskStory.groups + 1)
      } catch is StoreError {
        refused += 1
      }
      do {
        #expect(try DiskStory.groups(in: try open(disk), flip) == DiskStory.groups + 1)
      } catch is StoreError {}
    }
    #expect(refused > rounds * 4 / 5)
  }

  @Test("names: the position and the place of the damage, and touches nothing")
  func named() throws {
    let disk = try story(Self.oneSegment)
    let starts = frames(try #require(disk.contents(of: Self.active)))
    disk.tamper(Self.active) { $0[starts[2] + FrameHead.size + 60] ^= 1 }
    let before = disk.contents(of: Self.active)
    let error = #expect(throws: StoreError.self) { try open(disk) }
    guard case .damaged(let damage) = error else { throw error ?? .full("nothing thrown") }
    #expect(damage.position == 4)
    #expect(damage.offset == UInt64(starts[2]))
    #expect(damage.file == "segments/00000000000000000001.active")
    #expect(damage.what.contains("checksum"))
    #expect(disk.contents(of: Self.active) == before)
  }

  @Test("refuses: segments that are missing, doubled, swapped or of another log")
  func segments() throws {
    let whole = try story(.small)
    let paths = whole.paths.filter { $0.contains("/segments/") }
    #expect(paths.count >= 3)
    for path in paths {
      let disk = whole.afterKill()
      disk.rename(behindTheBack: path, to: nil)
      if path == paths.last {
        // The end of the log is gone as a whole: nothing in the folder can tell.
        continue
      }
      #expect(throws: StoreError.self, "\(path) missing") { try open(disk) }
      #expect(throws: StoreError.self, "\(path) missing") {
        try FileLogReader.open(folder: "/log", disk: disk).verify()
      }
    }
    let doubled = whole.afterKill()
    doubled.copy(
      behindTheBack: paths[0], to: "/log/segments/00000000000000000001.active")
    #expect(throws: StoreError.self) { try open(doubled) }
    let copied = whole.afterKill()
    copied.copy(behindTheBack: paths[0], to: "/log/segments/00000000000000000002.raw")
    #expect(throws: StoreError.self) { try open(copied) }
    let swapped = whole.afterKill()
    swapped.rename(behindTheBack: paths[0], to: "/x")
    swapped.rename(behindTheBack: paths[1], to: paths[0])
    swapped.rename(behindTheBack: "/x", to: paths[1])
    #expect(throws: StoreError.self) { try open(swapped) }
    let stranger = whole.afterKill()
    stranger.copy(behindTheBack: paths[0], to: "/log/segments/notes.txt")
    #expect(throws: StoreError.self) { try open(stranger) }
    let other = try story(.small)
    let foreign = try #require(other.contents(of: paths[1]))
    let mixed = whole.afterKill()
    mixed.tamper(paths[1]) { $0 = foreign }
    #expect(throws: StoreError.self) { try open(mixed) }
  }

  @Test("refuses: a log without its marker, and a marker without its log")
  func halves() throws {
    let disk = try story(.small)
    let without = disk.afterKill()
    without.rename(behindTheBack: "/log/log.json", to: nil)
    #expect(throws: StoreError.self) { try open(without) }
    let empty = disk.afterKill()
    for path in empty.paths where path.contains("/segments/") {
      empty.rename(behindTheBack: path, to: nil)
    }
    #expect(throws: StoreError.self) { try open(empty) }
    #expect(throws: StoreError.self) { try FileLogReader.open(folder: "/log", disk: empty) }
  }

  @Test("refuses: the other environment, by name")
  func environment() throws {
    let disk = try story(.small)
    #expect(
      throws: StoreError.otherEnvironment(folder: "/log", holds: "sandbox", asked: "live")
    ) {
      try FileStore.open(folder: "/log", environment: .live, disk: disk)
    }
    // Whoever edits the marker still meets the first event.
    disk.tamper("/log/log.json") { bytes in
      let text = String(decoding: bytes, as: UTF8.self).replacing("sandbox", with: "live")
      bytes = Array(text.utf8)
    }
    let error = #expect(throws: StoreError.self) {
      try FileStore.open(folder: "/log", environment: .live, disk: disk)
    }
    #expect(error?.description.contains("position 1") == true)
  }

  @Test("refuses: a newer format, in the marker, in a segment, in a frame")
  func newer() throws {
    func isNewer(_ disk: SimulatedDisk) throws {
      let error = #expect(throws: StoreError.self) { try open(disk) }
      guard case .newerFormat = error else { throw error ?? .full("nothing thrown") }
    }
    let whole = try story(Self.oneSegment)
    let marker = whole.afterKill()
    marker.tamper("/log/log.json") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      bytes = Array(text.replacing("\"format\":1", with: "\"format\":2").utf8)
    }
    try isNewer(marker)
    let segment = whole.afterKill()
    segment.tamper(Self.active) { $0[7] = 2 }
    try isNewer(segment)
    let frame = whole.afterKill()
    let starts = frames(try #require(frame.contents(of: Self.active)))
    frame.tamper(Self.active) { bytes in
      let total = starts[2] - starts[1]
      bytes[starts[1] + 8] = 2
      bytes.put(bytes.withUnsafeBytes { crc($0.part(starts[1] + 8, total - 8)) }, at: starts[1] + 4)
    }
    try isNewer(frame)
  }

  @Test("finds: events changed by somebody who repaired every checksum")
  func repaired() throws {
    let disk = try story(Self.oneSegment)
    let starts = frames(try #require(disk.contents(of: Self.active)))
    disk.tamper(Self.active) { bytes in
      let start = starts[3]
      let total = starts[4] - start
      let record = start + FrameHead.size + FrameHead.proposalSize
      let length = Int(bytes.withUnsafeBytes { $0.number(at: record + 4, UInt32.self) })
      let text = Array("Zoë".utf8)
      guard
        let name = bytes[record...].indices.first(where: { bytes[$0...].starts(with: text) })
      else { return }
      bytes[name] = UInt8(ascii: "X")
      let size = FrameHead.recordSize + length
      bytes.put(bytes.withUnsafeBytes { crc($0.part(record + 4, size - 4)) }, at: record)
      bytes.put(bytes.withUnsafeBytes { crc($0.part(start + 8, total - 8)) }, at: start + 4)
    }
    let error = #expect(throws: StoreError.self) {
      try FileLogReader.open(folder: "/log", disk: disk)
    }
    #expect(error?.description.contains("the chain is broken") == true)
  }
}
