import Kernel

/// One event's record, in a buffer of somebody else's.
struct Record {
  /// The canonical bytes.
  let envelope: UnsafeRawBufferPointer
  let bodyCount: Int
  let hash: Digest
  let position: UInt64
  private let place: (file: String, offset: UInt64)

  var body: UnsafeRawBufferPointer { envelope.part(Envelope.bodyStart, bodyCount) }

  /// Bytes of the record in a frame.
  var size: Int { FrameHead.recordSize + envelope.count }

  init(
    _ envelope: UnsafeRawBufferPointer, bodyCount: Int, hash: Digest, position: UInt64,
    file: String, offset: UInt64
  ) {
    self.envelope = envelope
    self.bodyCount = bodyCount
    self.hash = hash
    self.position = position
    place = (file, offset)
  }

  /// The record of a frame that starts where `bytes` do, checked against its own checksum; nil
  /// where there is none.
  init?(_ bytes: UnsafeRawBufferPointer, position: UInt64, file: String, offset: UInt64) {
    guard bytes.count >= FrameHead.recordSize else { return nil }
    let length = Int(bytes.number(at: 4, UInt32.self))
    let bodyCount = Int(bytes.number(at: 8, UInt32.self))
    let size = FrameHead.recordSize + length
    guard size <= bytes.count, Envelope.bodyStart + bodyCount <= length,
      bytes.number(at: 12, UInt32.self) == 0,
      bytes.number(at: 0) == crc(bytes.part(4, size - 4))
    else { return nil }
    self.init(
      bytes.part(FrameHead.recordSize, length), bodyCount: bodyCount, hash: Digest(bytes, at: 16),
      position: position, file: file, offset: offset)
  }

  /// Fetches a record that is known to lie at an offset.
  init(
    _ buffer: ReadBuffer, _ segment: Segment, _ offset: UInt64, _ position: UInt64
  ) throws(StoreError) {
    var bytes = try reading { () throws(DiskError) in
      try buffer.bytes(of: segment.file, at: offset, least: FrameHead.recordSize)
    }
    if bytes.count >= FrameHead.recordSize {
      let length = Int(bytes.number(at: 4, UInt32.self))
      let size = FrameHead.recordSize + min(length, LogFormat.frameMost)
      if bytes.count < size {
        bytes = try reading { () throws(DiskError) in
          try buffer.bytes(of: segment.file, at: offset, least: size)
        }
      }
    }
    guard let record = Record(bytes, position: position, file: segment.name, offset: offset) else {
      throw .damaged(
        Damage(
          file: segment.name, offset: offset, position: position,
          what: "the record's checksum is wrong"))
    }
    self = record
  }

  /// The envelope's fields; throws `damaged` where they aren't the canonical ones of the position.
  func parsed() throws(StoreError) -> Envelope {
    let found: Envelope
    do throws(BodyFailure) {
      found = try Envelope.read(envelope, body: bodyCount)
    } catch {
      throw damage("the envelope is malformed: \(error)")
    }
    guard UInt64(found.position) == position else {
      throw damage("the record is that of position \(found.position)")
    }
    return found
  }

  func stored() throws(StoreError) -> StoredEvent {
    StoredEvent(try parsed(), body: [UInt8](body), hash: hash.bytes)
  }

  func damage(_ what: String) -> StoreError {
    .damaged(Damage(file: place.file, offset: place.offset, position: position, what: what))
  }
}
