import Testing

/// A module: where it lies and what it may import (architecture, section 3).
struct Module: Sendable {
  let name: String
  let folder: String
  /// Modules of ours, C libraries among them.
  let ours: Set<String>
  /// What the toolchain brings.
  let system: Set<String>

  init(_ name: String, at folder: String? = nil, _ ours: String = "", system: String = "") {
    self.name = name
    self.folder = folder ?? "Sources/\(name)"
    self.ours = Set(ours.split(separator: " ").map(String.init))
    self.system = Set(system.split(separator: " ").map(String.init))
  }

  /// In order of level.
  static let all: [Module] = [
    Module("CSQLite"), Module("COpenSSL"), Module("CLZ4"), Module("CISAL"),
    Module("CSecp256k1"), Module("CMicroHTTPD"), Module("CCurl"), Module("CBotan"),
    Module("CPostgres"), Module("CArgon2"),
    Module("CSimdjson"),
    Module("Kernel"),
    Module("Model", at: "Tests/Model", "Kernel"),
    Module("JSON", "CSimdjson"),
    Module("Sagas", "Kernel"),
    Module("Projections", at: "projections", "Kernel"),
    Module("Log", "Kernel JSON COpenSSL CLZ4 CISAL", system: "Glibc Synchronization"),
    Module("HTTP", "CMicroHTTPD CCurl", system: "Glibc Synchronization"),
    Module("Engine", "Kernel Log", system: "Glibc Synchronization"),
    Module("Tables", "Kernel CSQLite COpenSSL", system: "Glibc Synchronization Dispatch"),
    Module("PostgresLog", "Kernel Log CPostgres", system: "Glibc Synchronization"),
    Module(
      "Gateways", "Kernel JSON HTTP COpenSSL CSecp256k1 CBotan CCurl",
      system: "Glibc Synchronization FoundationEssentials"),
    Module("PostgresTables", "Kernel Log Tables PostgresLog", system: "Glibc Synchronization"),
    Module(
      "Service",
      "Kernel JSON Sagas Projections Log HTTP Engine PostgresLog Tables Gateways COpenSSL CArgon2",
      system: "Glibc Synchronization Dispatch FoundationEssentials Foundation"),
    Module(
      "Sandbox", at: "tools/sandbox", "Kernel JSON Log HTTP Gateways Service",
      system: "Glibc Synchronization Dispatch FoundationEssentials Foundation"),
    Module(
      "Bench", at: "tools/bench",
      "CLZ4 Kernel JSON Sagas Projections Log HTTP Engine PostgresLog Tables Gateways Service",
      system: "Glibc Synchronization FoundationEssentials Dispatch"),
    Module(
      "Simulator", at: "tools/simulator",
      "Kernel JSON Sagas Projections Log HTTP Engine Tables Gateways Service Sandbox",
      system: "Glibc Synchronization"),
    Module(
      "fuzz", at: "tools/fuzz", "Kernel JSON Log CISAL",
      system: "Glibc Synchronization Foundation"),
    Module(
      "weir", at: "tools/weir",
      "Kernel JSON Sagas Projections Log HTTP Engine PostgresLog Tables PostgresTables Gateways "
        + "Service Sandbox Bench Simulator",
      system: "Glibc Synchronization Dispatch FoundationEssentials Foundation"),
  ]

  static func owning(_ path: String) -> Module? {
    all.first { path.hasPrefix($0.folder + "/") }
  }
}

extension House {
  /// The modules a file imports, with their lines: attributes, access and `import struct M.T` too.
  static func imports(_ source: SwiftSource) -> [(module: String, line: Int)] {
    source.code.enumerated().compactMap { index, line in
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ";" })
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({ isImportPrefix($0) })
      else { return nil }
      let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let"]
      let isScoped = kinds.contains(words[place + 1]) && place + 2 < words.count
      let named = isScoped ? words[place + 2] : words[place + 1]
      return named.split(separator: ".").first.map { (String($0), index + 1) }
    }
  }

  private static func isImportPrefix(_ word: Substring) -> Bool {
    let access: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    return word.hasPrefix("@") || access.contains(word)
  }

  static func importProblems(_ path: String, _ source: SwiftSource, _ module: Module) -> [String] {
    imports(source)
      .filter { !module.ours.contains($0.module) && !module.system.contains($0.module) }
      .map { problem(path, $0.line, "\(module.name) may not import \($0.module)") }
  }
}

@Suite struct ImportTests {
  @Test("does: every module imports only what its level allows")
  func imports() {
    for (file, source) in Tree.swift {
      guard let module = Module.owning(file.path) else { continue }
      let problems = House.importProblems(file.path, source, module)
      #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
    }
  }

  @Test("does: every folder of code is a module of the table, and none is missing")
  func folders() {
    for (file, _) in Tree.swift where file.isUnder("Sources", "projections", "tools") {
      #expect(Module.owning(file.path) != nil, "\(file.path) is in no module of ImportTests")
    }
    for module in Module.all {
      #expect(Tree.exists(module.folder), "\(module.folder) is not there")
    }
  }

  @Test("does: the table goes from low to high, and the manifest gives no target more")
  func levels() {
    var lower: Set<String> = []
    for module in Module.all {
      #expect(module.ours.isSubset(of: lower), "\(module.name) imports upward")
      lower.insert(module.name)
    }
    let needs = House.manifestNeeds(Tree.text("Package.swift") ?? "")
    #expect(needs.count >= 10)
    let apart = ["Support", "appender", "CSimdjson"]
    for (name, needed) in needs where !name.hasSuffix("Tests") && !apart.contains(name) {
      let allowed = Module.all.first { $0.name == name }?.ours ?? []
      #expect(needed.isSubset(of: allowed), "\(name) needs \(needed.subtracting(allowed))")
    }
  }

  @Test("refuses: an import of a higher level, however it is written")
  func refuses() {
    let kernel = Module("Kernel")
    let bad = """
      import Log
      public import JSON
      @testable import Engine
      @_exported public import struct Foundation.URL
      // import Comment
      let text = "import Glibc"
      """
    let problems = House.importProblems("a.swift", SwiftSource(bad), kernel)
    #expect(problems.count == 4)
    #expect(problems.last == "a.swift:4: Kernel may not import Foundation")
    let needs = House.manifestNeeds("library(\"Low\", [\"High\", \"Other\"]),\nlibrary(\"None\"),")
    #expect(needs["Low"] == ["High", "Other"])
    #expect(needs["None"] == [])
  }
}

extension House {
  /// What each target of the manifest depends on, read from its text.
  static func manifestNeeds(_ manifest: String) -> [String: Set<String>] {
    var needs: [String: Set<String>] = [:]
    let text = manifest.split(separator: "\n").filter { !$0.contains("func ") }
      .joined(separator: " ")
    for maker in ["library(", "program(", "tests(", ".target("] {
      for part in text.components(after: maker) {
        let quoted = part.quoted
        guard let name = quoted.first else { continue }
        let end = part.firstIndex(of: ")") ?? part.endIndex
        guard let list = part[..<end].firstIndex(of: "[") else {
          needs[name] = []
          continue
        }
        let close = part[list...].firstIndex(of: "]") ?? end
        needs[name] = Set(Substring(part[list..<close]).quoted)
      }
    }
    return needs
  }
}

extension String {
  /// What follows each time `mark` stands in the text.
  func components(after mark: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let found = rest.firstRange(of: mark) {
      rest = rest[found.upperBound...]
      parts.append(rest)
    }
    return parts
  }
}

extension Substring {
  /// The texts between double quotes, in order.
  var quoted: [String] {
    split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }
}
