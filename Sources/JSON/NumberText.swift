/// Numbers as text: JSON's grammar, ECMAScript's printing, plain decimals.
enum NumberText {
  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// Whether the whole token is a number by RFC 8259 section 6.
  static func isNumber(_ token: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    func digits() -> Int {
      let first = at
      while at < token.count, isDigit(token[at]) { at += 1 }
      return at - first
    }
    if at < token.count, token[at] == UInt8(ascii: "-") { at += 1 }
    let whole = at
    let count = digits()
    guard count == 1 || count > 1 && token[whole] != UInt8(ascii: "0") else { return false }
    if at < token.count, token[at] == UInt8(ascii: ".") {
      at += 1
      guard digits() > 0 else { return false }
    }
    if at < token.count, token[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < token.count, token[at] == UInt8(ascii: "+") || token[at] == UInt8(ascii: "-") {
        at += 1
      }
      guard digits() > 0 else { return false }
    }
    return at == token.count
  }

  static func isNumber(_ token: String) -> Bool {
    var token = token
    return token.withUTF8 { isNumber($0) }
  }

  /// A number as ECMAScript's Number::toString prints the double nearest to it.
  ///
  /// Beyond the doubles there is nothing to print (JSON.stringify makes it `null`, under which a
  /// signature over `null` would vouch for a number): the token stays as it is.
  static func ecmaScript(_ token: String) -> String {
    guard let value = Double(token), value.isFinite else { return token }
    guard value != 0 else { return "0" }
    // Swift's description has the shortest digits that read back as the value, as ECMAScript
    // demands; only their layout differs.
    guard let parts = Parts(value.magnitude.description) else { return token }
    let sign = value < 0 ? "-" : ""
    let digits = parts.digits
    let exponent = parts.point - 1
    guard exponent < -6 || exponent > 20 else { return sign + parts.layedOut() }
    let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
    return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "" : "+")\(exponent)"
  }

  /// A number without an exponent, its digits as they are; nil beyond 128 characters.
  static func plain(_ token: String) -> String? {
    guard isNumber(token) else { return nil }
    guard token.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) else {
      return token.utf8.count <= longestPlain ? token : nil
    }
    let negative = token.hasPrefix("-")
    guard let parts = Parts(negative ? token.dropFirst() : token[...], keepingZeros: true) else {
      return nil
    }
    guard parts.digits.count <= longestPlain, parts.point.magnitude <= longestPlain else {
      return nil
    }
    let text = (negative ? "-" : "") + parts.layedOut()
    return text.utf8.count <= longestPlain ? text : nil
  }

  private static let longestPlain = 128
}

/// The digits of a number without sign, and where its point stands among them.
private struct Parts {
  /// ASCII digits, the first not a zero unless there is no other.
  var digits: String

  /// How many of the digits stand before the point; may be negative or beyond their count.
  var point: Int

  init?(_ text: some StringProtocol, keepingZeros: Bool = false) {
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: ".") {
        point = digits.count
      } else if byte | 0x20 == UInt8(ascii: "e") {
        guard let value = Int(String(decoding: rest, as: UTF8.self)), value.magnitude < 1 << 32
        else { return nil }
        exponent = value
        break
      } else {
        digits.append(byte)
      }
    }
    var place = (point ?? digits.count) + exponent
    let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
    let leading = min(zeros, digits.count - 1)
    digits.removeFirst(leading)
    place -= leading
    while !keepingZeros, digits.count > 1, digits.last == UInt8(ascii: "0") {
      digits.removeLast()
    }
    let isZero = digits == [UInt8(ascii: "0")]
    self.digits = String(decoding: digits, as: UTF8.self)
    self.point = isZero ? min(place, 1) : place
  }

  /// Plain notation.
  func layedOut() -> String {
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.utf8.count {
      return digits + String(repeating: "0", count: point - digits.utf8.count)
    }
    return digits.prefix(point) + "." + digits.dropFirst(point)
  }
}
