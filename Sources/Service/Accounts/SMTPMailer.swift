import Dispatch
import Gateways
import Kernel
import Synchronization

/// Mails by a server of mail, one after the other, each tried three times.
final class SMTPMailer: Mailer {
  private let client: SMTPClient
  private let sender: String
  private let clock: @Sendable () -> Instant
  private let logger: Logger
  private let queue = DispatchQueue(label: "weir.mail")
  private let waiting = Atomic<Int>(0)
  private static let most = 1_000
  private static let pausesSeconds = [5, 60]

  init(
    _ client: SMTPClient, sender: String, clock: @escaping @Sendable () -> Instant,
    logger: Logger
  ) {
    self.client = client
    self.sender = sender
    self.clock = clock
    self.logger = logger
  }

  func send(_ mail: Mail, then: @escaping @Sendable () -> Void) {
    guard waiting.add(1, ordering: .relaxed).newValue <= Self.most else {
      waiting.subtract(1, ordering: .relaxed)
      tell(mail, "too many mails wait")
      return then()
    }
    queue.async { [self] in attempt(mail, triesBefore: 0, then) }
  }

  private func attempt(
    _ mail: Mail, triesBefore: Int, _ then: @escaping @Sendable () -> Void
  ) {
    let message = mail.message(from: sender, at: clock())
    guard let trouble = client.send(message, from: sender, to: mail.to) else {
      waiting.subtract(1, ordering: .relaxed)
      return then()
    }
    guard triesBefore < Self.pausesSeconds.count else {
      waiting.subtract(1, ordering: .relaxed)
      tell(mail, trouble)
      return then()
    }
    queue.asyncAfter(deadline: .now() + .seconds(Self.pausesSeconds[triesBefore])) { [self] in
      attempt(mail, triesBefore: triesBefore + 1, then)
    }
  }

  private func tell(_ mail: Mail, _ trouble: String) {
    logger.error("mail_failed", ["kind": .text(mail.kind), "why": .text(trouble)])
  }
}
