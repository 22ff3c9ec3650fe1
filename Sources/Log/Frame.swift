import CISAL

/// The head of a frame: one frame is one group commit, or a durable mark.
///
/// Little-endian, and starting at a multiple of 8 bytes:
///
///      0  4  magic: FF 57 52 46; FF never occurs in what is stored
///      4  4  CRC-32C of everything behind it, padding included
///      8  1  format, 1
///      9  1  kind: 1 a group's events, 2 a mark
///     10  2  zero
///     12  4  bytes of payload; zeros pad it to a multiple of 8
///     16 16  log id
///     32  8  the frame's own offset in its segment
///     40  8  first position of the segment
///     48  8  first position of the payload; for a mark, the one that comes next
///     56  8  durable mark: everything up to this position was synced before the frame was written
///     64  4  events
///     68  4  proposals
///     72 32  chain value before the payload
///
/// The payload is one proposal after another: 32 bytes of digest, 4 bytes how many events, 4 zero;
/// then the events, each 4 bytes of CRC-32C of what follows, 4 bytes length of the envelope, 4
/// bytes length of the body in it, 4 zero, 32 bytes chain hash, and the envelope.
struct FrameHead {
  static let size = 104
  static let magic: UInt32 = 0x4652_57FF
  static let proposalSize = 40
  static let recordSize = 48

  enum Kind: UInt8 {
    case events = 1
    case mark = 2
  }

  var kind: Kind
  var length: Int
  var log: LogID
  var offset: UInt64
  var segment: UInt64
  var first: UInt64
  var durable: UInt64
  var events: Int
  var proposals: Int
  var before: Digest

  /// Bytes of the whole frame.
  var total: Int { Self.total(length) }

  static func total(_ length: Int) -> Int { (size + length + 7) & ~7 }

  /// Completes a frame whose payload lies in `bytes` behind room for the head.
  func complete(_ bytes: inout [UInt8]) {
    bytes.append(contentsOf: repeatElement(0, count: total - bytes.count))
    bytes.put(Self.magic, at: 0)
    bytes.put(UInt8(LogFormat.version), at: 8)
    bytes.put(kind.rawValue, at: 9)
    bytes.put(UInt16(0), at: 10)
    bytes.put(UInt32(length), at: 12)
    bytes.put(log, at: 16)
    bytes.put(offset, at: 32)
    bytes.put(segment, at: 40)
    bytes.put(first, at: 48)
    bytes.put(durable, at: 56)
    bytes.put(UInt32(events), at: 64)
    bytes.put(UInt32(proposals), at: 68)
    bytes.put(before, at: 72)
    bytes.put(bytes.withUnsafeBytes { crc($0.part(8, $0.count - 8)) }, at: 4)
  }
}

/// What lies where a frame could start.
enum FrameFinding {
  case frame(FrameHead)
  /// So many bytes are needed to say.
  case short(Int)
  case none(String)
  /// A whole frame, of a later format.
  case newer(Int)

  /// Looks at the bytes from an offset of a segment on.
  init(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64, segment: UInt64, log: LogID
  ) {
    guard bytes.count >= FrameHead.size else {
      self = .short(FrameHead.size)
      return
    }
    guard bytes.number(at: 0) == FrameHead.magic else {
      self = .none("no frame starts there")
      return
    }
    let length = Int(bytes.number(at: 12, UInt32.self))
    let total = FrameHead.total(length)
    guard total <= LogFormat.frameMost else {
      self = .none("a frame's length is beyond \(LogFormat.frameMost)")
      return
    }
    guard bytes.count >= total else {
      self = .short(total)
      return
    }
    guard bytes.number(at: 4) == crc(bytes.part(8, total - 8)) else {
      self = .none("a frame's checksum is wrong")
      return
    }
    let format = Int(bytes[8])
    guard format == LogFormat.version, let kind = FrameHead.Kind(rawValue: bytes[9]) else {
      self = .newer(max(format, LogFormat.version + 1))
      return
    }
    let head = FrameHead(
      kind: kind, length: length, log: LogID(bytes, at: 16), offset: bytes.number(at: 32),
      segment: bytes.number(at: 40), first: bytes.number(at: 48), durable: bytes.number(at: 56),
      events: Int(bytes.number(at: 64, UInt32.self)),
      proposals: Int(bytes.number(at: 68, UInt32.self)), before: Digest(bytes, at: 72))
    guard head.log == log, head.offset == offset, head.segment == segment else {
      self = .none("a frame was written for another place")
      return
    }
    self = .frame(head)
  }
}

extension LogID {
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)))
  }
}

/// CRC-32C of some bytes, going on from that of others.
func crc(_ bytes: UnsafeRawBufferPointer, after others: UInt32 = 0) -> UInt32 {
  weir_crc32c(others, bytes.baseAddress, bytes.count)
}
