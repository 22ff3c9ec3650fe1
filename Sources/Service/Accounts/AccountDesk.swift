import HTTP
import Kernel

/// All that routes of accounts work with, beside what every route does.
public final class AccountDesk: Sendable {
  let tokens: Tokens
  let codes: OneTimeCodes
  let passwords: Passwords
  public let directory: AccountDirectory
  let limits: RateLimits
  let humans: HumanCheck
  let mailer: any Mailer
  let mails: Mails
  let cookies: Cookies

  /// Nil where no key for accounts is configured: nobody signs in then.
  public init?(
    _ configuration: Configuration, directory: AccountDirectory, mailer: any Mailer,
    passwords: Passwords = Passwords()
  ) {
    guard !configuration.accountKeys.isEmpty else { return nil }
    let folder = DataFolder(configuration.data)
    tokens = Tokens(keys: configuration.accountKeys)
    codes = OneTimeCodes(keys: configuration.accountKeys)
    self.passwords = passwords
    self.directory = directory
    humans = HumanCheck(bits: configuration.humanCheckBits, tokens: tokens)
    limits = RateLimits(path: folder.failures, isOn: configuration.limitsRates)
    self.mailer = mailer
    mails = Mails(of: configuration)
    cookies = Cookies(isSecure: configuration.publicURL?.hasPrefix("https://") ?? false)
  }

  fileprivate init(_ other: AccountDesk, _ directory: AccountDirectory) {
    tokens = other.tokens
    codes = other.codes
    passwords = other.passwords
    self.directory = directory
    limits = other.limits
    humans = other.humans
    mailer = other.mailer
    mails = other.mails
    cookies = other.cookies
  }
}

extension AccountDesk {
  /// The same desk over other accounts.
  func with(_ directory: AccountDirectory) -> AccountDesk { AccountDesk(self, directory) }
}

/// What a browser keeps for us: names, and how long (AU-07).
struct Cookies: Sendable {
  /// Whether browsers reach us by https, and may be told to use nothing else.
  let isSecure: Bool

  private var prefix: String { isSecure ? "__Host-" : "" }
  var access: String { prefix + "weir_access" }
  var refresh: String { prefix + "weir_refresh" }
  var csrf: String { prefix + "weir_csrf" }

  func set(_ name: String, _ value: String, seconds: Int, isHidden: Bool) -> String {
    "\(name)=\(value); Path=/; Max-Age=\(seconds); SameSite=Strict"
      + (isHidden ? "; HttpOnly" : "") + (isSecure ? "; Secure" : "")
  }

  /// Takes all of them away.
  var cleared: [String] {
    [access, refresh, csrf].map { set($0, "", seconds: 0, isHidden: $0 != csrf) }
  }

  /// The value of a cookie that was sent once; nil for none, or for two of one name.
  func value(_ name: String, _ headers: HTTPHeaders) -> String? {
    let values = headers.all("Cookie").flatMap { $0.split(separator: ";") }
      .compactMap { pair -> String? in
        let parts = pair.trimmed.split(separator: "=", maxSplits: 1)
        return parts.count == 2 && parts[0] == name ? String(parts[1]) : nil
      }
    return values.count == 1 ? values[0] : nil
  }
}
