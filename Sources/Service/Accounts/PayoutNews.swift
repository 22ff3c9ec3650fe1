import Kernel
import Log

/// Tells owners by mail what becomes of where their money goes, whoever asked for it and by which
/// way: the page, the API, the bot or an operator (AU-19).
struct PayoutNews: Sendable {
  let directory: AccountDirectory
  let mailer: any Mailer
  let mails: Mails
  let store: any EventStore
  let logger: Logger

  init(
    _ configuration: Configuration, _ directory: AccountDirectory, _ mailer: any Mailer,
    _ store: any EventStore, _ logger: Logger
  ) {
    self.directory = directory
    self.mailer = mailer
    mails = Mails(of: configuration)
    self.store = store
    self.logger = logger
  }

  /// The mails about what is durable now, in its order; reads the channels' streams.
  func tell(_ committed: [Recorded]) {
    for recorded in committed { tell(recorded) {} }
  }

  /// The mail about a fact; `then` runs once it was sent or given up, or at once where none is due.
  func tell(_ recorded: Recorded, then: @escaping @Sendable () -> Void) {
    guard case .channel(let event) = recorded.event, let words = Self.words(event),
      let account = directory.read({ $0[owning: event.id] })
    else { return then() }
    do throws(StoreError) {
      let view = try ChannelView(event.id, in: store)
      mailer.send(
        mails.payout(
          words, to: account.email, name: account.name,
          channel: view?.channel.offer.open.title ?? event.id.text, key: event.id.text),
        then: then)
    } catch {
      logger.error("mail_failed", ["kind": .text(words.kind), "why": .text(error.description)])
      then()
    }
  }

  static func concerns(_ committed: [Recorded]) -> Bool {
    committed.contains {
      guard case .channel(let event) = $0.event else { return false }
      return words(event) != nil
    }
  }

  private static func words(_ event: ChannelEvent) -> PayoutWords? {
    switch event {
    case .payoutChangeHeld(let e):
      PayoutWords(
        kind: "payout-change-held", subject: "Your payouts are to go to another wallet",
        text: """
          from \(e.effective.text) on it is paid out in \(e.asset) to

          \(e.wallet)

          Until then payouts go where they went, and you may cancel the change.
          """)
    case .payoutChangeCancelled:
      PayoutWords(
        kind: "payout-change-cancelled", subject: "Your payouts stay where they are",
        text: "the change of the wallet was cancelled. Payouts go where they went before.")
    case .payoutSettingsChanged(let e):
      PayoutWords(
        kind: "payout-changed", subject: "Your payout settings were changed",
        text: """
          the payout settings were changed. It is paid out in \(e.payout.asset) to

          \(e.payout.wallet)

          Money that was collected before keeps the wallet it was collected for.
          """)
    case .registered, .offerChanged, .closed: nil
    }
  }
}

/// What one mail about payouts says.
struct PayoutWords: Sendable {
  let kind: String
  let subject: String
  let text: String
}

extension Mails {
  fileprivate func payout(
    _ words: PayoutWords, to email: String, name: String, channel: String, key: String
  ) -> Mail {
    Mail(
      kind: words.kind, to: email, subject: words.subject,
      text: """
        Hello \(name),

        this is about "\(channel)": \(words.text)

        Your channel: \(base)/channels/\(key)

        If it wasn't you, cancel it there and set a new password at once: \(base)/forgot-password
        """)
  }
}
