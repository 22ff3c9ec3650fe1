import Gateways
import Kernel

/// How one call of the bot's ended, for the node that tells people of it.
struct BotNote: Hashable, Sendable {
  var method: String
  /// As it was named in the call.
  var chat: String?
  var failure: GatewayFailure?

  static let blank = BotNote(method: "", chat: nil, failure: nil)

  mutating func list(_ fields: inout StateFields) {
    var (kind, words, code, seconds) = (0, "", "", Int?.none)
    switch failure {
    case nil: break
    case .transient(let why, let after): (kind, words, seconds) = (1, why, after)
    case .unknown(let why): (kind, words) = (2, why)
    case .permanent(let why, let refusal): (kind, words, code) = (3, why, refusal.rawValue)
    }
    fields.text("method", &method)
    fields.text("chat", &chat)
    fields.number("kind", &kind)
    fields.text("words", &words)
    fields.text("code", &code)
    fields.optional("seconds", &seconds, blank: 0) { $1.number("number", &$0) }
    guard fields.isReading, fields.isSound else { return }
    switch (kind, GatewayRefusal(rawValue: code)) {
    case (0, _): failure = nil
    case (1, _): failure = .transient(words, retryAfterSeconds: seconds)
    case (2, _): failure = .unknown(words)
    case (3, let refusal?): failure = .permanent(words, code: refusal)
    case _: fields.refuse()
    }
  }
}
