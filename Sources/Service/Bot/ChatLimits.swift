import Gateways
import Kernel

/// How much of what one person says the bot hears (C-13): beyond it nothing is written down, and
/// nobody else waits for it.
///
/// Counted in memory by this process; who goes beyond is told so once a minute. Asking to join a
/// channel isn't counted: it is heard of those alone who have paid for it.
public final class ChatLimits: Sendable {
  private let limits: RateLimits
  private let tell: @Sendable (ChatUpdate) -> Void

  static let words = "That was too much at once. Please wait a minute."

  init(isOn: Bool, tell: @escaping @Sendable (ChatUpdate) -> Void) {
    limits = RateLimits(path: nil, isOn: isOn)
    self.tell = tell
  }

  /// Tells by the bot, where there is one; that it can't be told changes nothing.
  convenience init(isOn: Bool, _ telegram: TelegramClient?) {
    self.init(isOn: isOn) { said in
      guard let telegram else { return }
      Task {
        if let query = said.query {
          try? await telegram.answer(query, Self.words)
        } else {
          _ = try? await telegram.send(Self.words, to: said.user.text)
        }
      }
    }
  }

  /// False where it goes beyond, and is to be forgotten.
  func hears(_ update: TelegramUpdate, at now: Instant) -> Bool {
    guard let said = update.said, said.joins == nil else { return true }
    let user = said.user.text
    guard limits.take(.chat, user, at: now) != nil || limits.take(.chatDay, user, at: now) != nil
    else { return true }
    if limits.take(.chatTold, user, at: now) == nil { tell(said) }
    return false
  }
}
