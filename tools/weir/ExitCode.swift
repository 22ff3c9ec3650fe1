/// What the program ends with; a number keeps its meaning for ever.
enum ExitCode: Int32, CaseIterable {
  case success = 0
  /// It was tried and didn't work: a disk, a port, a table.
  case failure = 1
  /// The configuration, or the folder's state, forbids it.
  case refused = 2
  /// The log is damaged, or isn't what was signed before.
  case damaged = 3
  /// The command line can't be understood (`EX_USAGE`).
  case usage = 64

  var meaning: String {
    switch self {
    case .success: "done"
    case .failure: "it was tried and didn't work"
    case .refused: "the configuration, or the folder's state, forbids it"
    case .damaged: "the log is damaged, or not what was signed; nothing was changed"
    case .usage: "the command line can't be understood"
    }
  }
}

/// Ends a command with a code and words for people.
struct Failure: Error {
  let code: ExitCode
  let words: String

  init(_ code: ExitCode, _ words: String) {
    self.code = code
    self.words = words
  }
}
