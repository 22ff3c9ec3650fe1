import Gateways
import Kernel
import Synchronization

/// Whether the bot can do what it is there for, as Telegram's answers to this process tell.
final class AccessWatch: Sendable {
  private struct Trouble {
    let since: Instant
    let words: String
  }

  private struct State {
    /// Telegram knows no such bot.
    var bot: Trouble?
    /// What people say doesn't come.
    var updates: Trouble?
    /// Channels in which the bot may not do what it should.
    var channels: [String: Trouble] = [:]
  }

  private let state = Mutex(State())
  private let isOn: Bool
  private let clock: @Sendable () -> Instant
  /// Who is to hear the same, on another node.
  private let passing: @Sendable (BotNote) -> Void
  private static let channelsMost = 1_000
  private static let channelsTold = 5

  static let off = "off: no telegram_bot_token, nobody is let into channels or removed from them"

  init(
    isOn: Bool, clock: @escaping @Sendable () -> Instant,
    passing: @escaping @Sendable (BotNote) -> Void = { _ in }
  ) {
    self.isOn = isOn
    self.clock = clock
    self.passing = passing
  }

  /// What is wrong; nil while people are let in and removed.
  var trouble: String? {
    guard isOn else { return Self.off }
    return state.withLock { state in
      let whole = [state.bot, state.updates].compactMap { $0 }
        .map { "since \($0.since.text): \($0.words)" }
      let channels = state.channels.sorted { ($0.value.since, $0.key) < ($1.value.since, $1.key) }
      let each = channels.prefix(Self.channelsTold).map {
        "in \($0.key) since \($0.value.since.text): \($0.value.words)"
      }
      let more = channels.count - each.count
      let all = whole + each + (more > 0 ? ["and in \(more) more channels"] : [])
      return all.isEmpty ? nil : "failing " + all.joined(separator: "; ")
    }
  }

  /// Takes in how one call of the bot's ended; `chat` as it was named in it.
  func note(_ method: String, _ chat: String?, _ failure: GatewayFailure?) {
    passing(BotNote(method: method, chat: chat, failure: failure))
    let now = clock()
    state.withLock { state in
      func keep(_ old: Trouble?, _ words: String) -> Trouble {
        Trouble(since: old?.since ?? now, words: words)
      }
      if case .permanent(_, code: .credentials) = failure {
        state.bot = keep(state.bot, "Telegram knows no bot of that token")
        return
      }
      if failure?.isAnswer ?? true { state.bot = nil }
      if Self.bringing.contains(method) {
        state.updates = failure.map { keep(state.updates, Self.words(of: $0)) }
      }
      guard let chat, chat.hasPrefix("-"), method != "getChatMember" else { return }
      switch failure {
      case nil: state.channels[chat] = nil
      case .permanent(let why, code: .rightsMissing), .permanent(let why, code: .chatUnknown):
        guard state.channels[chat] != nil || state.channels.count < Self.channelsMost else {
          return
        }
        state.channels[chat] = keep(state.channels[chat], "the bot has no right there, \(why)")
      case .permanent, .transient, .unknown: break
      }
    }
  }

  /// Calls without which nothing is heard.
  private static let bringing: Set<String> = ["getUpdates", "setWebhook"]

  private static func words(of failure: GatewayFailure) -> String {
    if case .permanent(let why, code: .notAvailable) = failure {
      return "somebody else takes the bot's updates, \(why)"
    }
    return "the bot hears nothing, \(failure)"
  }
}

extension GatewayFailure {
  /// Whether the other side said so.
  fileprivate var isAnswer: Bool {
    switch self {
    case .permanent: true
    case .transient, .unknown: false
    }
  }
}
