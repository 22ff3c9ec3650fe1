import Glibc
import Simulator
import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

/// A store on files beside one in memory: whatever is asked, both say the same.
@Suite struct SealedModelTests {
  private struct Pair {
    var file: FileStore
    let memory = MemoryStore()
    let disk: SimulatedDisk
    var dice: Dice

    init(seed: UInt64) throws {
      disk = SimulatedDisk()
      dice = Dice(seed: seed)
      file = try SealedLog.open(disk)
      try append([proposal("g", [genesis(log: file.logID)])])
    }

    mutating func append(_ group: [Proposal]) throws {
      #expect(try file.append(group) == memory.append(group))
    }

    mutating func step(_ number: Int) throws {
      switch dice.below(10) {
      case 0..<6:
        let group = (0...dice.below(3)).map { _ in
          let order = dice.below(40)
          let isOld = dice.below(8) == 0
          let name = "c\(isOld ? dice.below(number + 1) : number * 10 + dice.below(10))"
          let events = (0...dice.below(3)).map { index in
            index == 0
              ? placed(order, channel: order % 4)
              : invoiced(dice.below(12), channel: dice.below(4))
          }
          let expected =
            dice.below(3) == 0
            ? [expect("order-order\(order)", UInt64(dice.below(3)))] : []
          return proposal(
            name, events, expected: expected, digest: UInt8(dice.below(2)), second: number)
        }
        try append(group)
      case 6, 7:
        for _ in 0...dice.below(30) { _ = try file.sealStep() }
      case 8: try file.sealAll()
      default:
        if dice.below(3) == 0 {
          try file.close()
          file = try SealedLog.open(disk)
        }
      }
      try compare(file)
    }

    mutating func compare(_ source: FileStore) throws {
      let position = UInt64(dice.below(Int(memory.head.position) + 3))
      let limit = [0, 1, 2, 7, 1000][dice.below(5)]
      #expect(source.head == memory.head)
      #expect(
        try source.read(after: position, limit: limit)
          == memory.read(after: position, limit: limit))
      let key = tag(
        dice.below(2) == 0 ? "channel:ch\(dice.below(5))" : "order:order\(dice.below(45))")
      #expect(
        try source.read(key, after: position, limit: limit)
          == memory.read(key, after: position, limit: limit))
      let name = stream("order-order\(dice.below(45))")
      let version = UInt64(dice.below(6))
      #expect(try source.version(of: name) == memory.version(of: name))
      #expect(
        try source.read(name, after: version, limit: limit)
          == memory.read(name, after: version, limit: limit))
      let command: CommandID = id("c\(dice.below(400))")
      #expect(try source.outcome(of: command) == memory.outcome(of: command))
    }
  }

  @Test("answers: as the store in memory does, sealed or not", arguments: [1, 2, 3, 4] as [UInt64])
  func model(_ seed: UInt64) throws {
    var pair = try Pair(seed: seed)
    let steps = getenv("WEIR_TEST_LONG") == nil ? 120 : 2_000
    for number in 1...steps { try pair.step(number) }
    let reader = try FileLogReader.open(folder: "/log", disk: pair.disk)
    let count = Int(pair.memory.head.position)
    #expect(
      try reader.read(after: 0, limit: count) == pair.memory.read(after: 0, limit: count))
    #expect(try reader.verify().events == pair.memory.head.position)
  }

  @Test("finds: a version of a stream with thousands of events, over many segments")
  func longStream() throws {
    let disk = SimulatedDisk()
    var options = FileStore.Options.small
    options.segmentBytes = 1 << 16
    let store = try SealedLog.open(disk, options)
    for group in 0..<30 {
      _ = try store.append(
        (0..<20).map { index in
          let number = group * 20 + index
          return proposal("c\(number)", [invoiced(7), placed(number + 100), invoiced(7)])
        })
      try store.sealAll()
    }
    #expect(store.map.withLock { $0.index.sealed.count } > 5)
    let name = stream("order-order7")
    #expect(try store.version(of: name) == 1200)
    for version in [0, 1, 63, 64, 65, 500, 719, 1199, 1200, 5000] as [UInt64] {
      let events = try store.read(name, after: version, limit: 3)
      let expected = version < 1200 ? Array(version + 1...min(1200, version + 3)) : []
      #expect(events.map(\.version) == expected)
    }
    let key = tag("order:order7")
    let tagged = try store.read(key, after: 0, limit: 5000)
    #expect(tagged.map(\.version) == Array(1...1200))
    let rest = try store.read(key, after: tagged[700].position, limit: 100)
    #expect(rest.map(\.version) == Array(702...801))
  }
}
