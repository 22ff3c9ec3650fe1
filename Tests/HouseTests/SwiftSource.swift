/// Swift text with comments and the contents of strings blanked, line for line.
///
/// Interpolations count as string content. Regex literals are not known; the house writes none.
struct SwiftSource: Sendable {
  let code: [Substring]

  init(_ text: String) {
    var blanker = Blanker(bytes: Array(text.utf8))
    blanker.run()
    code = Substring(decoding: blanker.out, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Numbers of the lines, from 1, where `word` stands as a word of its own.
  func lines(with word: String) -> [Int] {
    code.indices.filter { Self.has(word, in: code[$0]) }.map { $0 + 1 }
  }

  static func has(_ word: String, in line: Substring) -> Bool {
    let wanted = Array(word.utf8)
    let bytes = Array(line.utf8)
    var start = 0
    while let found = bytes.first(of: wanted, from: start) {
      let end = found + wanted.count
      let isStart = found == 0 || !isWordByte(bytes[found - 1]) || !isWordByte(wanted[0])
      let isEnd = end == bytes.count || !isWordByte(bytes[end]) || !isWordByte(bytes[end - 1])
      if isStart && isEnd { return true }
      start = found + 1
    }
    return false
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 95, 97...122: true
    default: false
    }
  }
}

/// Copies code, and writes spaces over comments and string contents.
private struct Blanker {
  let bytes: [UInt8]
  var out: [UInt8] = []
  private var index = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
    out.reserveCapacity(bytes.count)
  }

  mutating func run() {
    while index < bytes.count {
      if bytes[index] == 47, starts("//") {
        while index < bytes.count, bytes[index] != 10 { blank() }
      } else if bytes[index] == 47, starts("/*") {
        comment()
      } else if bytes[index] == 34 || bytes[index] == 35 && (starts("#\"") || starts("##\"")) {
        string()
      } else {
        keep()
      }
    }
  }

  private mutating func comment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        blank(2)
      } else if starts("*/") {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && index < bytes.count
  }

  private mutating func string() {
    var hashes = 0
    while starts("#") {
      hashes += 1
      keep()
    }
    let pounds = String(repeating: "#", count: hashes)
    let quote = starts("\"\"\"") ? "\"\"\"" : "\""
    let opening = "\\" + pounds + "("
    for _ in quote.utf8 { keep() }
    while index < bytes.count {
      if bytes[index] == 34, starts(quote + pounds) {
        for _ in (quote + pounds).utf8 { keep() }
        return
      } else if bytes[index] == 92, starts(opening) {
        blank(2 + hashes)
        interpolation()
      } else if hashes == 0, starts("\\") {
        blank(2)
      } else {
        blank()
      }
    }
  }

  private mutating func interpolation() {
    var depth = 1
    while depth > 0, index < bytes.count {
      if starts("\"") {
        let before = out.count
        string()
        for place in before..<out.count where out[place] != 10 { out[place] = 32 }
        continue
      }
      if starts("(") { depth += 1 }
      if starts(")") { depth -= 1 }
      blank()
    }
  }

  private func starts(_ text: String) -> Bool {
    var place = index
    for byte in text.utf8 {
      guard place < bytes.count, bytes[place] == byte else { return false }
      place += 1
    }
    return true
  }

  private mutating func keep() {
    out.append(bytes[index])
    index += 1
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where index < bytes.count {
      out.append(bytes[index] == 10 ? 10 : 32)
      index += 1
    }
  }
}

extension [UInt8] {
  /// Where `wanted`, which is not empty, first stands at `start` or behind.
  fileprivate func first(of wanted: [UInt8], from start: Int) -> Int? {
    var place = start
    while place + wanted.count <= count {
      if self[place] == wanted[0], matches(wanted, at: place) { return place }
      place += 1
    }
    return nil
  }

  private func matches(_ wanted: [UInt8], at place: Int) -> Bool {
    for index in wanted.indices where self[place + index] != wanted[index] { return false }
    return true
  }
}
