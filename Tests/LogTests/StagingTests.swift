import Simulator
import Support
import Synchronization
import Testing

@testable import Kernel
@testable import Log

@Suite struct StagingTests {
  let scratch = ScratchFolder()

  /// A log that is opened: its first event is its genesis.
  private func open(_ disk: any Disk = RealDisk()) throws -> FileStore {
    let store = try FileStore.open(
      folder: scratch.file("log"), environment: .sandbox, disk: disk)
    if store.head.position == 0 {
      _ = try store.append([proposal("genesis", [genesis(log: store.logID)])])
    }
    return store
  }

  @Test("writes: the same envelope piece by piece as by its listing, for every fact")
  func pieces() throws {
    let odd = ["test", "Zoë's \"key\"\n\\ \u{1f}\u{7f}€😀", ""]
    var plan = GroupPlan(after: GroupPlan.End(position: 9_998, at: nil))
    var proposals: [Proposal] = []
    for (number, event) in samples.enumerated() {
      proposals.append(
        Proposal(
          command: id("c/\(number)"), digest: [UInt8](repeating: 1, count: 32),
          actor: odd[number % odd.count], causedBy: number % 2 == 0 ? nil : UInt64(number),
          at: instant(number), events: [event, placed(number), event]))
    }
    let index = LogIndex(log: LogID(high: 1, low: 2))
    _ = try plan.admit(proposals, over: index, behind: nil)
    #expect(plan.entries.count == samples.count)
    for entry in plan.entries {
      let proposal = proposals[entry.proposal]
      for number in proposal.events.indices {
        var (listed, put) = (BodyWriter(), BodyWriter())
        let event = proposal.events[number]
        let envelope = plan.envelope(of: entry, number, of: proposals)
        let count = envelope.write(event, to: &listed)
        #expect(plan.put(entry, number, of: proposals, to: &put) == count)
        #expect(put.out.bytes == listed.out.bytes, "\(event.name)")
        glances(at: put.out.bytes, body: count, envelope)
        let place = event.place
        #expect(envelope.stream == place.stream.text)
        #expect(envelope.tags == place.tags.map(\.text))
        let found = plan.places[entry.events.lowerBound + number]
        let names = [index.hasher.hash(place.stream)] + place.tags.map { index.hasher.hash($0) }
        var hashed: [KeyHash] = []
        plan.hashNames(of: found, index.hasher, to: &hashed)
        #expect(found.stream == names[0] && hashed == names && found.nameCount == names.count)
        // Behind one of the same time its beginning is copied.
        #expect(plan.put(entry, number, of: proposals, like: 0, to: &put) == count)
        #expect(put.out.bytes == listed.out.bytes + listed.out.bytes, "\(event.name)")
      }
    }
  }

