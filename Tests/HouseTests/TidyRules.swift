extension House {
  // Put together so that this file doesn't hold them.
  private static let words = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
  // Foundation's processes read beyond a buffer where many descriptors are open (`ChildProcess`).
  private static let calls = ["fatal" + "Error(", "XCT" + "Skip", ".disabled(", "= Process("]

  /// Notes to self, and ways to stop or to skip that no reader sees.
  static func wordProblems(_ file: TreeFile, _ source: SwiftSource?) -> [String] {
    var problems: [String] = []
    for (index, line) in file.lines.enumerated() {
      for word in words where SwiftSource.has(word, in: line) {
        problems.append(problem(file.path, index + 1, "\(word) is no plan"))
      }
    }
    for call in calls {
      for line in source?.lines(with: call) ?? [] {
        problems.append(problem(file.path, line, "\(call) is forbidden"))
      }
    }
    if !file.isUnder("Tests") {
      for line in source?.lines(with: "try!") ?? [] {
        problems.append(problem(file.path, line, "a forced try outside the tests"))
      }
    }
    return problems
  }

  /// A promise the compiler can't check has its reason beside it.
  static func promiseProblems(_ file: TreeFile, _ source: SwiftSource) -> [String] {
    let promises = ["@unchecked Sendable", "nonisolated(unsafe)", "@preconcurrency"]
    return promises.flatMap { promise in
      source.lines(with: promise).compactMap { line -> String? in
        let above = line >= 2 ? file.lines[line - 2].drop { $0 == " " } : ""
        let isExplained = file.lines[line - 1].contains("//") || above.hasPrefix("//")
        return isExplained ? nil : problem(file.path, line, "\(promise) without its reason")
      }
    }
  }

  /// Suites end in `Tests`; a test's name is an outcome (`does`, `ignores`, `refuses`, …), a
  /// colon, a sentence.
  static func testNameProblems(_ file: TreeFile, _ source: SwiftSource) -> [String] {
    var problems: [String] = []
    for (index, code) in source.code.enumerated() {
      let line = file.lines[index]
      if SwiftSource.has("@Suite", in: code), !line.contains("Tests") {
        let next = index + 1 < file.lines.count ? file.lines[index + 1] : ""
        if !next.contains("Tests") {
          problems.append(problem(file.path, index + 1, "a suite whose name doesn't end in Tests"))
        }
      }
      guard SwiftSource.has("@Test", in: code) else { continue }
      let name = Substring(file.lines[index...].prefix(3).joined(separator: " ")).quoted.first ?? ""
      let outcome = name.prefix { $0.isLowercase || $0 == " " }
      if outcome.isEmpty || outcome.count > 16 || !name.dropFirst(outcome.count).hasPrefix(": ") {
        problems.append(problem(file.path, index + 1, "a test that doesn't say its outcome"))
      }
    }
    return problems
  }

  /// Links of a Markdown text that point nowhere; `exists` is asked with paths from the root.
  static func linkProblems(_ file: TreeFile, exists: (String) -> Bool) -> [String] {
    var problems: [String] = []
    var isFenced = false
    for (index, line) in file.lines.enumerated() {
      if line.hasPrefix("```") { isFenced.toggle() }
      guard !isFenced else { continue }
      for part in String(line).components(after: "](") {
        let target = part.prefix { $0 != ")" && $0 != "#" && $0 != " " }
        guard !target.isEmpty, !target.contains("://"), !target.hasPrefix("mailto:") else {
          continue
        }
        let path = resolved(String(target), from: file.folder)
        if !exists(path) { problems.append(problem(file.path, index + 1, "no \(path)")) }
      }
    }
    return problems
  }

  private static func resolved(_ target: String, from folder: String) -> String {
    var parts = target.hasPrefix("/") ? [] : folder.split(separator: "/")
    for part in target.split(separator: "/") where part != "." {
      if part == ".." { parts = parts.dropLast() } else { parts.append(part) }
    }
    return parts.joined(separator: "/")
  }

  /// Debian packages that a manifest names: in `system(…, debian: "x")` and in `// Debian: x`.
  static func debianPackages(_ manifest: String) -> [String] {
    manifest.components(after: "debian: \"").map { String($0.prefix { $0 != "\"" }) }
      + manifest.components(after: "// Debian: ").map {
        String($0.prefix { $0.isLetter || $0.isNumber || "-+.".contains($0) })
          .trimmingSuffix(".")
      }
  }

  /// The packages of a list: a name a line, `#` for comments.
  static func listed(_ list: String) -> Set<String> {
    Set(list.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") })
  }

  static let topAllowed: Set<String> = [
    "Package.swift", "Sources", "Tests", "schemas", "projections", "tools", "README.md",
  ]

  static func topProblems(_ names: [String]) -> [String] {
    names.filter { !topAllowed.contains($0) && !$0.hasPrefix(".") }
      .map { "\($0) has no place at the top" }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
