import Log

/// Why the server didn't do what it was asked.
package struct PostgresFailure: Error {
  /// The five letters of SQLSTATE; empty where the session broke.
  package let state: String
  package let words: String
  /// Nobody heard how it ended: the session broke, or the server is on its way down.
  package let isLost: Bool
  /// What a store says of it; nil where that depends on who asked.
  private(set) var stored: StoreError?

  /// A refusal of our own.
  init(_ stored: StoreError) {
    self.init(state: "WEIR0", words: stored.description)
    self.stored = stored
  }

  init(state: String, words: String) {
    self.state = state
    self.words = words
    // 08: the connection; 57P: the server goes down or comes up; 25006: it is a standby by now.
    isLost = state.hasPrefix("08") || state.hasPrefix("57P") || state == "25006"
  }

  init(lost words: String) {
    state = ""
    self.words = words
    isLost = true
  }

  /// The transaction was undone for others' sake, and may be tried again as it is.
  var isRetryable: Bool { state == "40001" || state == "40P01" }

  /// The server has no room.
  var isFull: Bool { state == "53100" }
}
