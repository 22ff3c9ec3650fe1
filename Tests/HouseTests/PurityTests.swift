import Testing

/// The modules of the four arrows, which know no clock, no socket, no fraction and no waiting.
private let pureFolders = ["Sources/Kernel", "Sources/Sagas", "projections"]

extension House {
  static let impureWords = [
    "Double", "Float", "Float16", "Float80", "CGFloat", "Date", "UUID", "async", "await", "Task",
    "Thread", "print", "readLine", "ContinuousClock", "SuspendingClock",
    "SystemRandomNumberGenerator",
    ".random", ".randomElement", ".shuffled", ".hashValue", "CommandLine",
  ]

  static func purityProblems(_ path: String, _ source: SwiftSource) -> [String] {
    impureWords.flatMap { word in
      source.lines(with: word).map { problem(path, $0, "\(word) in a pure module") }
    }
  }

  /// `default:` hides a new fact from the compiler.
  static func defaultProblems(_ path: String, _ source: SwiftSource) -> [String] {
    source.code.enumerated().compactMap { index, line in
      let words = line.split(separator: " ")
      guard words.first == "default:" || words.first == "@unknown" else { return nil }
      return problem(path, index + 1, "a switch with a default")
    }
  }
}

@Suite struct PurityTests {
  @Test("does: Kernel, Sagas and projections are pure, and their switches name every case")
  func pure() {
    for (file, source) in Tree.swift
    where pureFolders.contains(where: { file.path.hasPrefix($0 + "/") }) {
      let problems =
        House.purityProblems(file.path, source) + House.defaultProblems(file.path, source)
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
  }

  @Test("refuses: fractions, clocks, chance, waiting and defaults in pure code")
  func refuses() {
    let bad = """
      let rate: Double = 1
      let now = Date()
      func ask() async -> Int { await other() }
      let dice = [1, 2].randomElement()
      switch fact {
      case .one: break
      default: break
      }
      """
    let source = SwiftSource(bad)
    let problems = House.purityProblems("a.swift", source)
    #expect(problems.count == 5, "\(problems)")
    #expect(House.defaultProblems("a.swift", source) == ["a.swift:7: a switch with a default"])
  }

  @Test("ignores: the same words in comments, texts, longer names and subscripts")
  func ignores() {
    let good = """
      // A Double, a Date, an await.
      /* async /* Task */ Float */
      let text = "Double \\(name("Float")) Date"
      let lines = \"\"\"
        default: Task
        \"\"\"
      let updated = DateText(1), doubles = Doubles()
      counts[key, default: 0] += 1
      """
    let source = SwiftSource(good)
    #expect(House.purityProblems("a.swift", source).isEmpty)
    #expect(House.defaultProblems("a.swift", source).isEmpty)
    #expect(source.code.count == 8)
  }
}
