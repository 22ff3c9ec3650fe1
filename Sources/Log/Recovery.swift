/// What opening a log found behind its last whole group, and did about it.
public struct Recovery: Hashable, Sendable {
  /// Bytes of a group that was never acknowledged, cut off; 0 after a clean stop.
  public internal(set) var cutBytes = 0
  /// Why they were no group.
  public internal(set) var reason: String?
  /// Whether the last group was written and synced once more, as its sync may never have ended.
  public internal(set) var isRewritten = false

  /// Judges the end of the newest segment, and leaves it whole, zero behind, and synced.
  ///
  /// Only one group is ever in flight, so a whole frame behind something that is none means that
  /// acknowledged bytes changed: that stops with `damaged`, and nothing is touched. A disk may have
  /// forgotten what a failed sync was about while memory still shows it (ST-09): what isn't known
  /// to be durable is written again before anything relies on it.
  static func end(
    _ loader: LogLoader, _ segment: Segment, _ buffer: ReadBuffer
  ) throws(StoreError) -> Recovery {
    let size = try reading { () throws(DiskError) in try segment.file.size() }
    let tail = loader.tail
    var recovery = Recovery()
    recovery.cutBytes = try measure(loader, segment, size, buffer)
    if recovery.cutBytes > 0 { recovery.reason = tail.reason }
    guard recovery.cutBytes > 0 || loader.durable < loader.position else {
      return recovery
    }
    do throws(DiskError) {
      let group = try segment.file.bytes(
        Int(tail.offset - tail.lastGroup), at: tail.lastGroup)
      try segment.file.write(group, at: tail.lastGroup)
      try segment.file.zero(from: tail.offset, to: size)
      try segment.file.sync()
    } catch {
      throw .failed(error.description)
    }
    recovery.isRewritten = true
    return recovery
  }

  /// Refuses whole frames behind the end of the newest segment's frames; changes nothing.
  static func check(
    _ loader: LogLoader, _ segment: Segment, _ buffer: ReadBuffer
  ) throws(StoreError) {
    let size = try reading { () throws(DiskError) in try segment.file.size() }
    _ = try measure(loader, segment, size, buffer)
  }

  /// Bytes from the end of the frames to the last that isn't zero; throws where a frame is among
  /// them.
  private static func measure(
    _ loader: LogLoader, _ segment: Segment, _ size: UInt64, _ buffer: ReadBuffer
  ) throws(StoreError) -> Int {
    let start = loader.tail.offset
    guard !loader.tail.isCut else {
      // Zeros are synced before frames stand among them, and more of them than a frame needs: no
      // crash leaves a file that short.
      throw .damaged(
        Damage(
          file: segment.name, offset: start, position: loader.position + 1,
          what: "the end of the file is missing, and with it what was acknowledged there"))
    }
    var last = start
    var at = start
    buffer.forget()
    while at < size {
      let bytes = try reading { () throws(DiskError) in
        try buffer.bytes(of: segment.file, at: at, least: Int(min(1 << 20, size - at)))
      }
      guard !bytes.isEmpty else { break }
      if !bytes.isZero {
        if let end = bytes.lastIndex(where: { $0 != 0 }) { last = at + UInt64(end) + 1 }
        try refuseFrames(bytes, at, loader, segment)
      }
      at += UInt64(bytes.count)
    }
    return Int(last - start)
  }

  private static func refuseFrames(
    _ bytes: UnsafeRawBufferPointer, _ start: UInt64, _ loader: LogLoader, _ segment: Segment
  ) throws(StoreError) {
    // Frames start at multiples of 8, and so does every window.
    for index in stride(from: 0, to: bytes.count - 3, by: 8)
    where bytes.number(at: index) == FrameHead.magic {
      let offset = start + UInt64(index)
      guard try isFrame(offset, segment, loader.log) else { continue }
      throw .damaged(
        Damage(
          file: segment.name, offset: loader.tail.offset, position: loader.position + 1,
          what: "\(loader.tail.reason), but a whole frame follows at byte \(offset)"))
    }
  }

  private static func isFrame(
    _ offset: UInt64, _ segment: Segment, _ log: LogID
  ) throws(StoreError) -> Bool {
    let buffer = ReadBuffer(window: 4096)
    var least = FrameHead.size
    while true {
      let bytes = try reading { () throws(DiskError) in
        try buffer.bytes(of: segment.file, at: offset, least: least)
      }
      switch FrameFinding(bytes, at: offset, segment: segment.first, log: log) {
      case .frame, .newer: return true
      case .none: return false
      case .short(let count):
        guard count > least else { return false }
        least = count
      }
    }
  }
}
