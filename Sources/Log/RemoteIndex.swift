package import Kernel

/// What a store knows of a log that lies elsewhere: its streams' versions and its commands' places.
///
/// Memory: some 60 bytes a stream, and as many a command.
package struct RemoteIndex: Sendable {
  package private(set) var head = LogHead.empty
  let hasher: KeyHasher
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
  mutating func take(_ group: RemoteGroup<some RemoteParcel>) {
    precondition(group.before == head, "a group behind another log")
    let plan = group.plan
    for place in plan.places { versions.put(place.version, place.stream) }
    for entry in plan.entries { commands.put(entry.first, entry.command) }
    head = group.after
  }

  /// The index to plan over.
  ///
  /// - Parameter outcome: What the command did whose first event is at a position.
  func past(
    outcome: @escaping (UInt64) throws(StoreError) -> CommandOutcome
  ) -> some KnownPast {
    Past(index: self, outcome: outcome)
  }

  private struct Past: KnownPast {
    let index: RemoteIndex
    let outcome: (UInt64) throws(StoreError) -> CommandOutcome

    var hasher: KeyHasher { index.hasher }

    func warm(_ streams: ArraySlice<KeyHash>) { index.versions.warm(streams) }
    func warm(commands ids: ArraySlice<KeyHash>) { index.commands.warm(ids) }

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
