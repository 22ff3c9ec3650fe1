import Kernel
import Synchronization

/// The newest notices as they came, for people: those taken, refused and forged.
///
/// In memory only: what was taken is in the log byte for byte (`payment.observed`), what was
/// refused ends with the process. Forged ones push out none but forged ones, so that nobody without
/// the provider's secret empties the book.
public final class NoticeBook: Sendable {
  /// What a notice's signature is worth.
  enum Verdict: String, Sendable {
    case good, wrong, missing, several
  }

  /// One notice, and what became of it.
  struct Entry: Sendable {
    var number = 0
    let at: Instant
    let from: String
    /// As it was signed; nil where it wasn't.
    let signature: String?
    let verdict: Verdict
    let outcome: Metrics.NoticeOutcome
    var reason: String?
    /// The last fact it led to.
    var position: UInt64?
    let bytes: Int
    /// Its beginning, where it is longer than the book keeps.
    let body: [UInt8]
  }

  /// Bytes of one notice that are kept.
  static let bodyMost = 16 * 1024

  private struct State {
    var last = 0
    var signed: [Entry] = []
    var forged: [Entry] = []
  }

  private let most: Int
  private let state = Mutex(State())

  /// - Parameter most: Notices kept that were signed; of forged ones a quarter.
  public init(most: Int = 400) { self.most = most }

  func add(_ entry: Entry) {
    state.withLock { state in
      var entry = entry
      state.last += 1
      entry.number = state.last
      if entry.outcome == .forged {
        if state.forged.count >= max(1, most / 4) { state.forged.removeFirst() }
        state.forged.append(entry)
      } else {
        if state.signed.count >= most { state.signed.removeFirst() }
        state.signed.append(entry)
      }
    }
  }

  /// The newest first, below a number.
  func entries(before number: Int, limit: Int) -> [Entry] {
    let all = state.withLock { $0.signed + $0.forged }
    return Array(all.filter { $0.number < number }.sorted { $0.number > $1.number }.prefix(limit))
  }

  func entry(_ number: Int) -> Entry? {
    state.withLock { state in
      (state.signed + state.forged).first { $0.number == number }
    }
  }
}
