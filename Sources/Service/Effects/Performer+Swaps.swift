import Engine
import Gateways
import Kernel

// The swap protocol's calls (reliability 3.5): S1, S4, S7.
extension Performer {
  func estimate(_ request: SplitEvent.Requested) async throws(GatewayFailure) -> JobOutcome {
    if let missing = try await missingDeposit(request) {
      // No swap is opened that couldn't be paid; the nonce is what the ledger refuses (PP-10).
      return .again(
        [], afterSeconds: settings.chainPollSeconds * 5,
        because: "\(words(missing)) of what came in isn't in our wallets yet")
    }
    let range = try await changeNOW.range(
      from: request.source.asset, to: request.asset, flow: request.flow)
    switch range.place(of: request.source) {
    case .inside: break
    case .below: return .permanent("\(words(request.source)) is below the pair's minimum")
    case .above: return .permanent("\(words(request.source)) is above the pair's maximum")
    case nil: return .transient("a range without usable bounds", retryAfterSeconds: nil)
    }
    let estimate = try await changeNOW.estimate(
      request.source, to: request.asset, flow: request.flow)
    return .report([.split(.noteEstimate(request.split, estimate))])
  }

  private func words(_ money: Money) -> String { "\(money.amountText) \(money.asset)" }

  func openSwap(_ intent: SplitEvent.SwapIntended) async throws(GatewayFailure) -> JobOutcome {
    let order = SwapOrder(
      amount: intent.amount, to: intent.to, wallet: intent.wallet, refund: refundAddress,
      flow: intent.flow, rate: intent.rate, correlator: "\(intent.split)-\(intent.attempt)",
      attempt: intent.attempt)
    // S3: an answer that didn't come may have opened one. Where the list is closed to us another
    // one is opened, which does no harm while it isn't funded.
    if settings.listsSwaps, let found = try? await changeNOW.find(order) {
      return .report([.split(.noteSwap(intent.split, found))])
    }
    do {
      let swap = try await changeNOW.create(order)
      return .report([.split(.noteSwap(intent.split, swap))])
    } catch .permanent(_, code: .rateExpired) {
      return .report([
        .split(
          .abandonSwap(intent.split, attempt: intent.attempt, reason: "the rate has expired"))
      ])
    }
  }

  /// S4: only a swap that waits, with time left, is funded.
  ///
  /// One that is over is left. One whose deposit the provider has seen already, that isn't as it
  /// was opened, or of which it says what nobody knows, is nobody's to pay: a person decides.
  func checkSwap(_ swap: SplitEvent.SwapOpened) async throws(GatewayFailure) -> JobOutcome {
    func checked(_ word: String) -> JobOutcome {
      .report([.hostpay(.noteCheck(swap.split, swap.swap, status: word))])
    }
    switch try await look(at: swap) {
    case .waits: return checked("waiting")
    case .isNew: return .again([], afterSeconds: settings.swapPollSeconds)
    case .isOver(let word): return checked(word)
    case .isOdd(let why): return .report([.split(.hold(swap.split, reason: why))])
    }
  }

  /// The same right before its deposit gets a nonce; nil where it still waits for it.
  func lookAgain(
    _ swap: SplitEvent.SwapOpened, for transfer: TransferID
  ) async throws(GatewayFailure) -> JobOutcome? {
    switch try await look(at: swap) {
    case .waits: return nil
    case .isNew: return .again([], afterSeconds: settings.swapPollSeconds)
    case .isOver(let word):
      let reason = "swap is \(word) before it was funded"
      return .report([.transfer(.noteSwapOver(transfer, swap.swap, reason: reason))])
    case .isOdd(let why): return .report([.split(.hold(swap.split, reason: why))])
    }
  }

  /// What a swap says that was not paid yet.
  private enum Look {
    case waits, isNew
    case isOver(String)
    case isOdd(String)
  }

  private func look(at swap: SplitEvent.SwapOpened) async throws(GatewayFailure) -> Look {
    let status = try await changeNOW.status(swap.swap)
    if let expected = status.expectedFrom, Money(expected, swap.amount.asset) != swap.amount {
      return .isOdd("swap \(swap.swap) wants another amount than it did")
    }
    if let payin = status.payin, payin.lowercased() != swap.payin.lowercased() {
      return .isOdd("swap \(swap.swap) has another deposit address than it had")
    }
    switch status.status {
    case "waiting":
      let latest = clock().adding(seconds: Limits.swapTimeLeft)
      let validUntil = status.validUntil ?? swap.validUntil
      return validUntil.map { $0 < latest } ?? false ? .isOver("expiring") : .waits
    case "new": return .isNew
    case "expired", "failed", "refunded": return .isOver(status.status)
    default: return .isOdd("swap is \(status.status.prefix(40)) before it was funded")
    }
  }

  /// S7: amounts are read only when the swap is over (P-51); trouble is shown and asked again.
  func watch(_ split: SplitID, _ swap: SwapID) async throws(GatewayFailure) -> JobOutcome {
    let status = try await changeNOW.status(swap)
    let noted = LedgerCommand.split(.noteStatus(split, swap, status: status.status))
    let wait = JobOutcome.again([noted], afterSeconds: settings.swapPollSeconds)
    func hold(_ why: String) -> JobOutcome {
      .again(
        [noted, .split(.hold(split, reason: why))], afterSeconds: settings.swapPollSeconds * 10)
    }
    switch status.status {
    case "finished":
      guard let delivered = status.amountTo, let hash = status.payoutHash else { return wait }
      if status.payoutNetwork?.lowercased() == "eth", try await isUnseen(hash) {
        // Nodes may be a block behind the provider; and the same report twice is one report.
        guard sendings.unseenPayouts(swap) > 1 else { return wait }
        return .again(
          [
            .split(
              .noteFinished(split, delivered: delivered, payoutHash: hash, isUnseen: true))
          ], afterSeconds: settings.swapPollSeconds)
      }
      return .report([
        .split(.noteFinished(split, delivered: delivered, payoutHash: hash))
      ])
    case "refunded":
      guard let amount = status.refundAmount, let hash = status.refundHash else { return wait }
      guard (status.refundAddress ?? refundAddress).lowercased() == refundAddress.lowercased()
      else { return hold("swap was refunded to an address that isn't ours") }
      return .report([
        .split(.noteRefunded(split, swap, amount: amount, transaction: hash))
      ])
    case "new", "waiting", "confirming", "exchanging", "sending": return wait
    default: return hold("swap is \(status.status.prefix(40))")
    }
  }

  /// Whether the chain doesn't have a payout, or has it failed (SW-13).
  private func isUnseen(_ hash: String) async throws(GatewayFailure) -> Bool {
    guard let chain = settings.chain else { return false }
    let live = try await endpoints.live(chain: chain, at: clock())
    return !(try await live.receipt(hash)?.isSuccess ?? false)
  }

  /// Where a provider sends back what it can't swap.
  ///
  /// The collect wallet, where there is one: what pays receives nothing (CH-27).
  var refundAddress: String { settings.collectWallet ?? key.address }
}
