import Testing

@Suite struct TidyTests {
  private static let programs = Tree.files.filter {
    $0.ends(in: ".swift", ".py", ".sh", ".cpp", ".h") || $0.text.hasPrefix("#!")
  }

  @Test("does: files, functions and lines keep to their limits")
  func sizes() {
    #expect(Self.programs.count > 50)
    for file in Self.programs {
      var problems = House.sizeProblems(file)
      if file.ends(in: ".py") || file.text.hasPrefix("#!/usr/bin/env python") {
        problems += House.functionProblems(file.path, Function.inPython(file.lines))
      } else if file.text.hasPrefix("#!") {
        problems += House.functionProblems(file.path, Function.inShell(file.lines))
      }
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
    for (file, source) in Tree.swift {
      let problems = House.functionProblems(file.path, Function.inSwift(source))
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
  }

  @Test("does: no note to self, no hidden skip, no forced try, no promise without its reason")
  func words() {
    let swift = Dictionary(uniqueKeysWithValues: Tree.swift.map { ($0.file.path, $0.source) })
    for file in Tree.files where !file.ends(in: ".json", ".lock") {
      let problems = House.wordProblems(file, swift[file.path])
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
    for (file, source) in Tree.swift {
      let problems = House.promiseProblems(file, source)
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
  }

  @Test("does: suites and tests are named by outcome")
  func testNames() {
    for (file, source) in Tree.swift where file.isUnder("Tests") {
      let problems = House.testNameProblems(file, source)
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
  }

  @Test("does: the top of the repository holds what it may and no more")
  func top() {
    #expect(House.topProblems(Tree.top).isEmpty)
  }

  @Test("does: every module opens with a front page")
  func frontPages() {
    for module in Module.all where !module.name.hasPrefix("C") && module.name != "weir" {
      let count = Tree.swift.count { $0.file.isUnder(module.folder) }
      let page = Tree.files.first { $0.path == "\(module.folder)/\(module.name).swift" }
      let comment = page?.lines.filter { $0.hasPrefix("//") } ?? []
      #expect(count <= 1 || comment.count > 3, "\(module.name).swift says too little")
    }
  }

  @Test("does: Markdown links lead somewhere, and the README stays short")
  func links() {
    for file in Tree.files where file.ends(in: ".md") {
      let problems = House.linkProblems(file, exists: Tree.exists)
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
    let readme = Tree.files.first { $0.path == "README.md" }
    #expect((readme?.lines.count ?? 0) <= Size.readmeLines + 1)
  }

  @Test("does: tools/packages has every Debian package the manifest names")
  func packages() {
    let listed = House.listed(Tree.text("tools/packages") ?? "")
    let named = House.debianPackages(Tree.text("Package.swift") ?? "")
    #expect(named.count >= 7)
    for package in named { #expect(listed.contains(package), "\(package) is not in the list") }
  }

  @Test("does: what is meant to be run can be run")
  func executables() {
    for file in Tree.files where file.text.hasPrefix("#!") {
      #expect(Tree.isExecutable(file.path), "\(file.path) has no executable bit")
    }
    for path in [".ci/run", "tools/install", "tools/test"] {
      #expect(Tree.isExecutable(path), "\(path) can't be run")
    }
  }
}
