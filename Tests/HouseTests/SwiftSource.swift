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
    let bytes = Array(line.utf8)
    let wanted = Array(word.utf8)
    guard bytes.count >= wanted.count else { return false }
    for start in 0...(bytes.count - wanted.count)
    where Array(bytes[start..<start + wanted.count]) == wanted {
      let isStart = start == 0 || !isWordByte(bytes[start - 1]) || !isWordByte(wanted[0])
      let end = start + wanted.count
      let isEnd = end == bytes.count || !isWordByte(bytes[end]) || !isWordByte(bytes[end - 1])
      if isStart && isEnd { return true }
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
      if starts("//") {
        while index < bytes.count, bytes[index] != 10 { blank() }
      } else if starts("/*") {
        comment()
      } else if starts("\"") || starts("#\"") || starts("##\"") {
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
    for _ in quote.utf8 { keep() }
    while index < bytes.count {
      if starts(quote + pounds) {
        for _ in (quote + pounds).utf8 { keep() }
        return
      } else if starts("\\" + pounds + "(") {
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

  private func starts(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }

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
