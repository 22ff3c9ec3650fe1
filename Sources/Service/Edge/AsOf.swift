public import Kernel

/// Up to where a history is told: a position of the log, or a time.
public enum AsOf: Hashable, Sendable {
  /// Facts at or before the position.
  case position(UInt64)
  /// Facts recorded at or before the time.
  case time(Instant)

  /// Reads a position in digits, or a time of RFC 3339.
  public init?(_ text: String) {
    if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
      guard let position = UInt64(text) else { return nil }
      self = .position(position)
    } else {
      guard let time = RFC3339.instant(text) else { return nil }
      self = .time(time)
    }
  }

  func holds(position: UInt64, at: Instant) -> Bool {
    switch self {
    case .position(let last): position <= last
    case .time(let last): at <= last
    }
  }
}

/// Times as people and programs write them: `2026-11-24T16:47:11Z`, `…11.5+02:00`.
public enum RFC3339 {
  /// The instant of a time; nil for anything else, leap seconds among it.
  ///
  /// A space or small letter may stand for the `T`; digits below a microsecond are cut.
  public static func instant(_ text: String) -> Instant? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, [0x54, 0x74, 0x20].contains(bytes[10]) else { return nil }
    var index = 19
    var fraction: [UInt8] = []
    if bytes[index] == UInt8(ascii: ".") {
      index += 1
      while index < bytes.count, (48...57).contains(bytes[index]) {
        fraction.append(bytes[index])
        index += 1
      }
      guard !fraction.isEmpty else { return nil }
    }
    guard let offset = offset(bytes[index...]) else { return nil }
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 6)
    let micros = (fraction + zeros).prefix(6)
    var fixed = Array(bytes[..<19])
    fixed[10] = UInt8(ascii: "T")
    fixed.append(UInt8(ascii: "."))
    fixed += micros
    fixed.append(UInt8(ascii: "Z"))
    guard let local = Instant(text: String(decoding: fixed, as: UTF8.self)) else { return nil }
    let moved = local.adding(seconds: -offset)
    return moved.microseconds >= 0 ? moved : nil
  }

  /// Seconds east of Greenwich.
  private static func offset(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let bytes = Array(bytes)
    if bytes == [0x5a] || bytes == [0x7a] { return 0 }
    guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
      let hours = number(bytes[1], bytes[2]), let minutes = number(bytes[4], bytes[5]),
      hours < 24, minutes < 60
    else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    switch bytes[0] {
    case UInt8(ascii: "+"): return seconds
    case UInt8(ascii: "-"): return -seconds
    default: return nil
    }
  }

  private static func number(_ tens: UInt8, _ ones: UInt8) -> Int64? {
    guard (48...57).contains(tens), (48...57).contains(ones) else { return nil }
    return Int64(tens - 48) * 10 + Int64(ones - 48)
  }
}
