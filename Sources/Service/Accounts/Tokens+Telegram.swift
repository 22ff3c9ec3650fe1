import Kernel

// The link by which an account's owner shows who he is in Telegram: `/start own_…` to the bot, at
// most 64 characters of the few that Telegram lets through. It says which account and since when,
// and is signed; that it is good once is the ledger's matter.
extension Tokens {
  /// Seconds a link is good for.
  static let linkSeconds: Int64 = 900
  private static let macBytes = 16

  /// What is to be said to the bot.
  func telegramLink(_ account: AccountID, at now: Instant) -> String {
    let seconds = now.microseconds / 1_000_000
    let body =
      Self.bytes(of: account) + (0..<8).map { UInt8(truncatingIfNeeded: seconds >> (56 - 8 * $0)) }
    return "/start " + AccountLink.prefix + Base64URL.text(body + seal(body)[0])
  }

  /// The account whose link was opened by these words; nil for other words, or where it is over.
  func readTelegramLink(_ words: String, at now: Instant) -> AccountLink? {
    let start = "/start " + AccountLink.prefix
    guard words.hasPrefix(start), let bytes = Base64URL.bytes(words.dropFirst(start.count)),
      bytes.count == 24 + Self.macBytes
    else { return nil }
    let (body, claimed) = (Array(bytes[..<24]), Array(bytes[24...]))
    guard seal(body).reduce(false, { Cipher.isEqual($1, claimed) || $0 }) else { return nil }
    let seconds = body[16...].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    let age = now.microseconds / 1_000_000 - seconds
    guard (-60..<Self.linkSeconds).contains(age), let account = Self.account(body[..<16]) else {
      return nil
    }
    return AccountLink(account: account, issued: Instant(microseconds: seconds * 1_000_000))
  }

  /// By each of the keys.
  private func seal(_ body: [UInt8]) -> [[UInt8]] {
    keys.map {
      Array(Cipher.hmac("weir telegram|" + HexText.of(body), $0).prefix(Self.macBytes))
    }
  }

  private static func bytes(of account: AccountID) -> [UInt8] {
    let digits = account.text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }

  private static func account(_ bytes: ArraySlice<UInt8>) -> AccountID? {
    let hex = Array(HexText.of(Array(bytes)))
    let parts = [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]]
    return AccountID(text: parts.map { String($0) }.joined(separator: "-"))
  }
}
