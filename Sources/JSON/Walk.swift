/// The grammar, walked over the starts of tokens that simdjson found.
///
/// It trusts those starts no further than that: every byte from one to the next is either part of
/// the token or looked at and found to be white space.
struct Walk {
  let bytes: UnsafeBufferPointer<UInt8>
  private let starts: UnsafeBufferPointer<UInt32>
  private let depthAllowed: Int
  private var next = 0

  init(
    bytes: UnsafeBufferPointer<UInt8>, starts: UnsafeBufferPointer<UInt32>, depthAllowed: Int
  ) {
    self.bytes = bytes
    self.starts = starts
    self.depthAllowed = depthAllowed
  }

  mutating func document() throws(JSONError) -> JSONValue {
    try blank(from: 0)
    let value = try value(depth: 0)
    guard next == starts.count else { throw JSONError(.trailingText, at: limit) }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    let start = try take()
    switch bytes[start] {
    case UInt8(ascii: "{"):
      guard depth < depthAllowed else { throw JSONError(.tooDeep, at: start) }
      return try object(from: start, depth: depth + 1)
    case UInt8(ascii: "["):
      guard depth < depthAllowed else { throw JSONError(.tooDeep, at: start) }
      return try array(from: start, depth: depth + 1)
    case UInt8(ascii: "\""):
      return .string(try string(from: start))
    case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"):
      throw JSONError(.unexpected, at: start)
    default:
      return try word(from: start)
    }
  }

  private mutating func object(from open: Int, depth: Int) throws(JSONError) -> JSONValue {
    try blank(from: open + 1)
    var members: [JSONMember] = []
    var seen = NameSet()
    var start = try take()
    if bytes[start] == UInt8(ascii: "}") {
      try blank(from: start + 1)
      return .object([])
    }
    while true {
      guard bytes[start] == UInt8(ascii: "\"") else { throw JSONError(.unexpected, at: start) }
      let name = try string(from: start)
      guard seen.insert(name) else { throw JSONError(.duplicateName, at: start) }
      let colon = try take()
      guard bytes[colon] == UInt8(ascii: ":") else { throw JSONError(.unexpected, at: colon) }
      try blank(from: colon + 1)
      members.append(JSONMember(name, try value(depth: depth)))
      guard try goesOn(until: UInt8(ascii: "}")) else { return .object(members) }
      start = try take()
    }
  }

  private mutating func array(from open: Int, depth: Int) throws(JSONError) -> JSONValue {
    try blank(from: open + 1)
    var items: [JSONValue] = []
    if next < starts.count, bytes[limit] == UInt8(ascii: "]") {
      let close = try take()
      try blank(from: close + 1)
      return .array([])
    }
    while true {
      items.append(try value(depth: depth))
      guard try goesOn(until: UInt8(ascii: "]")) else { return .array(items) }
    }
  }

  /// Takes the comma (true) or the closing bracket (false) after an item.
  private mutating func goesOn(until close: UInt8) throws(JSONError) -> Bool {
    let start = try take()
    guard bytes[start] == UInt8(ascii: ",") || bytes[start] == close else {
      throw JSONError(.unexpected, at: start)
    }
    try blank(from: start + 1)
    return bytes[start] != close
  }

  private func word(from start: Int) throws(JSONError) -> JSONValue {
    var end = limit
    while end > start, Walk.isBlank(bytes[end - 1]) { end -= 1 }
    let token = UnsafeBufferPointer(rebasing: bytes[start..<end])
    if NumberText.isNumber(token) { return .number(String(decoding: token, as: UTF8.self)) }
    if token.elementsEqual("true".utf8) { return .bool(true) }
    if token.elementsEqual("false".utf8) { return .bool(false) }
    if token.elementsEqual("null".utf8) { return .null }
    let looksNumeric =
      token[0] == UInt8(ascii: "-") || token[0] == UInt8(ascii: "+")
      || token[0] == UInt8(ascii: ".") || NumberText.isDigit(token[0])
    throw JSONError(looksNumeric ? .badNumber : .badWord, at: start)
  }

  /// The start of the next token.
  private mutating func take() throws(JSONError) -> Int {
    guard next < starts.count else { throw JSONError(.unfinished, at: bytes.count) }
    defer { next += 1 }
    return Int(starts[next])
  }

  /// Where the next token starts, or the text ends.
  private var limit: Int { next < starts.count ? Int(starts[next]) : bytes.count }

  /// Makes sure there is only white space up to the next token.
  func blank(from end: Int) throws(JSONError) {
    var at = end
    let limit = limit
    guard at <= limit else { throw JSONError(.unexpected, at: limit) }
    while at < limit {
      guard Walk.isBlank(bytes[at]) else { throw JSONError(.unexpected, at: at) }
      at += 1
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }
}
