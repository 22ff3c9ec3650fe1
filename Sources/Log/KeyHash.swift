import Kernel

/// A name of the log as 128 bits: what an index finds events by.
///
/// SipHash-1-3 with 128 bits of result, keyed by the log's id. The key is no secret: somebody who
/// knows it can look for two names with one hash, but only 2^64 tries find one. What was sealed
/// keeps 40 bits, and every answer of those is held against the record itself.
struct KeyHash: Hashable, Sendable {
  let high: UInt64
  let low: UInt64

  /// What a sealed index keeps.
  var short: UInt64 { high >> 24 }
}

/// Hashes streams, tags and commands of one log; a name of one kind never stands for another's.
struct KeyHasher: Sendable {
  enum Kind: UInt64 {
    case stream = 1
    case tag = 2
    case command = 3
  }

  private let key: (UInt64, UInt64)

  init(_ log: LogID) { key = (log.high, log.low) }

  func hash(_ stream: StreamName) -> KeyHash { hash(.stream, stream.text) }
  func hash(_ tag: Tag) -> KeyHash { hash(.tag, tag.text) }
  func hash(_ command: CommandID) -> KeyHash {
    withUnsafeTemporaryAllocation(byteCount: command.byteCount, alignment: 8) { room in
      command.copyBytes(to: room)
      return hash(.command, UnsafeRawBufferPointer(room))
    }
  }

  func hash(_ kind: Kind, _ text: String) -> KeyHash {
    var text = text
    return text.withUTF8 { hash(kind, UnsafeRawBufferPointer($0)) }
  }

  func hash(_ kind: Kind, _ bytes: UnsafeRawBufferPointer) -> KeyHash {
    var state = SipState(key.0, key.1 ^ kind.rawValue)
    let whole = bytes.count & ~7
    var at = 0
    while at < whole {
      state.take(bytes.number(at: at))
      at += 8
    }
    var last = UInt64(truncatingIfNeeded: bytes.count) << 56
    var shift: UInt64 = 0
    while at < bytes.count {
      last |= UInt64(bytes[at]) << shift
      shift += 8
      at += 1
    }
    state.take(last)
    return state.end()
  }
}

/// The four words of SipHash.
private struct SipState {
  private var v0: UInt64
  private var v1: UInt64
  private var v2: UInt64
  private var v3: UInt64

  init(_ key0: UInt64, _ key1: UInt64) {
    v0 = key0 ^ 0x736f_6d65_7073_6575
    v1 = key1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
    v2 = key0 ^ 0x6c79_6765_6e65_7261
    v3 = key1 ^ 0x7465_6462_7974_6573
  }

  mutating func take(_ word: UInt64) {
    v3 ^= word
    round()
    v0 ^= word
  }

  mutating func end() -> KeyHash {
    v2 ^= 0xee
    for _ in 0..<3 { round() }
    let low = v0 ^ v1 ^ v2 ^ v3
    v1 ^= 0xdd
    for _ in 0..<3 { round() }
    return KeyHash(high: v0 ^ v1 ^ v2 ^ v3, low: low)
  }

  private mutating func round() {
    v0 = v0 &+ v1
    v1 = (v1 << 13 | v1 >> 51) ^ v0
    v0 = v0 << 32 | v0 >> 32
    v2 = v2 &+ v3
    v3 = (v3 << 16 | v3 >> 48) ^ v2
    v0 = v0 &+ v3
    v3 = (v3 << 21 | v3 >> 43) ^ v0
    v2 = v2 &+ v1
    v1 = (v1 << 17 | v1 >> 47) ^ v2
    v2 = v2 << 32 | v2 >> 32
  }
}
