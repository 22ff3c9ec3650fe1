import Glibc

/// What a secret may look like (P-61, P-62).
enum SecretRule {
  /// Why a text can't be the secret; it quotes nothing of it.
  static func obstacle(_ text: String, least: Int) -> String? {
    if text.contains(where: \.isWhitespace) || text.utf8.contains(where: { $0 < 0x21 }) {
      return "has white space inside"
    }
    if looksLikePath(text) { return "looks like the path of a secret, and must be the secret" }
    if text.utf8.count < least { return "is shorter than \(least) characters" }
    if least > 1, isSample(text) { return "is a sample, not a secret" }
    return nil
  }

  static func looksLikePath(_ text: String) -> Bool {
    for mark in ["./", "../", "~/", "projects/", "arn:"] where text.hasPrefix(mark) { return true }
    if text.contains("://") || text.contains("/secrets/") { return true }
    guard text.hasPrefix("/") else { return false }
    return text.dropFirst().contains("/") && !text.contains("=") && !text.contains("+")
      || access(text, F_OK) == 0
  }

  /// 64 hex digits: what a private key looks like, and no path does.
  static func looksLikeKey(_ text: String) -> Bool {
    let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
    return digits.utf8.count == 64 && digits.allSatisfy(\.isHexDigit)
  }

  private static func isSample(_ text: String) -> Bool {
    let lower = text.lowercased()
    for word in ["changeme", "change-me", "example", "your-", "your_", "placeholder", "insert"]
    where lower.contains(word) {
      return true
    }
    return Set(lower).count < 4
  }
}

/// What a base address must be; a live one can't lead to a stand-in.
enum AddressRule {
  /// A company's service: `https` where money is real.
  case provider
  /// A node, which may be one's own in a private net.
  case node
  /// Where others reach us.
  case ours

  struct Obstacle: Error { let words: String }

  func check(_ text: String, isLive: Bool) -> Result<String, Obstacle> {
    func refuse(_ words: String) -> Result<String, Obstacle> { .failure(Obstacle(words: words)) }
    let isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else {
      return refuse("must begin with http:// or https://")
    }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !authority.isEmpty, !authority.contains("@"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else { return refuse("is no address of a host, without a user and white space") }
    guard self == .node || !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
      return refuse("is a base address and may have no query")
    }
    let host = AddressRule.host(authority)
    if isLive {
      if AddressRule.isLoopback(host) || AddressRule.isPlay(host) {
        return refuse("leads to a stand-in, a test net or this machine, and the service is live")
      }
      if self != .node, !isSecure { return refuse("must begin with https:// where money is real") }
    } else if AddressRule.isReal(host) {
      return refuse("leads to the real provider, and the service is a sandbox")
    }
    var address = text
    while address.hasSuffix("/") { address.removeLast() }
    return .success(address)
  }

  private static func host(_ authority: Substring) -> String {
    if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
    return authority.prefix { $0 != ":" }.lowercased()
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.")
      || host == "::1" || host == "::" || host.hasPrefix("::ffff:127.") || host == "0.0.0.0"
      || host == "0"
  }

  private static func isPlay(_ host: String) -> Bool {
    ["sandbox", "sepolia", "goerli", "holesky", "hoodi", "testnet"].contains { host.contains($0) }
  }

  private static func isReal(_ host: String) -> Bool {
    ["api.nowpayments.io", "api.changenow.io", "api.telegram.org"].contains(host)
  }
}
