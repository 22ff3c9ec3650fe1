package import Kernel

/// What a store knows of a log that lies elsewhere, and the groups it makes behind it: the rules of
/// appending and the stored bytes, for whoever keeps them in another way than in files.
///
/// Memory: some 60 bytes a stream, and as many a command.
package struct RemoteIndex: Sendable {
  package private(set) var head = LogHead.empty
  private let hasher: KeyHasher
  private var versions = KeyTable<UInt64>()
  /// Where each command's first event is.
  private var commands = KeyTable<UInt64>()

  package init(log: LogID) { hasher = KeyHasher(log) }

  package func version(of stream: StreamName) -> UInt64 { versions[hasher.hash(stream)] ?? 0 }

  /// Where the command's first event is; nil where it appended none.
  package func first(of command: CommandID) -> UInt64? { commands[hasher.hash(command)] }

  package mutating func take(_ stream: StreamName, version: UInt64) {
    versions.put(version, hasher.hash(stream))
  }

  package mutating func take(_ command: CommandID, first: UInt64) {
    commands.put(first, hasher.hash(command))
  }

  package mutating func take(_ head: LogHead) { self.head = head }

  /// Takes in a group that is in the log now.
  package mutating func take(_ group: RemoteGroup) {
    precondition(group.before == head, "a group behind another log")
    for event in group.events { versions.put(event.version, hasher.hash(.stream, event.stream)) }
    for command in group.commands {
      commands.put(command.first, hasher.hash(group.events[command.index].command))
    }
    head = group.after
  }

  /// Makes the group that proposals are behind the log; nothing of it is known before it is taken.
  ///
  /// - Parameter outcome: What the command did whose first event is at a position.
  package func draft(
    _ proposals: [Proposal],
    outcome: @escaping (UInt64) throws(StoreError) -> CommandOutcome
  ) throws(StoreError) -> RemoteGroup {
    var plan = GroupPlan(after: GroupPlan.End(position: head.position, at: head.at))
    let past = Past(index: self, outcome: outcome)
    let outcomes = try plan.admit(proposals, over: past, behind: nil)
    guard var hash = Digest(head.hash) else { preconditionFailure("a hash has 32 bytes") }
    var group = RemoteGroup(outcomes: outcomes, before: head, after: head)
    var writer = BodyWriter()
    for entry in plan.entries {
      group.commands.append(
        RemoteGroup.Command(
          index: group.events.count, first: entry.first, digest: entry.digest.bytes,
          events: entry.events.count))
      group.events += plan.stored(entry, of: proposals, after: &hash, &writer)
    }
    group.after = LogHead(position: plan.end.position, hash: hash.bytes, at: plan.end.at)
    return group
  }

  private struct Past: KnownPast {
    let index: RemoteIndex
    let outcome: (UInt64) throws(StoreError) -> CommandOutcome

    var hasher: KeyHasher { index.hasher }

    func version(of stream: KeyHash) throws(StoreError) -> UInt64 { index.versions[stream] ?? 0 }

    func command(_ id: KeyHash) throws(StoreError) -> LogIndex.Command? {
      guard let first = index.commands[id] else { return nil }
      let known = try outcome(first)
      guard let digest = Digest(known.digest) else {
        throw .damaged(Damage(position: first, what: "the command's digest has not 32 bytes"))
      }
      return LogIndex.Command(digest: digest, first: known.first, last: known.last)
    }
  }
}

/// Proposals as they are to be written, with what will have become of each.
package struct RemoteGroup: Sendable {
  package let outcomes: [AppendOutcome]
  /// Where the log must end for the group to follow, and where it ends then.
  package let before: LogHead
  package fileprivate(set) var after: LogHead
  package fileprivate(set) var events: [StoredEvent] = []
  package fileprivate(set) var commands: [Command] = []

  /// A command that appends something.
  package struct Command: Sendable {
    /// Which of the group's events is its first.
    package let index: Int
    package let first: UInt64
    package let digest: [UInt8]
    package let events: Int
  }
}
