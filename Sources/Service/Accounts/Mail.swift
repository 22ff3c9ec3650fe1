import FoundationEssentials
public import Kernel
import Synchronization

/// A mail to one person, in plain text.
public struct Mail: Hashable, Sendable {
  /// What it is about, for the file's name and the log: never a name or an address.
  public let kind: String
  public let to: String
  public let subject: String
  public let text: String

  public init(kind: String, to: String, subject: String, text: String) {
    self.kind = kind
    self.to = to
    self.subject = subject
    self.text = text
  }

  /// As it is sent (RFC 5322): headers of ASCII, a text of UTF-8 lines.
  func message(from sender: String, at now: Instant) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return """
      From: Weir <\(sender)>\r
      To: <\(to)>\r
      Subject: \(subject)\r
      Date: \(MailDate.text(now))\r
      Message-ID: <\(Token.fresh())@weir>\r
      Auto-Submitted: auto-generated\r
      MIME-Version: 1.0\r
      Content-Type: text/plain; charset=utf-8\r
      Content-Transfer-Encoding: 8bit\r
      \r

      """ + lines.joined(separator: "\r\n") + "\r\n"
  }
}

/// Brings mails on their way.
public protocol Mailer: Sendable {
  /// Takes a mail over; returns at once. What can't be sent is told to the log, and the person can
  /// ask for it again.
  ///
  /// - Parameter then: Runs once it was sent, or given up.
  func send(_ mail: Mail, then: @escaping @Sendable () -> Void)
}

extension Mailer {
  /// The same, where nobody waits for it.
  public func send(_ mail: Mail) { send(mail) {} }
}

/// A sandbox's mailer: each mail a file, in the order in which they came.
public final class FolderMailer: Mailer {
  private let folder: String
  private let clock: @Sendable () -> Instant
  private let logger: Logger
  private let count = Mutex(0)

  public init(folder: String, clock: @escaping @Sendable () -> Instant, logger: Logger) {
    self.folder = folder
    self.clock = clock
    self.logger = logger
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    count.withLock { $0 = names.compactMap { Int($0.prefix { $0 != "-" }) }.max() ?? 0 }
  }

  public func send(_ mail: Mail, then: @escaping @Sendable () -> Void) {
    defer { then() }
    count.withLock { count in
      count += 1
      let digits = String(count)
      let number = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
      do throws(FileText.Failure) {
        try FileText.createFolder(folder)
        try FileText.create(
          "\(folder)/\(number)-\(mail.kind).eml",
          mail.message(from: "weir@sandbox.invalid", at: clock()))
      } catch {
        logger.error("mail_failed", ["kind": .text(mail.kind), "why": .text(error.words)])
      }
    }
  }
}

/// `Sat, 28 Nov 2026 00:16:19 +0000`.
enum MailDate {
  static func text(_ now: Instant) -> String {
    let text = now.text
    let days = Int(now.microseconds / Instant.perDay)
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days % 7]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let month = Int(text.dropFirst(5).prefix(2)) ?? 1
    let day = text.dropFirst(8).prefix(2)
    let time = text.dropFirst(11).prefix(8)
    return "\(weekday), \(day) \(months[month - 1]) \(text.prefix(4)) \(time) +0000"
  }
}

/// The mails there are (domain 7.8), with links into the web app.
struct Mails: Sendable {
  /// Without a slash at the end.
  let base: String

  init(of configuration: Configuration) {
    base = configuration.publicURL ?? "http://\(configuration.listen)"
  }

  func verification(to email: String, name: String, token: String) -> Mail {
    Mail(
      kind: "verify-email", to: email, subject: "Confirm your e-mail address",
      text: """
        Hello \(name),

        somebody signed up with this address. If it was you, confirm it here within 24 hours:

        \(base)/verify-email?token=\(token)

        If it wasn't you, do nothing.
        """)
  }

  func reset(to email: String, name: String, token: String) -> Mail {
    Mail(
      kind: "reset-password", to: email, subject: "Set a new password",
      text: """
        Hello \(name),

        somebody asked for a new password for your account. Set it here within an hour:

        \(base)/reset-password?token=\(token)

        If it wasn't you, do nothing: your password stays as it is.
        """)
  }

  func passwordChanged(to email: String, name: String) -> Mail {
    Mail(
      kind: "password-changed", to: email, subject: "Your password was changed",
      text: """
        Hello \(name),

        the password of your account was changed, and every other session was ended.

        If it wasn't you, set a new one at once: \(base)/forgot-password
        """)
  }

  func changeRequested(to old: String, name: String) -> Mail {
    Mail(
      kind: "email-change-requested", to: old, subject: "Your e-mail address is to change",
      text: """
        Hello \(name),

        somebody asked for another e-mail address for your account. It changes once the new address
        is confirmed.

        If it wasn't you, set a new password at once: \(base)/forgot-password
        """)
  }

  func confirmChange(to new: String, name: String, token: String) -> Mail {
    Mail(
      kind: "confirm-email-change", to: new, subject: "Confirm your new e-mail address",
      text: """
        Hello \(name),

        this address is to become that of your account. Confirm it here within an hour:

        \(base)/confirm-email-change?token=\(token)

        If you don't know what this is about, do nothing.
        """)
  }

  func changed(to email: String, name: String) -> Mail {
    Mail(
      kind: "email-changed", to: email, subject: "Your e-mail address was changed",
      text: """
        Hello \(name),

        this is the address of your account from now on.
        """)
  }
}
