import FoundationEssentials
import JSON
import Kernel
import Synchronization

/// The one table of limits on how often something may be asked (C-13, domain 7.9).
enum RateRule: String, CaseIterable, Sendable {
  case signup, login, loginName, mail, token, register, account
  /// What one person says to the bot; the whole day; and how often he is told that it is too much.
  case chat, chatDay, chatTold

  /// So many at once, and again as many spread over the time.
  var most: Int64 {
    switch self {
    case .signup, .register: 5
    case .login, .loginName, .token: 10
    case .mail: 3
    case .account: 600
    case .chat: 60
    case .chatDay: 2_000
    case .chatTold: 1
    }
  }

  var seconds: Int64 {
    switch self {
    case .signup, .login, .loginName: 900
    case .mail, .token, .register: 3_600
    case .account, .chat, .chatTold: 60
    case .chatDay: 86_400
    }
  }
}

/// How often whom something was asked by, and who failed to sign in; the failures survive a
/// restart.
///
/// A limit is a bucket that runs out evenly: `most` at once, then one in each `seconds / most`.
/// Subjects are aliases, so that neither memory nor file names anybody. The file is written anew
/// at each failure; what a power cut takes of it is a few tries.
public final class RateLimits: Sendable {
  private struct Failures {
    var count = 0
    /// Microseconds.
    var until: Int64 = 0
  }

  private struct State {
    /// When a bucket will be full again, in microseconds.
    var full: [String: Int64] = [:]
    var failures: [String: Failures] = [:]
  }

  private let state: Mutex<State>
  private let path: String?
  private let isOn: Bool
  private static let most = 50_000
  /// Wrong passwords before each further one takes longer.
  private static let freeFailures = 5
  private static let longestWait: Int64 = 900
  private static let forgetAfter: Int64 = 86_400

  /// - Parameter path: The file of failures; nil for memory alone.
  public init(path: String?, isOn: Bool = true) {
    self.path = path
    self.isOn = isOn
    var state = State()
    if let path, let text = try? String(contentsOfFile: path, encoding: .utf8) {
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count == 3, let count = Int(words[1]), let until = Int64(words[2]) else {
          continue
        }
        state.failures[String(words[0])] = Failures(count: count, until: until)
      }
    }
    self.state = Mutex(state)
  }

  /// Takes one of a subject's; seconds to wait where there is none left.
  func take(_ rule: RateRule, _ subject: String, at now: Instant) -> Int? {
    guard isOn else { return nil }
    return state.withLock { state in
      let key = rule.rawValue + "|" + subject
      let step = rule.seconds * 1_000_000 / rule.most
      let full = max(state.full[key] ?? 0, now.microseconds) + step
      let over = full - now.microseconds - rule.seconds * 1_000_000
      guard over <= 0 else { return Int((over + 999_999) / 1_000_000) }
      if state.full.count >= Self.most {
        state.full = state.full.filter { $0.value > now.microseconds }
      }
      state.full[key] = full
      return nil
    }
  }

  /// Seconds until a subject may try to sign in again; nil where it may.
  func wait(_ subject: String, at now: Instant) -> Int? {
    guard isOn else { return nil }
    return state.withLock { state in
      guard let failures = state.failures[subject], failures.until > now.microseconds else {
        return nil
      }
      return Int((failures.until - now.microseconds + 999_999) / 1_000_000)
    }
  }

  /// A wrong password: from the sixth on the next try waits, each time twice as long.
  func fail(_ subject: String, at now: Instant) {
    change(at: now) { state in
      var failures = state.failures[subject] ?? Failures()
      if failures.until + Self.forgetAfter * 1_000_000 < now.microseconds { failures.count = 0 }
      failures.count += 1
      let over = failures.count - Self.freeFailures
      let wait = over <= 0 ? 0 : min(Self.longestWait, 15 << Int64(min(over - 1, 20)))
      failures.until = now.microseconds + wait * 1_000_000
      state.failures[subject] = failures
    }
  }

  /// The right password: what was wrong before counts no more.
  func succeed(_ subject: String, at now: Instant) {
    let isKnown = state.withLock { $0.failures[subject] != nil }
    if isKnown { change(at: now) { $0.failures[subject] = nil } }
  }

  private func change(at now: Instant, _ edit: (inout State) -> Void) {
    state.withLock { state in
      edit(&state)
      let oldest = now.microseconds - Self.forgetAfter * 1_000_000
      state.failures = state.failures.filter { $0.value.until > oldest }
      guard let path else { return }
      let text = state.failures.sorted { $0.key < $1.key }
        .map { "\($0.key) \($0.value.count) \($0.value.until)\n" }.joined()
      // Under the lock, so that files replace each other in order. One that can't be written
      // costs memory of failures, and nothing else.
      try? Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }
  }
}
