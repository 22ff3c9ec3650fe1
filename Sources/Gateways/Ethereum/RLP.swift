/// Recursive length prefix: Ethereum's nested byte strings (Yellow Paper, appendix B).
///
/// Reading is strict: every value has one encoding, and any other is refused.
public enum RLP: Hashable, Sendable {
  case bytes([UInt8])
  case list([RLP])

  /// A number as RLP has it: big-endian, no leading zero, zero empty; a negative one traps.
  public static func number(_ value: Int128) -> RLP {
    precondition(value >= 0, "a negative number has no encoding")
    var rest = value
    var bytes: [UInt8] = []
    while rest > 0 {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
    return .bytes(bytes.reversed())
  }

  /// The number that these bytes are; nil for a list, a leading zero, or more than `Int128` holds.
  public var number: Int128? {
    guard case .bytes(let bytes) = self, bytes.first != 0 else { return nil }
    guard bytes.count < 16 || (bytes.count == 16 && bytes[0] < 0x80) else { return nil }
    return bytes.reduce(0) { $0 << 8 | Int128($1) }
  }

  public var encoded: [UInt8] {
    switch self {
    case .bytes(let bytes):
      if bytes.count == 1, bytes[0] < 0x80 { return bytes }
      return Self.prefix(0x80, bytes.count) + bytes
    case .list(let items):
      let body = items.flatMap(\.encoded)
      return Self.prefix(0xc0, body.count) + body
    }
  }

  private static func prefix(_ base: UInt8, _ count: Int) -> [UInt8] {
    if count <= 55 { return [base + UInt8(count)] }
    guard case .bytes(let length) = number(Int128(count)) else { return [] }
    return [base + 55 + UInt8(length.count)] + length
  }

  /// Reads one value that fills `bytes`; lists may be nested 16 deep.
  public init?(decoding bytes: [UInt8]) {
    var rest = bytes[...]
    guard let value = Self.read(&rest, depth: 16), rest.isEmpty else { return nil }
    self = value
  }

  private static func read(_ rest: inout ArraySlice<UInt8>, depth: Int) -> RLP? {
    guard depth > 0, let first = rest.popFirst() else { return nil }
    switch first {
    case ..<0x80:
      return .bytes([first])
    case ..<0xc0:
      guard let body = body(first - 0x80, &rest) else { return nil }
      // A single small byte stands for itself.
      if body.count == 1, let byte = body.first, byte < 0x80 { return nil }
      return .bytes(Array(body))
    default:
      guard var body = body(first - 0xc0, &rest) else { return nil }
      var items: [RLP] = []
      while !body.isEmpty {
        guard let item = read(&body, depth: depth - 1) else { return nil }
        items.append(item)
      }
      return .list(items)
    }
  }

  /// Takes what `size`, a length up to 55 or the length of a length, says.
  private static func body(
    _ size: UInt8, _ rest: inout ArraySlice<UInt8>
  ) -> ArraySlice<UInt8>? {
    var count = Int(size)
    if size > 55 {
      let lengthCount = Int(size) - 55
      let length = rest.prefix(lengthCount)
      guard lengthCount <= 4, length.count == lengthCount, length.first != 0 else { return nil }
      count = length.reduce(0) { $0 << 8 | Int($1) }
      guard count > 55 else { return nil }
      rest = rest.dropFirst(lengthCount)
    }
    guard rest.count >= count else { return nil }
    let body = rest.prefix(count)
    rest = rest.dropFirst(count)
    return body
  }
}
