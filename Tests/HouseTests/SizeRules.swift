/// One idea per page, measured: the limits of style rule 5.
enum Size {
  static let fileLines = 300
  static let functionLines = 70
  static let lineCharacters = 100
  static let readmeLines = 150
}

extension House {
  static func sizeProblems(_ file: TreeFile) -> [String] {
    let lines = file.text.hasSuffix("\n") ? file.lines.dropLast() : file.lines[...]
    var problems: [String] = []
    if lines.count > Size.fileLines {
      problems.append(problem(file.path, lines.count, "over \(Size.fileLines) lines"))
    }
    for (index, line) in lines.enumerated() where line.count > Size.lineCharacters {
      problems.append(
        problem(file.path, index + 1, "\(line.count) of \(Size.lineCharacters) characters"))
    }
    return problems
  }

  static func functionProblems(_ path: String, _ functions: [Function]) -> [String] {
    functions.filter { $0.count > Size.functionLines }
      .map { problem(path, $0.line, "\($0.name) has \($0.count) of \(Size.functionLines) lines") }
  }
}

/// A function and the lines it takes, signature and closing brace among them.
struct Function: Hashable {
  let name: String
  let line: Int
  let count: Int
}

extension Function {
  /// Functions, initialisers and computed properties of Swift code, by their braces.
  static func inSwift(_ source: SwiftSource) -> [Function] {
    struct Open {
      let name: String?
      let line: Int
    }
    var found: [Function] = []
    var stack: [Open] = []
    var pending: (name: String, line: Int)?
    var parens = 0
    for (index, line) in source.code.enumerated() {
      var before: Substring = ""
      for word in words(line) where word != " " {
        defer { before = word }
        switch word {
        case "func", "init", "subscript", "deinit", "var":
          if parens == 0, before != "." { pending = (String(word), index + 1) }
        case "(", "[": parens += 1
        case ")", "]": parens -= 1
        case "{":
          stack.append(Open(name: parens == 0 ? pending?.name : nil, line: pending?.line ?? 0))
          if parens == 0 { pending = nil }
        case "}":
          guard let open = stack.popLast() else { continue }
          if parens == 0 { pending = nil }
          guard let name = open.name else { continue }
          found.append(Function(name: name, line: open.line, count: index + 2 - open.line))
        case "let", "case", "typealias", "struct", "enum", "class", "protocol", "extension":
          if parens == 0 { pending = nil }
        default: break
        }
      }
    }
    return found
  }

  private static func words(_ line: Substring) -> [Substring] {
    var words: [Substring] = []
    var rest = line[...]
    while let first = rest.utf8.first {
      let end =
        SwiftSource.isWordByte(first)
        ? rest.utf8.firstIndex { !SwiftSource.isWordByte($0) } ?? rest.endIndex
        : rest.index(after: rest.startIndex)
      words.append(rest[..<end])
      rest = rest[end...]
    }
    return words
  }

  /// Functions of Python text, by their indentation.
  static func inPython(_ lines: [Substring]) -> [Function] {
    lines.indices.compactMap { start in
      let text = lines[start].drop { $0 == " " }
      guard text.hasPrefix("def ") || text.hasPrefix("async def ") else { return nil }
      let indent = lines[start].count - text.count
      var end = start
      var isInHead = true
      for index in (start + 1)..<max(lines.count, start + 1) {
        let body = lines[index].drop { $0 == " " }
        if body.isEmpty { continue }
        let depth = lines[index].count - body.count
        if isInHead, body.hasPrefix(")") {
          isInHead = false
        } else if depth <= indent {
          break
        }
        end = index
      }
      return Function(name: "def", line: start + 1, count: end - start + 1)
    }
  }

  /// Functions of shell text: from `name() {` to the brace that closes at its column.
  static func inShell(_ lines: [Substring]) -> [Function] {
    lines.indices.compactMap { start in
      guard lines[start].hasSuffix("() {"), let name = lines[start].split(separator: "(").first
      else { return nil }
      let indent = lines[start].prefix { $0 == " " }
      let end = lines[start...].firstIndex { $0 == indent + "}" } ?? lines.count - 1
      return Function(name: String(name), line: start + 1, count: end - start + 1)
    }
  }
}
