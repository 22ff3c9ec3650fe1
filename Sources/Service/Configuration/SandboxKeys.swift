/// The keys of a sandbox, made once and kept in its data folder, each in a file of mode 0600.
public struct SandboxKeys {
  /// The two who approve in a sandbox.
  static let approvers = ["ana", "ben"]

  public static func file(ofApprover name: String) -> String { "approver-\(name)-key" }

  let folder: String
  let generates: Bool
  private(set) var problems: [ConfigurationProblem] = []

  init(folder: String, generates: Bool) {
    self.folder = folder
    self.generates = generates
  }

  /// The key of a name, as 64 hex digits.
  mutating func text(_ name: String) -> String {
    var chance = SystemRandomNumberGenerator()
    let made = (0..<4).map { _ in
      let digits = String(UInt64.random(in: .min ... .max, using: &chance), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
    guard generates else { return made }
    let path = folder + "/" + name
    do throws(FileText.Failure) {
      if case .success(let kept) = Result(catching: { () throws(FileText.Failure) in
        try FileText.read(path).text.trimmed
      }) {
        return kept
      }
      try FileText.createFolder(folder)
      try FileText.create(path, made + "\n")
    } catch {
      problems.append(ConfigurationProblem(path, error.words))
    }
    return made
  }
}
