import Kernel
import Log

/// The same small log each time, in several segments, made by the deciders and the store.
enum BaseLog {
  static let folder = "/log"
  static let id = String(repeating: "0", count: 32)
  static let marker = Array(#"{"environment":"sandbox","format":1,"log":"\#(id)"}"#.utf8)
  static let active = folder + "/segments/00000000000000000001.active"

  static let options: FileStore.Options = {
    var options = FileStore.Options()
    options.segmentBytes = 3072
    options.stepBytes = 4096
    options.sealing = .byHand
    return options
  }()

  /// What its files hold: a sealed segment, closed ones, an active one.
  static let files = files(sealing: 3)
  /// The same with nothing sealed.
  static let raw = files(sealing: 0)

  /// The names of its segments, sorted.
  static let segments = files.keys.filter { $0.contains("/segments/") }.sorted()
  static let rawSegments = raw.keys.filter { $0.contains("/segments/") }.sorted()

  /// Seals what is closed after so many proposals.
  private static func files(sealing count: Int) -> [String: [UInt8]] {
    let disk = MemoryDisk([folder + "/log.json": marker, active: empty])
    must {
      let store = try open(disk)
      for (number, proposal) in proposals.enumerated() {
        _ = try store.append([proposal])
        if number == count, count > 0 { try store.sealAll() }
      }
      try store.close()
    }
    return disk.contents
  }

  static let events: [StoredEvent] = must {
    try FileLogReader.open(folder: folder, disk: MemoryDisk(files)).read(after: 0, limit: 1000)
  }

  /// A first segment without an event.
  private static let empty = Layout.segment() + [UInt8](repeating: 0, count: 4096 - Layout.head)

  static func open(_ disk: MemoryDisk) throws(StoreError) -> FileStore {
    try FileStore.open(folder: folder, environment: .sandbox, options: options, disk: disk)
  }

  /// Something that is not in the log yet.
  static let addition = proposal("addition", decided[decided.count - 1], 99)

  private static let proposals = decided.dropLast().enumerated().map { number, events in
    proposal("command\(number)", events, number)
  }

  /// What each command of the log comes to, and last the addition's.
  private static let decided: [[LedgerEvent]] = {
    var state = LedgerState()
    var commands: [LedgerCommand] = [
      .ledger(.open(environment: .sandbox, log: id)),
      .wallet(.claim(address: "0x" + id + "000000aa", chain: 1, nonce: 7)),
    ]
    for number in 1...5 { commands.append(.channel(.register(registration(number)))) }
    return commands.map { command in
      guard case .accept(let events) = state.decide(command, at: Instant(microseconds: 1)) else {
        preconditionFailure("the base log's commands are refused: \(command)")
      }
      for event in events { state.evolve(event) }
      return events
    }
  }()

  private static func proposal(
    _ command: String, _ events: [LedgerEvent], _ second: Int
  ) -> Proposal {
    guard let id = CommandID(text: command) else { preconditionFailure("no id: \(command)") }
    return Proposal(
      command: id, digest: [UInt8](repeating: 7, count: 32), actor: "Zoë",
      at: Instant(microseconds: 1_764_000_000_000_000).adding(seconds: Int64(second)),
      events: events)
  }

  private static func registration(_ number: Int) -> ChannelRegistration {
    guard let open = OpenChannelID(text: "-100\(1000 + number)"),
      let closed = ClosedChannelID(text: "-200\(1000 + number)")
    else { preconditionFailure("no such channel: \(number)") }
    return ChannelRegistration(
      open: ChannelFace(id: open, title: "Open \"\(number)\"\n", description: "Öffers"),
      closed: ChannelFace(id: closed, title: "Closed \(number)", description: "Paid"),
      tiers: [Tier(price: Money(25_00000000, .usd), days: 30)],
      payout: PayoutSettings(
        asset: .eth, wallet: "0x1111111111111111111111111111111111111111",
        strategy: .threshold, threshold: Money(100_00000000, .usd)), donationMessage: nil,
      notify: nil)
  }

  /// What can't fail on a disk that doesn't.
  private static func must<T>(_ work: () throws -> T) -> T {
    do {
      return try work()
    } catch {
      preconditionFailure("the base log: \(error)")
    }
  }
}
