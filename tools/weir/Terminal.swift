import Glibc

/// Data on standard output, talk on standard error; progress and colour on a terminal only.
struct Terminal {
  let isErrorTerminal = isatty(2) == 1
  /// Colour is for terminals whose owner didn't say no (no-color.org).
  let isColoured: Bool

  init(environment: [String: String] = Terminal.environment) {
    let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    isColoured = isatty(2) == 1 && !isRefused && environment["TERM"] != "dumb"
  }

  /// One line of data.
  func put(_ line: String) { put(Array(line.utf8)) }

  func put(_ line: [UInt8]) {
    line.withUnsafeBytes { _ = fwrite($0.baseAddress, 1, $0.count, stdout) }
    putc(0x0A, stdout)
  }

  /// Sends what was put on its way; a reader that went away ends the program in peace.
  func flush() {
    if fflush(stdout) != 0 { _exit(errno == EPIPE ? 0 : ExitCode.failure.rawValue) }
  }

  /// One line of talk.
  func say(_ line: String) { fputs(line + "\n", stderr) }

  func complain(_ line: String) {
    say(isColoured ? "\u{1b}[31mweir: \(line)\u{1b}[0m" : "weir: \(line)")
  }

  /// A line that the next one takes the place of; nothing where nobody watches.
  func progress(_ line: String) {
    guard isErrorTerminal else { return }
    fputs("\r\u{1b}[K\(line)", stderr)
  }

  func endProgress() {
    guard isErrorTerminal else { return }
    fputs("\r\u{1b}[K", stderr)
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
