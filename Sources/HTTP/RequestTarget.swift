/// A request target taken apart and decoded once (RFC 9112 section 3.2, RFC 3986).
///
/// Refused, because no honest client sends them and two readers may differ about them: escapes that
/// are not two hex digits, text that is not UTF-8 after decoding (overlong forms among it), control
/// characters, `.` and `..` segments, `#`, and bytes that should have been escaped.
struct RequestTarget: Equatable {
  static let maximumQueryItems = 100

  let path: String
  let segments: [String]
  let query: [HTTPRequest.QueryItem]

  init?(_ raw: [UInt8], method: String) {
    guard raw.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else { return nil }
    if raw == [UInt8(ascii: "*")] {
      guard method == "OPTIONS" else { return nil }
      (path, segments, query) = ("*", [], [])
      return
    }
    guard let origin = RequestTarget.originForm(raw[...]) else { return nil }
    let mark = origin.firstIndex(of: UInt8(ascii: "?")) ?? origin.endIndex
    guard let segments = RequestTarget.segments(origin[..<mark]),
      let query = RequestTarget.items(origin[mark...].dropFirst())
    else { return nil }
    self.path = String(decoding: origin[..<mark], as: UTF8.self)
    self.segments = segments
    self.query = query
  }

  /// Drops scheme and authority of an absolute form; nil when what is left is no path.
  private static func originForm(_ raw: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    if raw.first == UInt8(ascii: "/") { return raw }
    for scheme in ["http://", "https://"] {
      let head = raw.prefix(scheme.utf8.count).map(\.asciiLowercase)
      guard head.elementsEqual(scheme.utf8) else { continue }
      let rest = raw.dropFirst(scheme.utf8.count)
      guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), slash > rest.startIndex else {
        return nil
      }
      return rest[slash...]
    }
    return nil
  }

  private static func segments(_ path: ArraySlice<UInt8>) -> [String]? {
    if path.count == 1 { return [] }
    var segments: [String] = []
    let slash = UInt8(ascii: "/")
    for part in path.dropFirst().split(separator: slash, omittingEmptySubsequences: false) {
      guard let text = decode(part, plusIsSpace: false), text != ".", text != ".." else {
        return nil
      }
      segments.append(text)
    }
    return segments
  }

  private static func items(_ query: ArraySlice<UInt8>) -> [HTTPRequest.QueryItem]? {
    var items: [HTTPRequest.QueryItem] = []
    for part in query.split(separator: UInt8(ascii: "&")) {
      let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      guard items.count < maximumQueryItems,
        let name = decode(part[..<mark], plusIsSpace: true),
        let value = decode(part[mark...].dropFirst(), plusIsSpace: true)
      else { return nil }
      items.append(HTTPRequest.QueryItem(name, value))
    }
    return items
  }

  private static func decode(_ raw: ArraySlice<UInt8>, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var index = raw.startIndex
    while index < raw.endIndex {
      var byte = raw[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < raw.endIndex, let high = hexDigit(raw[index + 1]),
          let low = hexDigit(raw[index + 2])
        else { return nil }
        byte = high << 4 | low
        index += 2
      } else if byte == UInt8(ascii: "+"), plusIsSpace {
        byte = 0x20
      }
      guard byte >= 0x20, byte != 0x7f else { return nil }
      bytes.append(byte)
      index += 1
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): return byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): return byte - UInt8(ascii: "A") + 10
    default: return nil
    }
  }
}
