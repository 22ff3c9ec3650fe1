public import Kernel
import Synchronization

/// A log on files, read beside whoever writes it: takes no lock and changes nothing.
///
/// Every call looks first for what was added. The newest group may show a moment before its sync
/// has ended.
public final class FileLogReader: EventSource {
  public let environment: Environment
  public let logID: String
  /// Why nothing may be signed until recovery is done; nil where none is owed.
  public let recoveryOwed: String?

  private let folder: LogFolder
  private let marker: LogFolder.Marker
  private let following: Mutex<Following>

  private struct Following {
    var loader: LogLoader
    let buffer = ReadBuffer(window: 1 << 18)
    let readers = SealedReaders()
  }

  /// Reads the whole log's index; throws `damaged` where whole frames don't fit together.
  public static func open(
    folder: String, disk: any Disk = RealDisk()
  ) throws(StoreError) -> FileLogReader {
    let folder = LogFolder(path: folder, disk: disk)
    guard let marker = try folder.readMarker() else {
      throw .unusable("\(folder.path) holds no log")
    }
    return try open(folder, marker)
  }

  /// The same where the folder's marker is known.
  static func open(
    _ folder: LogFolder, _ marker: LogFolder.Marker
  ) throws(StoreError) -> FileLogReader {
    let reader = FileLogReader(folder, marker)
    try reader.refresh()
    guard reader.following.withLock({ !$0.loader.map.isEmpty }) else {
      throw .damaged(
        Damage(file: "segments", position: 1, what: "the folder's first segment is missing"))
    }
    return reader
  }

  private init(_ folder: LogFolder, _ marker: LogFolder.Marker) {
    self.folder = folder
    self.marker = marker
    environment = marker.environment
    logID = marker.log.text
    recoveryOwed = marker.recovery
    following = Mutex(
      Following(
        loader: LogLoader(log: marker.log, environment: marker.environment, auditing: false)))
  }

  /// The newest event as of the last read or refresh.
  public var head: LogHead { following.withLock { $0.loader.map.index.head } }

  /// The log's files as they are now, their handles open, up to the newest whole group.
  func extent() throws(StoreError) -> LogExtent {
    try refresh()
    return following.withLock { following in
      LogExtent(log: marker.log, following.loader.map, end: following.loader.tail.offset)
    }
  }

  /// Reads the sealed segments that begin at some positions: blocks, events, and the index, which
  /// must be what they make it.
  func checkSealed(_ firsts: [UInt64]) throws(StoreError) {
    let sealed = following.withLock { $0.loader.map.index.sealed }
    for segment in sealed where firsts.contains(segment.first) {
      var check = SealedCheck(segment, log: marker.log)
      let reader = SealedReader()
      while try check.step(reader) {}
    }
  }

  /// Takes in what was added since; throws where that isn't sound.
  public func refresh() throws(StoreError) {
    try following.withLock { (following) throws(StoreError) in
      try Self.follow(&following.loader, folder, following.buffer, following.readers)
    }
  }

  public func read(after position: UInt64, limit: Int) throws(StoreError) -> [StoredEvent] {
    try refresh()
    return try following.withLock { $0.loader.map.view(after: position, limit: limit) }
      .events(after: position, limit: limit)
  }

  /// What became of a command that appended something; nil where none of that id did.
  public func outcome(of command: CommandID) throws(StoreError) -> CommandOutcome? {
    try refresh()
    return try following.withLock { (following) throws(StoreError) in
      try following.loader.map.index.outcome(of: command)
    }
  }

  public func replay(
    after position: UInt64, limit: Int, wanting forms: FactForms,
    _ take: (Recorded) throws(StoreError) -> Void
  ) throws(StoreError) -> UInt64 {
    try refresh()
    return try following.withLock { $0.loader.map.view(after: position, limit: limit) }
      .replay(after: position, limit: limit, wanting: forms, take)
  }

  public func read(
    _ stream: StreamName, after version: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try refresh()
    return try following.withLock {
      $0.loader.map.view(of: stream, after: version, limit: limit)
    }.events(of: stream, after: version, limit: limit)
  }

