/// Tests of the repository itself: what isn't checked is decoration.
///
/// Each rule is a function from text to problems, run over the tree by one test and over made-up
/// bad input by another, so that every rule is known to be able to fail. Reading order:
/// `Tree.swift` (the files), `SwiftSource.swift` (code without comments and strings), then a file
/// a rule.
enum House {
  /// What is wrong, where: `path:line: what`.
  static func problem(_ path: String, _ line: Int, _ what: String) -> String {
    "\(path):\(line): \(what)"
  }
}
