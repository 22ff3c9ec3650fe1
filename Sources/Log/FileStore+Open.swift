public import Kernel

/// What opening made of a folder.
struct OpenedLog {
  let sealing: FileStore.Options.Sealing
  let folder: LogFolder
  let marker: LogFolder.Marker
  let lock: any DiskLock
  let map: LogMap
  let durable: UInt64
  let writer: SegmentWriter
  let recovery: Recovery
}

extension FileStore {
  /// Opens a folder's log for writing, after recovery; makes folder and log where there are none.
  ///
  /// Throws `locked` where another handle has the folder, `otherEnvironment`, `newerFormat`,
  /// `unknownName`, and `damaged` where acknowledged bytes changed: then nothing was touched.
  public static func open(
    folder: String, environment: Environment, options: Options = Options(),
    disk: any Disk = RealDisk()
  ) throws(StoreError) -> FileStore {
    let folder = LogFolder(path: folder, disk: disk)
    if !options.mayCreate, try folder.readMarker() == nil { throw noLog(folder) }
    if options.mayCreate { try using { () throws(DiskError) in try folder.make() } }
    let lock = try take(folder)
    do throws(StoreError) {
      let store = FileStore(try open(folder, environment, options, lock))
      store.sealBeside()
      return store
    } catch {
      lock.release()
      throw error
    }
  }

  /// Whether a folder holds a log.
  public static func isThere(
    _ folder: String, disk: any Disk = RealDisk()
  ) throws(StoreError) -> Bool {
    try LogFolder(path: folder, disk: disk).readMarker() != nil
  }

  private static func noLog(_ folder: LogFolder) -> StoreError {
    .unusable("\(folder.path) holds no log, and none may be made there")
  }

  private static func take(_ folder: LogFolder) throws(StoreError) -> any DiskLock {
    let outcome = try using { () throws(DiskError) in try folder.disk.lock(folder.lock) }
    switch outcome {
    case .held(let lock): return lock
    case .taken(let process): throw .locked(folder: folder.path, process: process)
    }
  }

  private static func open(
    _ folder: LogFolder, _ environment: Environment, _ options: Options, _ lock: any DiskLock
  ) throws(StoreError) -> OpenedLog {
    let sizes = options.sizes
    let marker: LogFolder.Marker
    if let found = try folder.readMarker() {
      marker = found
    } else {
      marker = try create(folder, environment, options, sizes)
    }
    guard marker.environment == environment else {
      throw .otherEnvironment(
        folder: folder.path, holds: marker.environment.text, asked: environment.text)
    }
    let names = try folder.segmentNames()
    guard !names.isEmpty else {
      throw .damaged(
        Damage(file: "segments", position: 1, what: "the folder holds none of its segments"))
    }
    var loader = LogLoader(
      log: marker.log, environment: environment, auditing: false, gathering: true)
    loader.map.indexBytesMost = options.indexBytesMost
    let readers = SealedReaders()
    let buffer = ReadBuffer(window: 1 << 20)
    for (index, name) in names.enumerated() {
      guard name.kind != .sealed else {
        if index > 0, names[index - 1].first == name.first {
          try choose(names[index - 1], name, &loader, folder, readers)
        } else {
          try loader.begin(try folder.openSealed(name, log: marker.log, readers: readers))
        }
        continue
      }
      guard index + 1 == names.count || names[index + 1].first != name.first else { continue }
      let isLast = index == names.count - 1
      try loader.begin(try folder.open(name, isLast ? .write : .read, log: marker.log))
      try loader.load(buffer)
      if !isLast || !name.isActive { try loader.requireEnd(buffer) }
    }
    // Before anything is changed.
    try loader.settle(buffer)
    for name in names.dropLast() where name.isActive {
      try using { () throws(DiskError) in try SegmentWriter.close(folder, first: name.first) }
    }
    if let last = names.last, !last.isActive {
      try loader.begin(
        try make(folder, marker.log, sizes, loader.position + 1, loader.map.index.hash))
    }
    return try recover(folder, marker, lock, options, loader, buffer)
  }