  /// What the index takes from the bytes is what the envelope says; it doesn't try where a text
  /// needs escapes.
  private func glances(at bytes: [UInt8], body count: Int, _ envelope: Envelope) {
    let isPlain = ([envelope.cause.actor, envelope.stream] + envelope.tags).allSatisfy { text in
      text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
    var tags: [String] = []
    bytes.withUnsafeBytes { bytes in
      let found = Envelope.places(bytes, body: count) {
        tags.append(String(decoding: $0, as: UTF8.self))
      }
      #expect((found != nil) == isPlain)
      guard let found else { return }
      #expect(found.glance.at == envelope.at)
      #expect(Int(found.glance.position) == envelope.position)
      #expect(String(decoding: found.glance.name, as: UTF8.self) == envelope.name)
      #expect(String(decoding: found.command, as: UTF8.self) == envelope.cause.command.text)
      #expect(String(decoding: found.stream, as: UTF8.self) == envelope.stream)
      #expect(Int(found.version) == envelope.version)
      #expect(tags == envelope.tags)
    }
  }

  @Test("does: finds after opening what it found before, whoever asked for it")
  func opened() throws {
    let store = try open()
    let actors = ["test", "Zoë", "a \"quoted\" one\n", ""]
    for (number, actor) in actors.enumerated() {
      let proposal = Proposal(
        command: id("c\(number)"), digest: [UInt8](repeating: 1, count: 32), actor: actor,
        at: instant(number), events: [placed(number), invoiced(number)])
      _ = try store.append([proposal])
    }
    let head = store.head
    try store.close()
    let again = try open()
    #expect(again.head == head)
    for number in actors.indices {
      let last = UInt64(number * 2 + 3)
      #expect(try again.version(of: stream("order-order\(number)")) == 2)
      #expect(try again.outcome(of: id("c\(number)"))?.last == last)
      let tag = Tag.order(id("order\(number)"))
      #expect(try again.read(tag, after: 0, limit: 9).map(\.position) == [last - 1, last])
      #expect(try again.read(tag, after: 0, limit: 9).map(\.actor)[1] == actors[number])
    }
  }

  @Test("does: shows nothing of what is staged, and all of it when it is committed")
  func hidden() throws {
    let store = try open()
    #expect(
      try store.stage([proposal("c1", [placed(1), invoiced(1)])]) == [.appended(first: 2, last: 3)])
    #expect(
      try store.stage([proposal("c2", [placed(2)]), proposal("c1", [placed(1)])])
        == [.appended(first: 4, last: 4), .replayed(first: 2, last: 3)])
    #expect(store.head.position == 1)
    #expect(try store.outcome(of: id("c1")) == nil)
    #expect(try store.version(of: stream("order-order1")) == 0)
    #expect(try store.read(after: 1, limit: 9).isEmpty)
    #expect(try FileLogReader.open(folder: store.folder).read(after: 1, limit: 9).isEmpty)
    try store.commit()
    #expect(store.head.position == 4)
    #expect(try store.version(of: stream("order-order1")) == 2)
    #expect(try FileLogReader.open(folder: store.folder).verify().events == 4)
    try store.commit()
    #expect(store.head.position == 4)
  }

  @Test("does: stages behind the group on its way, by its versions, ids, times and hash")
  func behind() throws {
    let disk = SlowDisk()
    let store = try open(disk)
    _ = try store.stage([proposal("c1", [placed(1)], second: 50)])
    // While the group is synced, the next one is staged, from within the sync.
    disk.whileSyncing {
      let outcomes = try? store.stage([
        proposal("c1", [placed(1)], second: 9), proposal("c1", [placed(1)], digest: 8),
        proposal("c2", [invoiced(1)], expected: [expect("order-order1", 1)], second: 9),
        proposal("c3", [invoiced(1)], expected: [expect("order-order1", 1)]),
      ])
      #expect(
        outcomes == [
          .replayed(first: 2, last: 2), .keyReused, .appended(first: 3, last: 3),
          .conflict(stream("order-order1"), actual: 2),
        ])
      #expect(store.head.position == 1)
    }
    try store.commit()
    #expect(store.head.position == 2)
    try store.commit()
    #expect(store.head.position == 3)
    #expect(try store.read(after: 1, limit: 9).map(\.at) == [instant(50), instant(50)])
    try store.close()
    #expect(try FileLogReader.open(folder: store.folder).verify().events == 3)
    #expect(try open().head.position == 3)
  }

  @Test("does: writes no more than the group that was ended, whatever is staged behind it")
  func ended() throws {
    let store = try open()
    store.endGroup()
    _ = try store.stage([proposal("c1", [placed(1)])])
    store.endGroup()
    #expect(
      try store.stage([
        proposal("c1", [placed(1)]), proposal("c2", [invoiced(1)]),
        proposal("c3", [invoiced(1)], expected: [expect("order-order1", 1)]),
      ]) == [
        .replayed(first: 2, last: 2), .appended(first: 3, last: 3),
        .conflict(stream("order-order1"), actual: 2),
      ])
    try store.commit()
    #expect(store.head.position == 2)
    #expect(try store.outcome(of: id("c2")) == nil)
    store.endGroup()
    try store.commit()
    #expect(store.head.position == 3)
    #expect(try FileLogReader.open(folder: store.folder).verify().events == 3)
  }

  @Test("does: encodes a group while another thread writes those before it, in one chain")
  func beside() async throws {
    let store = try open()
    for number in 0..<200 {
      let events = (0..<20).map { placed(number * 20 + $0) }
      _ = try store.stage([proposal("c\(number)", events)])
      store.endGroup()
      async let written: Void = offPool { try store.commit() }
      let position = UInt64(number * 21 + 22)
      #expect(
        try store.stage([proposal("d\(number)", [invoiced(number)])])
          == [.appended(first: position, last: position)])
      try await written
      #expect(store.head.position == position - 1)
      try store.commit()
    }
    try store.close()
    #expect(try FileLogReader.open(folder: store.folder).verify().events == 4_201)
  }

  @Test("does: forgets what was staged and never committed")
  func forgets() throws {
    let store = try open()
    _ = try store.append([proposal("c1", [placed(1)])])
    _ = try store.stage([proposal("c2", [placed(2)])])
    store.forget()
    #expect(try store.stage([proposal("c3", [placed(3)])]) == [.appended(first: 3, last: 3)])
    try store.commit()
    _ = try store.stage([proposal("c4", [placed(4)])])
    try store.close()
    #expect(throws: StoreError.self) { try store.commit() }
    let again = try open()
    #expect(again.head.position == 3)
    #expect(try again.read(after: 1, limit: 9).map(\.command.text) == ["c1", "c3"])
  }

  @Test("refuses: to stage behind a group that wasn't written, until that is forgotten")
  func failed() throws {
    let disk = SimulatedDisk()
    let store = try DiskStory(disk).open()
    disk.hold(12_000)
    var number = 0
    var isFull = false
    while !isFull, number < 100 {
      number += 1
      _ = try store.stage([proposal("c\(number)", [placed(number)])])
      do throws(StoreError) { try store.commit() } catch { isFull = true }
    }
    #expect(isFull && number > 5)
    let head = store.head
    #expect(Int(head.position) == number - 1)
    disk.hold(100_000)
    for _ in 0..<2 {
      #expect(throws: StoreError.self) { try store.stage([proposal("next", [placed(number)])]) }
    }
    store.forget()
    #expect(
      try store.stage([proposal("next", [placed(number)])])
        == [.appended(first: UInt64(number), last: UInt64(number))])
    try store.commit()
    #expect(try DiskStory(disk.afterPowerCut(seed: 1)).open().head == store.head)
  }

  @Test("refuses: to write what was staged behind a group that wasn't written")
  func failedBehind() throws {
    let disk = SimulatedDisk()
    let store = try DiskStory(disk).open()
    disk.hold(12_000)
    var number = 0
    var isFull = false
    while !isFull, number < 100 {
      number += 1
      _ = try store.stage([proposal("c\(number)", [placed(number)])])
      store.endGroup()
      _ = try store.stage([proposal("d\(number)", [placed(number)])])
      do throws(StoreError) { try store.commit() } catch { isFull = true }
      if !isFull { store.forget() }
    }
    let head = store.head
    #expect(isFull && Int(head.position) == number - 1)
    disk.hold(100_000)
    for _ in 0..<2 {
      store.endGroup()
      #expect(throws: StoreError.self) { try store.commit() }
      #expect(throws: StoreError.self) { try store.stage([proposal("next", [placed(1)])]) }
    }
    #expect(store.head == head)
    store.forget()
    _ = try store.append([proposal("next", [placed(number)])])
    #expect(store.head.position == head.position + 1)
    #expect(try store.outcome(of: id("d\(number)")) == nil)
  }

  @Test("refuses: a group that no frame can hold, and everything gathered with it")
  func tooLarge() throws {
    let store = try open()
    _ = try store.stage([proposal("c1", [placed(1)])])
    var fact = OrderEvent.Invoiced()
    fact.channel = id("ch1")
    fact.invoice = id("inv1")
    fact.order = id("order1")
    fact.url = String(repeating: "u", count: 40 << 20)
    let large = LedgerEvent.order(.invoiced(fact))
    #expect(throws: StoreError.self) {
      try store.stage([proposal("c2", [large]), proposal("c3", [large])])
    }
    #expect(try store.stage([proposal("c4", [placed(4)])]) == [.appended(first: 2, last: 2)])
    try store.commit()
    #expect(store.head.position == 2)
  }
}
