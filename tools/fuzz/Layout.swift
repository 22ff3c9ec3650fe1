import CISAL
import Log

/// Where things lie in a segment, told a second time, so that a fuzzer can get past checksums and
/// chain to what stands behind them.
enum Layout {
  static let head = 80
  static let frame = 104
  static let proposal = 40
  static let record = 48
  private static let magic: [UInt8] = [0xff, 0x57, 0x52, 0x46]

  /// A segment's head in the log whose id is zeros.
  static func segment(first: UInt64 = 1, before: [UInt8] = zeros) -> [UInt8] {
    var bytes = Array("WEIRLOG".utf8) + [1]
    bytes += number(0, 4) + number(1, 4) + [UInt8](repeating: 0, count: 16)
    bytes += number(first, 8) + number(0, 8) + before
    put(sum(bytes[12...]), 4, &bytes, at: 8)
    return bytes
  }

  /// A frame that holds one event's envelope, which is the log's first.
  static func frame(envelope: [UInt8], body count: Int, at offset: Int = head) -> [UInt8] {
    let length = proposal + record + envelope.count
    var bytes = magic + number(0, 4) + [1, 1, 0, 0] + number(UInt64(length), 4)
    bytes += [UInt8](repeating: 0, count: 16)
    bytes += number(UInt64(offset), 8) + number(1, 8) + number(1, 8) + number(0, 8)
    bytes += number(1, 4) + number(1, 4) + zeros
    bytes += [UInt8](repeating: 7, count: 32) + number(1, 4) + number(0, 4)
    bytes += number(0, 4) + number(UInt64(envelope.count), 4) + number(UInt64(count), 4)
    bytes += number(0, 4) + zeros + envelope
    bytes += [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    return bytes
  }

  static let zeros = [UInt8](repeating: 0, count: 32)

  /// Makes every checksum and the chain of a segment's frames right again; gives the chain's end.
  static func mend(_ file: inout [UInt8], before: [UInt8]? = nil) -> [UInt8] {
    guard file.count >= head else { return before ?? zeros }
    if let before { file.replaceSubrange(48..<80, with: before) }
    put(sum(file[12..<head]), 4, &file, at: 8)
    var chain = Array(file[48..<80])
    var at = head
    while at + frame <= file.count, Array(file[at..<at + 4]) == magic {
      let length = Int(value(file, 4, at: at + 12))
      let total = (frame + length + 7) & ~7
      guard at + total <= file.count else { break }
      file.replaceSubrange(at + 72..<at + 104, with: chain)
      let proposals = Int(value(file, 4, at: at + 68))
      mendRecords(&file, from: at + frame, to: at + frame + length, proposals, &chain)
      put(sum(file[(at + 8)..<(at + total)]), 4, &file, at: at + 4)
      at += total
    }
    return chain
  }

  private static func mendRecords(
    _ file: inout [UInt8], from start: Int, to end: Int, _ proposals: Int,
    _ chain: inout [UInt8]
  ) {
    var at = start
    for _ in 0..<min(proposals, 1000) where at + proposal <= end {
      let events = Int(value(file, 4, at: at + 32))
      at += proposal
      for _ in 0..<min(events, 1000) where at + record <= end {
        let size = record + Int(value(file, 4, at: at + 4))
        guard at + size <= end else { return }
        chain = SHA256.digest(of: chain + file[(at + record)..<(at + size)])
        file.replaceSubrange(at + 16..<at + 48, with: chain)
        put(sum(file[(at + 4)..<(at + size)]), 4, &file, at: at)
        at += size
      }
    }
  }

  private static func sum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.withUnsafeBytes { UInt64(weir_crc32c(0, $0.baseAddress, $0.count)) }
  }

  static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  private static func put(_ value: UInt64, _ count: Int, _ bytes: inout [UInt8], at offset: Int) {
    bytes.replaceSubrange(offset..<offset + count, with: number(value, count))
  }

  private static func value(_ bytes: [UInt8], _ count: Int, at offset: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << (8 * UInt64($1)) }
  }
}