  private static func recover(
    _ folder: LogFolder, _ marker: LogFolder.Marker, _ lock: any DiskLock,
    _ options: Options, _ loader: LogLoader, _ buffer: ReadBuffer
  ) throws(StoreError) -> OpenedLog {
    guard let segment = loader.map.raw.last?.segment else {
      preconditionFailure("a log without segments was opened")
    }
    let recovery = try Recovery.end(loader, segment, buffer)
    // A power cut may have taken names that only memory had.
    try using { () throws(DiskError) in try folder.disk.syncFolder(folder.segments) }
    let size = try reading { () throws(DiskError) in try segment.file.size() }
    let writer = SegmentWriter(
      folder, log: marker.log, sizes: options.sizes, segment: segment, offset: loader.tail.offset,
      room: size)
    return OpenedLog(
      sealing: options.sealing, folder: folder, marker: marker, lock: lock, map: loader.map,
      durable: loader.durable, writer: writer, recovery: recovery)
  }

  /// Goes on with the sealed one of two segments that hold the same: sealing was cut off before the
  /// raw one was removed.
  ///
  /// The sealed one was checked before it got its name, and is once more before the raw one goes;
  /// where it isn't sound any more, it is made anew.
  private static func choose(
    _ raw: Segment.Name, _ sealed: Segment.Name, _ loader: inout LogLoader, _ folder: LogFolder,
    _ readers: SealedReaders
  ) throws(StoreError) {
    var other = loader
    let buffer = ReadBuffer(window: 1 << 20)
    try other.begin(try folder.open(raw, .read, log: loader.log))
    try other.load(buffer)
    try other.requireEnd(buffer)
    try other.settle(buffer)
    do throws(StoreError) {
      let segment = try folder.openSealed(sealed, log: loader.log, readers: readers)
      guard other.position == segment.last, other.map.index.hash == segment.hash else {
        throw .unusable(
          "segments/\(raw.text) and segments/\(sealed.text) begin at the same position and hold "
            + "different events; move the one away that doesn't belong here")
      }
      var check = SealedCheck(segment, log: loader.log)
      let reader = SealedReader()
      while try check.step(reader) {}
      try loader.begin(segment)
    } catch .damaged {
      guard let source = other.map.raw.last else { preconditionFailure("nothing was loaded") }
      var sealer = try Sealer(
        source, last: other.position, in: folder, log: loader.log, readers: readers)
      var segment: SealedSegment?
      while segment == nil { segment = try sealer.step() }
      if let segment { try loader.begin(segment) }
    } catch {
      throw error
    }
    try using { () throws(DiskError) in try folder.disk.remove(folder.path(raw)) }
  }

  /// Begins a log: its first segment, and then the marker that says there is one.
  private static func create(
    _ folder: LogFolder, _ environment: Environment, _ options: Options,
    _ sizes: SegmentWriter.Sizes
  ) throws(StoreError) -> LogFolder.Marker {
    guard options.mayCreate else { throw noLog(folder) }
    for name in try folder.segmentNames() {
      // Only an empty first segment can be there without a marker: creation was cut off.
      guard name.first == 1, name.isActive, try isEmpty(name, in: folder) else {
        throw .unusable("\(folder.marker) is missing beside segments; restore it from a backup")
      }
    }
    let marker = LogFolder.Marker(environment: environment, log: options.newLog ?? .random())
    _ = try make(folder, marker.log, sizes, 1, .zero)
    try using { () throws(DiskError) in try folder.write(marker) }
    return marker
  }

  private static func isEmpty(
    _ name: Segment.Name, in folder: LogFolder
  ) throws(StoreError) -> Bool {
    try reading { () throws(DiskError) in
      let file = try folder.disk.open(folder.segments + "/" + name.text, .read)
      let head = UInt64(Segment.headSize)
      return try file.bytes(FrameHead.size, at: head).allSatisfy { $0 == 0 }
    }
  }

  private static func make(
    _ folder: LogFolder, _ log: LogID, _ sizes: SegmentWriter.Sizes, _ first: UInt64,
    _ before: Digest
  ) throws(StoreError) -> Segment {
    try using { () throws(DiskError) in
      let segment = try SegmentWriter.make(
        folder, log: log, sizes: sizes, first: first, before: before)
      try SegmentWriter.publish(folder, first: first)
      return segment
    }
  }
}

extension FileStore.Options {
  fileprivate var sizes: SegmentWriter.Sizes {
    // Offsets in a segment have 32 bits.
    precondition(segmentBytes <= 3 << 30, "a segment of \(segmentBytes) bytes is too large")
    return SegmentWriter.Sizes(segment: UInt64(segmentBytes), step: UInt64(stepBytes))
  }
}

/// A call without which a folder can't be opened.
private func using<T>(_ work: () throws(DiskError) -> T) throws(StoreError) -> T {
  do throws(DiskError) {
    return try work()
  } catch {
    throw .unusable(error.description)
  }
}
