import Foundation
import Support

/// The story's program under strace.
struct Strace {
  /// The calls that change a folder, and those that open and close what they are made on.
  static let names = [
    "openat", "pwrite64", "fdatasync", "fsync", "rename", "unlink", "ftruncate", "mkdir", "flock",
  ]

  /// Where tests may trace at all: in some containers nobody may.
  static let isAllowed: Bool = {
    let outcome = try? ChildProcess.run("strace", ["-qq", "-e", "trace=none", "/bin/true"])
    return outcome?.code == 0
  }()

  static let program: String = {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = own.deletingLastPathComponent()
    while folder.path != "/" {
      let file = folder.appending(path: "appender").path
      if FileManager.default.isExecutableFile(atPath: file) { return file }
      folder.deleteLastPathComponent()
    }
    let source = URL(filePath: #filePath).deletingLastPathComponent()
    return source.appending(path: "../../.build/debug/appender").standardized.path
  }()

  /// What a run left.
  struct Run {
    let outcome: ChildProcess.Outcome
    let calls: [Call]
    /// Groups whose append returned.
    var acknowledged: Int { outcome.lines.count { $0.hasPrefix("ack ") } }
    var isDone: Bool { outcome.lines.last == "done" }
  }

  /// One system call that touched the folder, or told of a group.
  struct Call: CustomStringConvertible {
    let name: String
    /// How many of its name the thread had made, itself included: what `when=` counts.
    let number: Int
    let thread: Substring
    /// The paths it names, or that of the file it is made on.
    let paths: [String]
    let text: String
    var hasFailed: Bool { text.contains(" = -1 E") }
    var isInjected: Bool { text.hasSuffix("(INJECTED)") }
    var description: String { "\(name) \(number) (\(text.prefix(90)))" }
  }

  /// Runs the story in a folder, with strace's own words for what is to fail.
  static func run(
    in folder: String, trace: String, _ words: [String] = [], environment: [String: String] = [:]
  ) throws -> Run {
    var all = ["-f", "-qq", "-o", trace, "-s", "16", "-e"]
    all.append("trace=" + (names + ["write", "close"]).joined(separator: ","))
    all +=
      words + environment.sorted { $0.key < $1.key }.flatMap { ["-E", "\($0.key)=\($0.value)"] }
    let outcome = try ChildProcess.run("strace", all + [program, folder])
    let text = try String(contentsOfFile: trace, encoding: .utf8)
    return Run(outcome: outcome, calls: calls(in: text, folder))
  }

  /// The calls in order of their ends; those that a kill cut off are not among them.
  private static func calls(in text: String, _ folder: String) -> [Call] {
    let parent = URL(filePath: folder).deletingLastPathComponent().path
    var calls: [Call] = []
    var begun: [Substring: Substring] = [:]
    var counts: [String: Int] = [:]
    var files: [Substring: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let thread = parts[0]
      var text = String(parts[1].drop { $0 == " " })
      if text.hasSuffix("<unfinished ...>") {
        begun[thread] = text.dropLast(17)[...]
        continue
      }
      if text.hasPrefix("<... "), let start = begun.removeValue(forKey: thread) {
        text = String(start + text.drop { $0 != ">" }.dropFirst())
      }
      let name = String(text.prefix { $0 != "(" })
      guard text.contains("(") else { continue }
      counts["\(thread) \(name)", default: 0] += 1
      let paths = paths(of: text, name, &files)
      let tells = name == "write" && text.hasPrefix("write(1, \"ack")
      let isOurs = paths.contains { $0.hasPrefix(folder) || $0 == parent }
      guard tells || isOurs else { continue }
      calls.append(
        Call(
          name: name, number: counts["\(thread) \(name)"] ?? 0, thread: thread, paths: paths,
          text: text))
    }
    return calls
  }

  private static func paths(
    of text: String, _ name: String, _ files: inout [Substring: String]
  ) -> [String] {
    let quoted = text.split(separator: "\"", omittingEmptySubsequences: false)
    switch name {
    case "openat":
      let number = text.split(separator: " = ").last?.prefix { $0.isNumber } ?? ""
      let path = quoted.count > 1 ? String(quoted[1]) : ""
      if !number.isEmpty { files[number] = path }
      return [path]
    case "rename": return quoted.count > 3 ? [String(quoted[1]), String(quoted[3])] : []
    case "unlink", "mkdir": return quoted.count > 1 ? [String(quoted[1])] : []
    default:
      let number = text.drop { $0 != "(" }.dropFirst().prefix { $0.isNumber }
      return files[number].map { [$0] } ?? []
    }
  }
}
