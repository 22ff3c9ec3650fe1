import Foundation

/// One text file of the repository.
struct TreeFile: Sendable {
  /// Relative to the root, `/` between the parts.
  let path: String
  let text: String

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
  var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  func isUnder(_ folders: String...) -> Bool {
    folders.contains { path.hasPrefix($0 + "/") }
  }

  func ends(in endings: String...) -> Bool { endings.contains { path.hasSuffix($0) } }
}

/// The repository as it lies on disk, without what builds and tools leave behind.
enum Tree {
  static let root: URL = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root
  }()

  /// Every path that is ours, relative and sorted.
  static let paths: [String] = {
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let place = folder.isEmpty ? root : root.appendingPathComponent(folder)
      for name in (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? [] {
        guard !isLeftover(name) else { continue }
        let path = folder.isEmpty ? name : folder + "/" + name
        var isFolder: ObjCBool = false
        let place = root.appendingPathComponent(path).path
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
          continue
        }
        if isFolder.boolValue { folders.append(path) } else { found.append(path) }
      }
    }
    return found.sorted()
  }()

  /// Every file that is text.
  static let files: [TreeFile] = paths.compactMap { path in
    (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8))
      .map { TreeFile(path: path, text: $0) }
  }

  static let swift: [(file: TreeFile, source: SwiftSource)] =
    files.filter { $0.ends(in: ".swift") }.map { ($0, SwiftSource($0.text)) }

  static func text(_ path: String) -> String? { files.first { $0.path == path }?.text }

  static func isExecutable(_ path: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: root.appendingPathComponent(path).path)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
  }

  /// Names at the top of the repository, dot files among them.
  static var top: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).sorted()
  }

  private static func isLeftover(_ name: String) -> Bool {
    // A fuzzer's corpus is bytes, also where they happen to be text.
    [".git", "__pycache__", "node_modules", ".DS_Store", "corpus"].contains(name)
      || [".build", ".venv"].contains { name.hasPrefix($0) }
  }
}
