import Glibc

/// Data on standard output, talk on standard error; progress and colour on a terminal only.
final class Terminal {
  private let isErrorTerminal = isatty(2) == 1
  /// Colour is for terminals whose owner didn't say no (no-color.org).
  private let isColoured: Bool
  private var buffer: [UInt8] = []

  init(environment: [String: String] = Terminal.environment) {
    let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    isColoured = isatty(2) == 1 && !isRefused && environment["TERM"] != "dumb"
  }

  /// One line of data.
  func put(_ line: String) { put(Array(line.utf8)) }

  func put(_ line: [UInt8]) {
    buffer += line
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= 1 << 16 { flush() }
  }

  /// Sends what was put on its way; a reader that went away ends the program in peace.
  func flush() {
    guard Terminal.write(1, buffer) else {
      exit(errno == EPIPE ? ExitCode.success.rawValue : ExitCode.failure.rawValue)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// One line of talk.
  func say(_ line: String) { _ = Terminal.write(2, Array((line + "\n").utf8)) }

  func complain(_ line: String) {
    say(isColoured ? "\u{1b}[31mweir: \(line)\u{1b}[0m" : "weir: \(line)")
  }

  /// A line that the next one takes the place of; nothing where nobody watches.
  func progress(_ line: String) {
    if isErrorTerminal { _ = Terminal.write(2, Array("\r\u{1b}[K\(line)".utf8)) }
  }

  func endProgress() { progress("") }

  private static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  static var environment: [String: String] {
    var found: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if let mark = text.firstIndex(of: "=") {
        found[String(text[..<mark])] = String(text[text.index(after: mark)...])
      }
      next += 1
    }
    return found
  }
}

/// Columns under each other: numbers to the right, words to the left.
struct TextTable {
  private let right: Set<Int>
  private var rows: [[String]]

  init(_ head: [String], right: Set<Int> = []) {
    self.right = right
    rows = [head]
  }

  mutating func add(_ row: [String]) { rows.append(row) }

  var lines: [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return right.contains(column) ? space + row[column] : row[column] + space
      }.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
