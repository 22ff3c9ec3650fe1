import Kernel
import Synchronization

/// The newest notices as they came, for people: those taken, refused and forged.
///
/// What was taken is in the log byte for byte (`payment.observed`), and here in memory. What the
/// provider signed and nobody took is in a file besides, and outlives the process. Forged ones end
/// with it, and push out none but forged ones, so that nobody without the provider's secret empties
/// the book or fills a disk.
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

    /// Whether nothing but the book has it.
    var isOnlyHere: Bool {
      guard verdict == .good else { return false }
      return switch outcome {
      case .refused, .malformed, .unavailable: true
      case .accepted, .replayed, .ignored, .forged: false
      }
    }
  }

  /// Bytes of one notice that are kept.
  static let bodyMost = 16 * 1024

  private struct State {
    var last = 0
    var signed: [Entry] = []
    var forged: [Entry] = []
    /// Lines of the file.
    var lines = 0
  }

  private let most: Int
  private let file: NoticeFile?
  private let state = Mutex(State())

  /// - Parameters:
  ///   - path: The file of what the log doesn't hold; nil for memory alone.
  ///   - most: Notices kept that were signed; of forged ones a quarter.
  public init(path: String? = nil, most: Int = 400) {
    self.most = most
    file = path.map { NoticeFile(path: $0) }
    guard let file else { return }
    let kept = Array(file.read().suffix(most))
    state.withLock { state in
      state.signed = kept
      state.last = kept.map(\.number).max() ?? 0
      state.lines = kept.count
    }
    if !kept.isEmpty { file.replace(kept) }
  }

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
      guard let file, entry.isOnlyHere else { return }
      // Under the lock, so that lines stand in order.
      state.lines += 1
      if state.lines <= 2 * most { return file.add(entry) }
      let kept = state.signed.filter(\.isOnlyHere)
      file.replace(kept)
      state.lines = kept.count
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
