import Kernel
import Log
import Synchronization

/// Work that a browser does before a form is taken, so that nobody sends forms by the thousand: a
/// number is looked for with which the hash of a text begins with zeros (domain 7.1's captcha).
///
/// What is to be worked on is signed and kept nowhere; a solution is good once, for a form of one
/// kind, for ten minutes. What a restart forgets of solutions is good once more.
public final class HumanCheck: Sendable {
  /// The forms that ask for it.
  enum Form: String, CaseIterable, Sendable {
    case signup, register
  }

  /// Why a solution isn't taken.
  enum Obstacle: String, Error {
    case missing = "solve a challenge of /api/human-check first"
    case malformed = "the header must be a challenge, a space and its solution"
    case foreign = "the challenge isn't one for this form"
    case late = "the challenge is too old"
    case wrong = "the solution doesn't solve the challenge"
    case used = "the solution was used"
    case many = "too many solutions are kept"
  }

  static let header = "Human-Check"
  static let seconds: Int64 = 600
  /// Beyond, solutions would be worth more to keep than to make.
  static let bitsMost = 28
  private static let keptMost = 200_000

  /// Zeros the hash must begin with, each twice the work; 0 where nothing is asked.
  let bits: Int
  private let tokens: Tokens
  /// Solved, and until when they'd be good: in seconds.
  private let used = Mutex<[String: Int64]>([:])

  init(bits: Int, tokens: Tokens) {
    self.bits = bits
    self.tokens = tokens
  }

  /// A text to work on.
  func challenge(_ form: Form, at now: Instant) -> String {
    let end = now.microseconds / 1_000_000 + Self.seconds
    return tokens.sealed("\(form.rawValue).\(end).\(HexText.of(Cipher.chance(16)))")
  }

  /// Takes a header's solution, or says what is wrong with it; a trial doesn't use it up.
  func take(
    _ header: String?, _ form: Form, at now: Instant, isTrial: Bool = false
  ) throws(Obstacle) {
    guard bits > 0 else { return }
    guard let header else { throw .missing }
    let words = header.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, header.utf8.count <= 300, !words[1].isEmpty else { throw .malformed }
    guard let text = tokens.unsealed(String(words[0])) else { throw .foreign }
    let parts = text.split(separator: ".")
    guard parts.count == 3, parts[0] == form.rawValue, let end = Int64(parts[1]) else {
      throw .foreign
    }
    let seconds = now.microseconds / 1_000_000
    guard seconds < end else { throw .late }
    guard Self.zeros(of: "\(words[0]):\(words[1])") >= bits else { throw .wrong }
    let why: Obstacle? = used.withLock { used in
      guard used[text] == nil else { return .used }
      if isTrial { return nil }
      if used.count >= Self.keptMost { used = used.filter { $0.value > seconds } }
      guard used.count < Self.keptMost else { return .many }
      used[text] = end
      return nil
    }
    if let why { throw why }
  }

  /// Bits that are zero before the first that isn't, in the SHA-256 of a text.
  static func zeros(of text: String) -> Int {
    var count = 0
    for byte in SHA256.digest(of: Array(text.utf8)) {
      count += byte.leadingZeroBitCount
      if byte != 0 { break }
    }
    return count
  }
}
