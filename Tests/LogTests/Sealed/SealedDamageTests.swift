import Foundation
import Simulator
import Testing

@testable import Kernel
@testable import Log

@Suite struct SealedDamageTests {
  private func path(_ name: String) -> String { SealedLog.folder + name }

  private func sealed(_ log: SealedLog) -> [String] {
    log.names.filter { $0.hasSuffix(".sealed") }
  }

  @Test("gives: the exact events or a named refusal, whatever bit of a sealed segment is flipped")
  func bitFlips() throws {
    let log = try SealedLog(groups: 16)
    let name = sealed(log)[1]
    let size = try #require(log.disk.contents(of: path(name))).count
    var dice = Dice(seed: 5)
    var refused = 0
    let rounds = ProcessInfo.processInfo.environment["WEIR_TEST_LONG"] != nil ? 10_000 : 600
    for round in 0..<rounds {
      let disk = log.disk.afterKill()
      // Pages hold mostly zeros: half of the flips go where blocks and contents are.
      let byte = round % 2 == 0 ? dice.below(size) : dice.below(min(size, 4096))
      let bit = dice.below(8)
      disk.tamper(path(name)) { $0[byte] ^= 1 << UInt8(bit) }
      if !log.isWhole(disk, "bit \(bit) of byte \(byte)") { refused += 1 }
      if round % 10 == 0 {
        let reader = try? FileLogReader.open(folder: "/log", disk: disk)
        if let verified = try? reader?.verify() {
          #expect(verified.head.hash == log.events.last?.hash)
        }
      }
    }
    #expect(refused > rounds / 2, "\(refused) of \(rounds) refused")
  }

  @Test("stops: where the end of a sealed segment is missing or more follows")
  func lengths() throws {
    let log = try SealedLog(groups: 16)
    let name = sealed(log)[1]
    let size = try #require(log.disk.contents(of: path(name))).count
    for count in [0, 1, 79, 80, 4096, size - 4096, size - 1] {
      let disk = log.disk.afterKill()
      disk.tamper(path(name)) { $0 = Array($0.prefix(count)) }
      #expect(!log.isWhole(disk, "\(count) bytes left"))
    }
    for count in [1, 4096] {
      let disk = log.disk.afterKill()
      disk.tamper(path(name)) { $0 += [UInt8](repeating: 0, count: count) }
      #expect(!log.isWhole(disk, "\(count) bytes more"))
    }
  }

  @Test("stops: and names the file, where segments are missing, swapped, doubled or another log's")
  func segments() throws {
    let log = try SealedLog(groups: 40)
    let other = try SealedLog(groups: 40)
    let names = sealed(log)
    let (second, third) = (names[1], names[2])
    func refusal(_ comment: Comment, _ change: (SimulatedDisk) throws -> Void) throws -> String {
      let disk = log.disk.afterKill()
      try change(disk)
      #expect(!log.isWhole(disk.afterKill(), comment))
      let error = #expect(throws: StoreError.self, comment) { try SealedLog.open(disk) }
      return error?.description ?? ""
    }
    let missing = try refusal("missing") { $0.rename(behindTheBack: path(second), to: nil) }
    #expect(missing.contains(third) && missing.contains(names[0]))
    let first = try refusal("first") { $0.rename(behindTheBack: path(names[0]), to: nil) }
    #expect(first.contains(second))
    let swapped = try refusal("swapped") { disk in
      disk.rename(behindTheBack: path(second), to: "/aside")
      disk.rename(behindTheBack: path(third), to: path(second))
      disk.rename(behindTheBack: "/aside", to: path(third))
    }
    #expect(swapped.contains(second))
    let doubled = try refusal("doubled") {
      $0.copy(behindTheBack: path(second), to: path(Segment.Name(first: 2, .sealed).text))
    }
    #expect(doubled.contains(Segment.Name(first: 2, .sealed).text))
    let foreign = try refusal("foreign") { disk in
      let bytes = try #require(other.disk.contents(of: path(second)))
      disk.tamper(path(second)) { $0 = bytes }
    }
    #expect(foreign.contains(second) && foreign.contains(other.log))
    let renamed = try refusal("renamed") {
      let raw = Segment.Name(first: Segment.Name(second)?.first ?? 1, .raw).text
      $0.rename(behindTheBack: path(second), to: path(raw))
    }
    #expect(renamed.contains(".raw"))
  }

  @Test("refuses: by name what a newer program sealed")
  func newer() throws {
    let log = try SealedLog(groups: 16)
    let disk = log.disk.afterKill()
    disk.tamper(path(sealed(log)[0])) { bytes in
      bytes.put(UInt32(3), at: 12)
      bytes.put(bytes.withUnsafeBytes { crc($0.part(12, 68)) }, at: 8)
    }
    let error = #expect(throws: StoreError.self) { try SealedLog.open(disk) }
    guard case .newerFormat = error else { throw error ?? .full("nothing thrown") }
  }

  @Test("verifies: that the index of a sealed segment is the one its events make")
  func foreignIndex() throws {
    let log = try SealedLog(groups: 16)
    let name = sealed(log)[1]
    let disk = log.disk.afterKill()
    let first = try #require(Segment.Name(name)).first
    let id = try #require(LogID(text: log.log))
    let seed = SealedFormat.Seed(log: id, first: first)
    // A page of keys with one key less, and a right checksum.
    disk.tamper(path(name)) { bytes in
      let pages = stride(from: 4096, to: bytes.count, by: 4096)
      guard let page = pages.first(where: { bytes[$0 + 4] == SealedPage.Kind.keys.rawValue })
      else { return }
      let used = Int(bytes[page + 6]) | Int(bytes[page + 7]) << 8
      bytes.put(UInt16(used - 7), at: page + 6)
      for index in used - 7..<used { bytes[page + SealedPage.head + index] = 0 }
      let sum = bytes.withUnsafeBytes {
        seed.sum($0.part(page + 4, 4092), at: UInt64(page))
      }
      bytes.put(sum, at: page)
    }
    let reader = try FileLogReader.open(folder: "/log", disk: disk)
    let error = #expect(throws: StoreError.self) { try reader.verify() }
    #expect(error?.description.contains(name) == true)
  }
}
