import Gateways
import HTTP
import Kernel
import Log

/// What the providers list since a log's end, or why they don't (R4).
struct ProviderLists: Sendable {
  private var payments: [PaymentReport] = []
  private var swaps: [SwapLook] = []
  private var unasked: [String] = []
  private var failure: String?

  /// Asks them; an hour before the log's end is looked at again, as their clocks are others.
  init(since instant: Instant?, _ configuration: Configuration) async {
    do throws(WeirFailure) {
      let performer = try Performer(
        configuration, http: HTTPClient(), clock: Weir.clock, isRecovering: true)
      try await ask(performer, since: instant, configuration)
    } catch { failure = error.description }
  }

  private mutating func ask(
    _ performer: Performer, since instant: Instant?, _ configuration: Configuration
  ) async throws(WeirFailure) {
    do throws(GatewayFailure) {
      if let account = configuration.nowPayments.account {
        payments = try await performer.nowPayments.payments(
          since: (instant ?? Instant(microseconds: 0)).adding(seconds: -3_600),
          email: account.email.reveal(), password: account.password.reveal())
      } else {
        unasked.append("payments (nowpayments_email is not set)")
      }
      if configuration.changeNOW.listsSwaps {
        swaps = try await performer.changeNOW.newest()
      } else {
        unasked.append("swaps (changenow_lists is off)")
      }
    } catch { failure = "the providers couldn't be asked: \(error)" }
  }

  /// Money that the log never heard of doesn't pass; a list that nobody may ask for does, aloud.
  func check(_ log: any EventSource) throws(StoreError) -> RecoveryCheck {
    func checked(_ isPassed: Bool, _ words: String) -> RecoveryCheck {
      let rest = unasked.isEmpty ? "" : "; not asked for: " + unasked.joined(separator: ", ")
      return RecoveryCheck(name: "R4", isPassed: isPassed, words: words + rest)
    }
    if let failure { return checked(false, failure) }
    var unknown: [String] = []
    for report in payments where ["finished", "partially_paid"].contains(report.status) {
      let isKnown = try knows(Tag(text: "payment:\(report.payment)"), log)
      if !isKnown { unknown.append("payment \(report.payment)") }
    }
    for look in swaps where !["new", "waiting", "expired"].contains(look.status ?? "expired") {
      let isKnown = try knows(Tag(text: "swap:\(look.swap)"), log)
      if !isKnown { unknown.append("swap \(look.swap)") }
    }
    guard let first = unknown.first else {
      return checked(
        true, "the log knows all \(payments.count) payments and \(swaps.count) swaps listed")
    }
    let more = unknown.count > 1 ? " and \(unknown.count - 1) more" : ""
    return checked(
      false,
      "the providers have money of \(first)\(more), which this log doesn't know of; "
        + "take them in by weir recovery adopt")
  }

  private func knows(_ tag: Tag?, _ log: any EventSource) throws(StoreError) -> Bool {
    guard let tag else { return false }
    return try !log.read(tag, after: 0, limit: 1).isEmpty
  }
}
