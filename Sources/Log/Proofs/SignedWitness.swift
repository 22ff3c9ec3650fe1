import JSON
import Kernel
import Synchronization

/// What was signed of transfers, a line each, beside the checkpoints at the witness.
///
/// Kept before a byte of it leaves (T4), so that a log that was restored, or lost its end, can be
/// told what it has forgotten: also what no node remembers (R3). Lines are canonical JSON; one that
/// was cut short was never relied on, and is taken away by whoever writes next.
public final class SignedWitness: Sendable {
  /// One signed transaction of a nonce.
  public struct Entry: Hashable, Sendable {
    /// The log's id.
    public let log: String
    public let transfer: String
    public let chain: Int
    public let wallet: String
    public let nonce: Int
    public let attempt: Int
    public let hash: String
    /// The signed bytes, which may be sent again.
    public let raw: String

    public init(
      log: String, transfer: String, chain: Int, wallet: String, nonce: Int, attempt: Int,
      hash: String, raw: String
    ) {
      self.log = log
      self.transfer = transfer
      self.chain = chain
      self.wallet = wallet
      self.nonce = nonce
      self.attempt = attempt
      self.hash = hash
      self.raw = raw
    }
  }

  /// The file's name beside that of the checkpoints.
  public static func path(beside witness: String) -> String { witness + "-signed" }

  /// Bytes of the file's end that are looked at where only the newest matter.
  private static let window: UInt64 = 1 << 20

  private struct State {
    var file: (any DiskFile)?
    var end: UInt64 = 0
    var hashes: Set<String> = []
  }

  private let path: String
  private let disk: any Disk
  private let state = Mutex(State())

  public init(path: String, disk: any Disk = RealDisk()) {
    self.path = path
    self.disk = disk
  }

  /// Returns when all of them are on the witness's disk; those that are there already cost nothing.
  public func keep(_ entries: [Entry]) throws(DiskError) {
    try state.withLock { (state) throws(DiskError) in
      let fresh = entries.filter { !state.hashes.contains($0.hash) }
      guard !fresh.isEmpty else { return }
      if state.file == nil { try open(&state) }
      guard let file = state.file else { return }
      let missing = fresh.filter { !state.hashes.contains($0.hash) }
      var bytes: [UInt8] = []
      for entry in missing { bytes += entry.line }
      do throws(DiskError) {
        try file.write(bytes, at: state.end)
        try file.sync()
      } catch {
        // What of it is there nobody knows: the next one looks.
        state = State()
        throw error
      }
      state.end += UInt64(bytes.count)
      for entry in missing { state.hashes.insert(entry.hash) }
    }
  }

  private func open(_ state: inout State) throws(DiskError) {
    let file: any DiskFile
    do throws(DiskError) {
      file = try disk.open(path, .write)
    } catch {
      guard error.isMissing else { throw error }
      file = try disk.open(path, .create)
    }
    let (entries, end) = try Self.read(file, from: Self.start(of: file))
    try file.truncate(to: end)
    // Whoever wrote it may have died ahead of its sync: what is read here may be nowhere else.
    try file.sync()
    try disk.syncFolder(CheckpointFiles.parent(path))
    state.hashes = Set(entries.map(\.hash))
    state.end = end
    state.file = file
  }

  /// Everything that stands at a witness, or the newest of it; none where there is no file.
  public static func entries(
    at path: String, newest: Bool = false, disk: any Disk = RealDisk()
  ) throws(DiskError) -> [Entry] {
    let file: any DiskFile
    do throws(DiskError) {
      file = try disk.open(path, .read)
    } catch {
      if error.isMissing { return [] }
      throw error
    }
    return try read(file, from: newest ? start(of: file) : 0).entries
  }

  /// Those of a log that it has no event of.
  public static func unknown(
    to log: any EventSource, id: String, among entries: [Entry]
  ) throws(StoreError) -> [Entry] {
    var unknown: [Entry] = []
    for entry in entries where entry.log == id {
      let tag = Tag(text: "tx:" + entry.hash)
      let isKnown = try tag.map { (tag) throws(StoreError) in
        try !log.read(tag, after: 0, limit: 1).isEmpty
      }
      if isKnown != true { unknown.append(entry) }
    }
    return unknown
  }

  private static func start(of file: any DiskFile) throws(DiskError) -> UInt64 {
    let size = try file.size()
    return size > window ? size - window : 0
  }

  /// Whole lines from somewhere on, the first only where it is the file's; and where they end.
  private static func read(
    _ file: any DiskFile, from start: UInt64
  ) throws(DiskError) -> (entries: [Entry], end: UInt64) {
    let bytes = try file.bytes(Int(try file.size() - start), at: start)
    var (entries, line): ([Entry], Int) = ([], 0)
    while let end = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) {
      if let entry = Entry(line: Array(bytes[line..<end])) { entries.append(entry) }
      line = end + 1
    }
    return (entries, start + UInt64(line))
  }
}

extension SignedWitness.Entry {
  fileprivate var line: [UInt8] {
    JSONValue.object([
      "attempt": .integer(attempt), "chain": .integer(chain), "hash": .string(hash),
      "log": .string(log), "nonce": .integer(nonce), "raw": .string(raw),
      "transfer": .string(transfer), "wallet": .string(wallet),
    ]).written(.sorted) + [UInt8(ascii: "\n")]
  }

  /// Nil for a line that is none, such as the rest of one that was cut.
  fileprivate init?(line: [UInt8]) {
    guard let value = try? JSONValue.parse(line), let log = value["log"]?.text,
      let transfer = value["transfer"]?.text, let chain = value["chain"]?.integer,
      let wallet = value["wallet"]?.text, let nonce = value["nonce"]?.integer,
      let attempt = value["attempt"]?.integer, let hash = value["hash"]?.text,
      let raw = value["raw"]?.text
    else { return nil }
    self.init(
      log: log, transfer: transfer, chain: chain, wallet: wallet, nonce: nonce, attempt: attempt,
      hash: hash, raw: raw)
  }
}