  public func read(
    _ tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [StoredEvent] {
    try refresh()
    return try following.withLock { $0.loader.map.view(of: tag, after: position, limit: limit) }
      .events(of: tag, after: position, limit: limit)
  }

  public func facts(
    with tag: Tag, after position: UInt64, limit: Int
  ) throws(StoreError) -> [Recorded] {
    try refresh()
    return try following.withLock { $0.loader.map.view(of: tag, after: position, limit: limit) }
      .facts(with: tag, after: position, limit: limit)
  }

  /// Reads everything again and believes nothing: frames and blocks, checksums, chain, positions,
  /// versions, that a sealed segment's index is what its events make it, that every body is in its
  /// one form and its event where the fact belongs, and that postings balance.
  ///
  /// Throws `damaged` with the first place that isn't as it was written. What stands behind the
  /// last whole group, and was never acknowledged, is no damage; a group behind such a thing is.
  public func verify() throws(StoreError) -> LogVerification {
    var loader = LogLoader(
      log: marker.log, environment: marker.environment, auditing: true)
    let buffer = ReadBuffer(window: 1 << 20)
    let readers = SealedReaders()
    try Self.follow(&loader, folder, buffer, readers)
    var isSound = false
    while !isSound {
      let position = loader.position
      do throws(StoreError) {
        try Self.checkEnd(loader, folder, buffer)
        isSound = true
      } catch {
        // A writer may have gone on since: what looked odd can be whole now.
        try Self.follow(&loader, folder, buffer, readers)
        guard loader.position > position else { throw error }
      }
    }
    return LogVerification(events: loader.position, head: loader.map.index.head)
  }

  /// The same without an index of the log in memory.
  public static func verify(
    folder: String, disk: any Disk = RealDisk()
  ) throws(StoreError) -> LogVerification {
    let folder = LogFolder(path: folder, disk: disk)
    guard let marker = try folder.readMarker() else {
      throw .unusable("\(folder.path) holds no log")
    }
    return try FileLogReader(folder, marker).verify()
  }

  /// Refuses frames, and segments, that lie behind the last one that could be read.
  private static func checkEnd(
    _ loader: LogLoader, _ folder: LogFolder, _ buffer: ReadBuffer
  ) throws(StoreError) {
    if let segment = loader.map.raw.last?.segment {
      try Recovery.check(loader, segment, buffer)
    }
    for name in try folder.segmentNames() where name.first > loader.position + 1 {
      throw .damaged(
        Damage(
          file: "segments/" + name.text, position: loader.position + 1,
          what: "the segment before it is missing or ends too early"))
    }
  }

  /// Loads on, from segment to segment.
  private static func follow(
    _ loader: inout LogLoader, _ folder: LogFolder, _ buffer: ReadBuffer, _ readers: SealedReaders
  ) throws(StoreError) {
    buffer.forget()
    try loader.load(buffer)
    while let next = try next(after: loader, folder, readers) {
      // Whoever closed the segment may have added to it since.
      buffer.forget()
      try loader.load(buffer)
      try loader.requireEnd(buffer)
      switch next {
      case .raw(let segment):
        try loader.begin(segment)
        try loader.load(buffer)
        while let closed = loader.map.closed, try swap(closed, &loader, folder, readers) {}
      case .sealed(let segment):
        while let raw = loader.map.raw.first, try swap(raw, &loader, folder, readers) {}
        try loader.begin(segment)
      }
    }
    while let closed = loader.map.closed, try swap(closed, &loader, folder, readers) {}
  }

  /// Lets the sealed segment stand for a raw one that was read; false while there is none.
  private static func swap(
    _ raw: LogMap.Raw, _ loader: inout LogLoader, _ folder: LogFolder, _ readers: SealedReaders
  ) throws(StoreError) -> Bool {
    guard
      let sealed = try folder.findSealed(raw.segment.first, log: loader.log, readers: readers)
    else { return false }
    try loader.replace(with: sealed)
    return true
  }

  /// The segment that begins where the loaded ones end; nil where there is none.
  private static func next(
    after loader: LogLoader, _ folder: LogFolder, _ readers: SealedReaders
  ) throws(StoreError) -> LogFolder.Found? {
    let first = loader.position + 1
    guard loader.map.raw.last?.segment.first != first else { return nil }
    return try folder.find(first, log: loader.log, readers: readers)
  }
}
