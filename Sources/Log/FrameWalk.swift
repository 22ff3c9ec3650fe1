/// A walk over a raw segment's frames, from one to the next.
struct FrameWalk {
  var offset = UInt64(Segment.headSize)
  /// Why no frame follows.
  private(set) var reason = ""
  /// Whether the file ends where a frame says it goes on.
  private(set) var isCut = false

  /// The frame at `offset` and its payload; nil where there is none.
  mutating func frame(
    of segment: Segment, log: LogID, _ buffer: ReadBuffer
  ) throws(StoreError) -> (FrameHead, UnsafeRawBufferPointer)? {
    var least = FrameHead.size
    while true {
      let bytes = try reading { () throws(DiskError) in
        try buffer.bytes(of: segment.file, at: offset, least: least)
      }
      switch FrameFinding(bytes, at: offset, segment: segment.first, log: log) {
      case .frame(let head): return (head, bytes.part(FrameHead.size, head.length))
      case .none(let reason):
        self.reason = reason
        isCut = false
        return nil
      case .newer(let format): throw .newerFormat(file: segment.name, format: format)
      case .short(let count):
        guard count > least else {
          reason = "the file ends within a frame"
          isCut = true
          return nil
        }
        least = count
      }
    }
  }
}

/// A walk over a frame's payload: proposals, and the records of each.
struct FramePayload {
  /// A group of events that was proposed as one.
  struct Proposal {
    let digest: Digest
    let count: Int
  }

  let bytes: UnsafeRawBufferPointer
  /// The frame's own place.
  let file: String
  let offset: UInt64
  private(set) var position: UInt64
  private var at = 0

  /// - Parameter position: That of the event before the frame.
  init(_ bytes: UnsafeRawBufferPointer, file: String, offset: UInt64, after position: UInt64) {
    self.bytes = bytes
    self.file = file
    self.offset = offset
    self.position = position
  }

  var isAtEnd: Bool { at == bytes.count }

  /// Where the next record or proposal begins.
  var nextOffset: UInt64 { offset + UInt64(FrameHead.size + at) }

  mutating func proposal() throws(StoreError) -> Proposal {
    guard bytes.count - at >= FrameHead.proposalSize else { throw damage("a group is cut") }
    defer { at += FrameHead.proposalSize }
    return Proposal(
      digest: Digest(bytes, at: at), count: Int(bytes.number(at: at + 32, UInt32.self)))
  }

  mutating func record() throws(StoreError) -> Record {
    guard
      let record = Record(
        bytes.part(at, bytes.count - at), position: position + 1, file: file, offset: nextOffset)
    else { throw damage("a record's checksum is wrong") }
    at += record.size
    position += 1
    return record
  }

  func damage(_ what: String) -> StoreError {
    .damaged(Damage(file: file, offset: offset, position: position + 1, what: what))
  }
}
