import Kernel

/// Brings back what a log lost from a mirror of it: the first repair of recovery (reliability 3.6).
///
/// A mirror is the same log somewhere else, with more of it: an old disk that was found again, or a
/// copy that was made later. Everything is read and compared before anything is appended, and what
/// was appended has the mirror's own hashes. Cut off, it may be run again.
public struct MirrorTail {
  /// What a mirror has more.
  public struct Report: Hashable, Sendable {
    /// Where the log ended before.
    public let from: UInt64
    /// Where the mirror ends.
    public let to: UInt64
    /// The chain's hash there, in hex.
    public let head: String
  }

  /// Events of one group, so that no frame is too large.
  private static let portion = 256

  /// The mirror, for whoever checks it against what was signed.
  public let mirror: any WholeLog

  public init(of mirror: any WholeLog) { self.mirror = mirror }

  /// Opens the mirror's log; it is read beside whoever may be writing it.
  public init(of folder: String, disk: any Disk = RealDisk()) throws(StoreError) {
    mirror = try FileLogReader.open(folder: folder, disk: disk)
  }

  /// Reads the whole mirror, and says what it has more than a log.
  ///
  /// Throws `otherLog` and `forked` where it is no mirror of the log, `nothing` where it has no
  /// more, and what reading it throws.
  public func missing(in log: any LogStore) throws(MirrorError) -> Report {
    guard mirror.logID == log.logID, mirror.environment == log.environment else {
      throw .otherLog(mirror: mirror.logID, log: log.logID)
    }
    let (end, head) = (
      log.head, try mirroring { () throws(StoreError) in try mirror.verify().head }
    )
    let shared = min(end.position, head.position)
    if shared > 0 {
      let theirs = try mirroring { () throws(StoreError) in
        try mirror.read(after: shared - 1, limit: 1).first?.hash
      }
      let ours = try mirroring { () throws(StoreError) in
        try log.read(after: shared - 1, limit: 1).first?.hash
      }
      guard let theirs, theirs == ours else { throw .forked(position: shared) }
    }
    guard head.position > end.position else {
      throw .nothing(mirror: head.position, log: end.position)
    }
    try check(after: end.position, to: head.position)
    return Report(from: end.position, to: head.position, head: HexText.of(head.hash))
  }

  /// Appends what `missing` found, command by command.
  public func append(
    _ report: Report, to log: any LogStore, progress: (UInt64) -> Void = { _ in }
  ) throws(MirrorError) {
    precondition(log.head.position == report.from, "the log has changed since it was looked at")
    var position = report.from
    while position < report.to {
      let proposals = try mirroring { () throws(StoreError) in
        try self.proposals(after: position, to: report.to)
      }
      let outcomes = try mirroring { () throws(StoreError) in try log.append(proposals) }
      for outcome in outcomes {
        guard case .appended(_, let last) = outcome else { throw .differs(position: position + 1) }
        position = last
      }
      let expected = try mirroring { () throws(StoreError) in
        try mirror.read(after: position - 1, limit: 1).first?.hash
      }
      guard log.head.position == position, log.head.hash == expected else {
        throw .differs(position: position)
      }
      progress(position)
    }
  }

  /// That every event is written again as it lies there, so that the chain comes out the same.
  private func check(after first: UInt64, to last: UInt64) throws(MirrorError) {
    var position = first
    while position < last {
      let page = try mirroring { () throws(StoreError) in
        try mirror.read(after: position, limit: Self.portion)
      }
      for stored in page where stored.position <= last {
        let event = try mirroring { () throws(StoreError) in try stored.event() }
        let (stream, tags) = event.place
        guard EventCodec.body(of: event) == stored.body, stream.text == stored.stream,
          tags.map(\.text) == stored.tags
        else { throw .differs(position: stored.position) }
      }
      position += UInt64(page.count)
      if page.isEmpty { throw .differs(position: position + 1) }
    }
  }

  /// Whole commands, from a position on.
  private func proposals(after first: UInt64, to last: UInt64) throws(StoreError) -> [Proposal] {
    var proposals: [Proposal] = []
    let page = try mirror.read(after: first, limit: min(Self.portion, Int(last - first)))
    var index = 0
    while index < page.count {
      let (stored, position) = (page[index], first + UInt64(index) + 1)
      guard stored.position == position, let outcome = try mirror.outcome(of: stored.command),
        outcome.first == position
      else { throw .damaged(Damage(position: position, what: "no command begins here")) }
      let count = Int(outcome.last - position) + 1
      var all = page[index...].prefix(count)
      if all.count < count {
        // What the page cuts off begins the next group, unless it is larger than a page.
        if index > 0 { return proposals }
        all = try mirror.read(after: position - 1, limit: count)[...]
      }
      index += count
      let events = try all.map { (stored) throws(StoreError) in try stored.event() }
      proposals.append(
        Proposal(
          command: stored.command, digest: outcome.digest, actor: stored.actor,
          causedBy: stored.causedBy, at: stored.at, events: events))
    }
    return proposals
  }
}

/// Why nothing comes back from a mirror: each begins with a name that stays.
public enum MirrorError: Error, Hashable, Sendable, CustomStringConvertible {
  case store(StoreError)
  case otherLog(mirror: String, log: String)
  /// They differ at a position that both have.
  case forked(position: UInt64)
  case nothing(mirror: UInt64, log: UInt64)
  /// The mirror isn't what was signed of the log, or that can't be looked at.
  case unsigned(why: String)
  /// An event that this program would write otherwise.
  case differs(position: UInt64)

  public var description: String {
    switch self {
    case .store(let error): error.description
    case .otherLog(let mirror, let log):
      "mirror-of-another-log: it is of log \(mirror), and this is \(log)"
    case .forked(let position):
      "mirror-forked: the two differ at position \(position) already; nothing was changed. A log "
        + "that took notices in since it was restored must be restored again first"
    case .nothing(let mirror, let log):
      "mirror-shorter: it ends at \(mirror), and the log at \(log); nothing was changed"
    case .unsigned(let why): "mirror-unsigned: \(why); nothing was changed"
    case .differs(let position):
      "mirror-differs: event \(position) can't be written again as it lies there"
    }
  }
}

private func mirroring<T>(_ body: () throws(StoreError) -> T) throws(MirrorError) -> T {
  do throws(StoreError) { return try body() } catch { throw .store(error) }
}
