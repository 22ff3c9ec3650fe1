/// One file of the log: a head, then frames, then zeros written ahead.
///
/// Its name is its first position in 20 digits and a kind: `.active` is written to, `.raw` is
/// closed and as it was written, `.sealed` was made of a raw one (`SealedFormat`). Little-endian
/// head of 80 bytes:
///
///      0  8  "WEIRLOG" and the format, 1
///      8  4  CRC-32C of the rest
///     12  4  kind of content: 1 frames as written, 2 sealed
///     16 16  log id
///     32  8  first position
///     40  8  zero
///     48 32  chain value before the first position
struct Segment: Sendable {
  static let headSize = 80
  private static let magic = Array("WEIRLOG".utf8)
  static let framesAsWritten: UInt32 = 1

  let first: UInt64
  /// The name within the log's folder.
  let name: String
  let file: any DiskFile
  let before: Digest

  /// A file of the segments' folder, as its name tells.
  struct Name: Hashable, Sendable {
    enum Kind: String, CaseIterable {
      case active
      case raw
      case sealed
    }

    let first: UInt64
    let kind: Kind

    var isActive: Bool { kind == .active }

    init(first: UInt64, _ kind: Kind) {
      self.first = first
      self.kind = kind
    }

    init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].utf8.count == 20, let first = UInt64(parts[0]), first > 0,
        let kind = Kind(rawValue: String(parts[1]))
      else { return nil }
      self.init(first: first, kind)
    }

    var text: String {
      let digits = String(first)
      return String(repeating: "0", count: 20 - digits.utf8.count) + digits + ".\(kind.rawValue)"
    }
  }

  static func head(
    first: UInt64, log: LogID, before: Digest, kind: UInt32 = framesAsWritten
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: headSize)
    bytes.replaceSubrange(0..<7, with: magic)
    bytes[7] = UInt8(LogFormat.version)
    bytes.put(kind, at: 12)
    bytes.put(log, at: 16)
    bytes.put(first, at: 32)
    bytes.put(before, at: 48)
    bytes.put(bytes.withUnsafeBytes { crc($0.part(12, headSize - 12)) }, at: 8)
    return bytes
  }

  /// Reads the head, and checks that it is the one its name and its log promise.
  init(_ file: any DiskFile, _ name: Name, log: LogID, path: String) throws(StoreError) {
    let head = try Self.head(of: file, name, log: log, path: path)
    self.init(first: head.first, name: path, file: file, before: head.before)
  }

  /// The first position and the chain value before it, as the head of a file has them.
  static func head(
    of file: any DiskFile, _ name: Name, log: LogID, path: String
  ) throws(StoreError) -> (first: UInt64, before: Digest) {
    func damage(_ what: String) -> StoreError {
      .damaged(Damage(file: path, position: name.first, what: what))
    }
    let bytes = try reading { () throws(DiskError) in try file.bytes(Self.headSize, at: 0) }
    guard bytes.count == Self.headSize, Array(bytes[..<7]) == Self.magic else {
      throw damage("the head of a segment is missing")
    }
    guard bytes[7] == LogFormat.version else {
      throw .newerFormat(file: path, format: Int(bytes[7]))
    }
    let parsed = bytes.withUnsafeBytes { raw in
      (
        sum: raw.number(at: 8, UInt32.self) == crc(raw.part(12, Self.headSize - 12)),
        kind: raw.number(at: 12, UInt32.self), log: LogID(raw, at: 16),
        first: raw.number(at: 32, UInt64.self), before: Digest(raw, at: 48)
      )
    }
    guard parsed.sum else { throw damage("the checksum of a segment's head is wrong") }
    guard parsed.kind <= SealedFormat.kind else {
      throw .newerFormat(file: path, format: LogFormat.version + 1)
    }
    guard parsed.kind == (name.kind == .sealed ? SealedFormat.kind : framesAsWritten) else {
      throw damage("the segment isn't what its name says")
    }
    guard parsed.log == log else { throw damage("the segment belongs to log \(parsed.log)") }
    guard parsed.first == name.first else {
      throw damage("the segment begins at position \(parsed.first)")
    }
    return (parsed.first, parsed.before)
  }

  init(first: UInt64, name: String, file: any DiskFile, before: Digest) {
    self.first = first
    self.name = name
    self.file = file
    self.before = before
  }
}

/// A read whose failure is a store's.
func reading<T>(_ work: () throws(DiskError) -> T) throws(StoreError) -> T {
  do throws(DiskError) {
    return try work()
  } catch {
    throw .unreadable(error.description)
  }
}
