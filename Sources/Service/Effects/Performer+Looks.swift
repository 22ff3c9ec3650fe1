import Engine
import Gateways
import Kernel

/// What a look at the outside brought, and what couldn't be asked.
struct OutsideSight: Sendable {
  var look: OutsideLook
  /// Why not, by name: chain, transfers, swaps, payments.
  var silent: [String: String] = [:]
}

// Looking at the outside, to be compared with the ledger; nothing is decided here.
extension Performer {
  /// How far back payments are listed.
  private static let daysListed: Int64 = 2

  /// Asks chain and providers what they have.
  ///
  /// The chain's head is asked for before `question` reads the ledger: whatever is in that block
  /// was signed before, and so is in the question or settled.
  func lookOutside(
    chain: Int, _ settled: [TransferEvent.Confirmed],
    _ question: @Sendable () async -> OutsideQuestion?
  ) async -> OutsideSight {
    var sight = OutsideSight(look: OutsideLook(at: clock()))
    var live: LiveEndpoints?
    var head = 0
    do throws(GatewayFailure) {
      let found = try await endpoints.live(chain: chain, at: clock())
      head = try await found.head()
      live = found
    } catch { sight.silent["chain"] = "\(error)" }
    guard let question = await question() else { return sight }
    if let live {
      do throws(GatewayFailure) {
        sight.look.wallet = try await wallet(question, live, atBlock: head)
      } catch { sight.silent["chain"] = "\(error)" }
      do throws(GatewayFailure) {
        for fact in settled {
          sight.look.transfers.append(try await transfer(fact, live))
        }
      } catch { sight.silent["transfers"] = "\(error)" }
    }
    do throws(GatewayFailure) {
      sight.look.swaps = try await swaps(question)
    } catch { sight.silent["swaps"] = "\(error)" }
    do throws(GatewayFailure) {
      sight.look.payments = try await payments(question)
    } catch { sight.silent["payments"] = "\(error)" }
    if !settings.listsSwaps { sight.silent["swaps"] = "changenow_lists is off" }
    if settings.account == nil { sight.silent["payments"] = "nowpayments_email is not set" }
    return sight
  }

  func wallet(
    _ question: OutsideQuestion, _ live: LiveEndpoints, atBlock head: Int
  ) async throws(GatewayFailure) -> WalletLook? {
    guard let wallet = question.wallet else { return nil }
    var holdings: [Money] = []
    var parts: [WalletLook.Part] = []
    // What came to the collect wallet is in the same books: both together are what we hold.
    let wallets =
      [(name: "pay wallet \(wallet)", address: wallet)]
      + [settings.collectWallet].compactMap { $0 }.map {
        (name: "collect wallet \($0)", address: $0)
      }
    for asset in question.assets {
      var sum: Money?
      for one in wallets {
        let held = try await live.holding(
          of: one.address, asset, contract: contract(of: asset), atBlock: head)
        guard let held else { continue }
        sum = (sum ?? Money(0, asset)) + held
        parts.append(WalletLook.Part(wallet: one.name, held: held))
      }
      if let sum { holdings.append(sum) }
    }
    var mined: [WalletLook.Mined] = []
    for open in question.open {
      for attempt in open.attempts {
        guard let receipt = try await live.receipt(attempt.hash), receipt.block <= head else {
          continue
        }
        mined.append(
          WalletLook.Mined(
            transfer: open.requested.transfer, spent: spent(open.requested, attempt, receipt)))
      }
    }
    return WalletLook(
      address: wallet, block: head, holdings: holdings, mined: mined, parts: parts)
  }

  private func spent(
    _ request: TransferEvent.Requested, _ attempt: OutsideQuestion.Attempt, _ receipt: Receipt
  ) -> [Money] {
    guard receipt.isSuccess, !attempt.isCancel else { return [receipt.fee] }
    return [moved(request, receipt), receipt.fee]
  }

  private func transfer(
    _ fact: TransferEvent.Confirmed, _ live: LiveEndpoints
  ) async throws(GatewayFailure) -> TransferLook {
    let receipt = try await live.receipt(fact.hash)
    var moved: Money?
    if let receipt, receipt.isSuccess {
      moved = fact.amount
      if let contract = contract(of: fact.amount.asset) {
        let units = receipt.transfers.filter { $0.contract.lowercased() == contract.lowercased() }
          .reduce(0) { $0 + $1.amount }
        moved = Money(units, fact.amount.asset)
      }
    }
    return TransferLook(
      transfer: fact.transfer, hash: fact.hash, amount: fact.amount, moved: moved)
  }

  /// The newest ones, and those that differed last.
  private func swaps(
    _ question: OutsideQuestion
  ) async throws(GatewayFailure) -> [SwapLook] {
    var found = settings.listsSwaps ? try await changeNOW.newest() : []
    for swap in question.swaps where !found.contains(where: { $0.swap == swap }) {
      do throws(GatewayFailure) {
        found.append(SwapLook(swap: swap, status: try await changeNOW.status(swap).status))
      } catch {
        guard case .permanent(_, .notFound) = error else { throw error }
        found.append(SwapLook(swap: swap, status: nil))
      }
    }
    return found
  }

  /// Those of the last days, and those that differed last.
  private func payments(
    _ question: OutsideQuestion
  ) async throws(GatewayFailure) -> [PaymentLook] {
    var reports: [PaymentReport] = []
    if let account = settings.account {
      reports = try await nowPayments.payments(
        since: clock().adding(seconds: -86_400 * Self.daysListed),
        email: account.email.reveal(), password: account.password.reveal())
    }
    var found = reports.map { PaymentLook($0) }
    for payment in question.payments where !found.contains(where: { $0.payment == payment }) {
      do throws(GatewayFailure) {
        found.append(PaymentLook(try await nowPayments.payment(payment)))
      } catch {
        guard case .permanent(_, .notFound) = error else { throw error }
        found.append(PaymentLook(payment: payment, status: nil, outcome: ""))
      }
    }
    return found
  }
}

extension PaymentLook {
  fileprivate init(_ report: PaymentReport) {
    let outcome = report.outcomeAmount.map { "\($0) \(report.outcomeCurrency ?? "")" }
    self.init(
      payment: report.payment, status: report.status, outcome: outcome ?? "no outcome yet")
  }
}
