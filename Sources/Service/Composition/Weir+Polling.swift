import Engine
import Gateways
import Kernel
import Log
import Synchronization

// Payments that no notice told of: the provider's list is read now and then, where its account is
// configured; what is known already changes nothing.
extension Weir {
  /// So that what no notice told of is known within a quarter of an hour (PP-08).
  static let pollEverySeconds = 600
  /// How long the provider watches an address, and a day.
  private static let daysListed: Int64 = 8

  func pollPayments(everySeconds seconds: Int = Weir.pollEverySeconds) async {
    guard let account = configuration.nowPayments.account else { return }
    var told: Set<[UInt8]> = []
    while !isStopping.withLock({ $0 }) {
      await rest(Double(seconds))
      await takeListed(by: account, but: &told)
    }
  }

  /// Reads the provider's list once, and takes in what wasn't told yet, by digest.
  func takeListed(by account: Configuration.Account, but told: inout Set<[UInt8]>) async {
    let reports: [PaymentReport]
    do throws(GatewayFailure) {
      reports = try await performer.nowPayments.payments(
        since: Weir.clock().adding(seconds: -86_400 * Self.daysListed),
        email: account.email.reveal(), password: account.password.reveal())
    } catch {
      return logger.warning("payments_not_listed", ["why": .text("\(error)")])
    }
    // The oldest first, as notices come; an account may have other shops.
    for report in reports.reversed() where isOurs(report) {
      let command = LedgerCommand.payment(.note(report, configuration.policy))
      let digest = CommandDigest.of(command)
      guard told.insert(digest).inserted else { continue }
      let id = CommandID.composed(
        "poll", report.payment.text, HexText.of(digest.prefix(12)))
      loop.submit(Submission(of: id, command)) { _ in }
    }
  }

  private func isOurs(_ report: PaymentReport) -> Bool {
    report.order.map {
      $0.hasPrefix("weir-\(configuration.environment.text)-") || OldOrderText($0) != nil
    } ?? false
  }
}
