import Testing

/// The rules on made-up bad input: each is seen to fail.
@Suite struct TidyRuleTests {
  private func file(_ text: String, _ path: String = "Sources/A/a.swift") -> TreeFile {
    TreeFile(path: path, text: text)
  }

  @Test("refuses: a line, a file and a function one over the limit; takes them at it")
  func sizes() {
    let long = String(repeating: "x", count: 101)
    #expect(House.sizeProblems(file(long + "\n")).count == 1)
    #expect(House.sizeProblems(file(String(long.dropLast()) + "\n")).isEmpty)
    #expect(House.sizeProblems(file(String(repeating: "\n", count: 301))).count == 1)
    #expect(House.sizeProblems(file(String(repeating: "\n", count: 300))).isEmpty)
    for (body, expected) in [(68, 0), (69, 1)] {
      let lines = String(repeating: "  work()\n", count: body)
      let swift = SwiftSource("func a(\n) {\n" + lines.dropLast(9) + "}\n")
      #expect(Function.inSwift(swift).first?.count == body + 2)
      #expect(House.functionProblems("a", Function.inSwift(swift)).count == expected)
    }
  }

  @Test("refuses: long functions wherever they stand")
  func functions() {
    let swift = SwiftSource(
      """
      struct A {
        let list = [1, 2].map { $0 }
        var sum: Int {
          list.reduce(0) { $0 + $1 }
        }
        init(_ f: (Int) -> Void = { _ in }) {
          self.init(text: "")
        }
        func one() -> String { "}" }
      }
      """)
    #expect(
      Set(Function.inSwift(swift)) == [
        Function(name: "var", line: 3, count: 3), Function(name: "init", line: 6, count: 3),
        Function(name: "func", line: 9, count: 1),
      ])
    let python =
      "class A:\n  def one(\n    self,\n  ):\n    a\n\n    b\n\n  def two(self): pass\nx = 1"
    let lines = python.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(Function.inPython(lines).map(\.count) == [6, 1])
    let shell = "go() {\n  a\n  if b; then {\n    c\n  }; fi\n}\n".split(separator: "\n")
    #expect(Function.inShell(shell).map(\.count) == [6])
  }

  @Test("refuses: notes to self, hidden ends and skips, forced tries")
  func words() {
    let mark = "TO" + "DO"
    let text = """
      // \(mark): later
      func a() { fatal\("Error")() }
      @Test(.dis\("abled")()) func b() {}
      let c = try! d()
      let e = Process\("")()
      """
    let bad = file(text)
    #expect(House.wordProblems(bad, SwiftSource(text)).count == 5)
    let test = file(text, "Tests/A/a.swift")
    #expect(House.wordProblems(test, SwiftSource(text)).count == 4)
    let good = file("let \(mark)S = 1 // mktemp \(String(repeating: "X", count: 6))")
    #expect(House.wordProblems(good, SwiftSource(good.text)).isEmpty)
  }

  @Test("refuses: a promise to the compiler without a reason on its line or above")
  func promises() {
    let bad = file("\nfinal class A: @unchecked Sendable {}\n\nnonisolated(unsafe) var b = 1")
    #expect(House.promiseProblems(bad, SwiftSource(bad.text)).count == 2)
    let good = file("// One thread only.\nfinal class A: @unchecked Sendable {}  // locked\n")
    #expect(House.promiseProblems(good, SwiftSource(good.text)).isEmpty)
  }

  @Test("refuses: suites and tests with other names")
  func names() {
    let bad = file("@Suite struct Things {}\n@Test func a() {}\n@Test(\"works\") func b() {}")
    #expect(House.testNameProblems(bad, SwiftSource(bad.text)).count == 3)
    let good = file("@Suite(.serialized)\nstruct ATests {}\n@Test(\"refuses: x\") func a() {}")
    #expect(House.testNameProblems(good, SwiftSource(good.text)).isEmpty)
  }

  @Test("refuses: dead links, strangers at the top; finds packages in both spellings")
  func lists() {
    let page = file(
      "[a](there.md) [b](../x/gone.md#part)\n```\n[c](code)\n```\n[d](https://e.f) [g](#h)",
      "docs/page.md")
    let problems = House.linkProblems(page) { $0 == "docs/there.md" }
    #expect(problems == ["docs/page.md:1: no x/gone.md"])
    #expect(
      House.topProblems(["Sources", ".ci", "notes.txt"]) == ["notes.txt has no place at the top"])
    let manifest = "system(\"A\", \"b\", debian: \"libb-dev\"),\n// Debian: libc++1-dev. Then\n"
    #expect(House.debianPackages(manifest) == ["libb-dev", "libc++1-dev"])
    #expect(House.listed("# no\nlibb-dev\n\n") == ["libb-dev"])
  }
}
