import Engine
import Gateways
import Kernel

// The swap protocol's calls (reliability 3.5): S1, S4, S7.
extension Performer {
  func estimate(_ request: SplitEvent.Requested) async throws(GatewayFailure) -> JobOutcome {
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
      amount: intent.amount, to: intent.to, wallet: intent.wallet, refund: key.address,
      flow: intent.flow, rate: intent.rate, correlator: "\(intent.split)-\(intent.attempt)",
      attempt: intent.attempt)
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
  /// One whose deposit the provider has seen already is nobody's to pay: a person decides.
  func checkSwap(_ swap: SplitEvent.SwapOpened) async throws(GatewayFailure) -> JobOutcome {
    let status = try await changeNOW.status(swap.swap)
    func checked(_ word: String) -> JobOutcome {
      .report([.hostpay(.noteCheck(swap.split, swap.swap, status: word))])
    }
    switch status.status {
    case "waiting":
      let latest = clock().adding(seconds: Limits.swapTimeLeft)
      let validUntil = status.validUntil ?? swap.validUntil
      return checked(validUntil.map { $0 < latest } ?? false ? "expiring" : "waiting")
    case "new": return .again([], afterSeconds: settings.swapPollSeconds)
    case "confirming", "exchanging", "sending", "verifying", "finished":
      return .report([
        .split(.hold(swap.split, reason: "swap is \(status.status) before it was funded"))
      ])
    default: return checked(status.status)
    }
  }

  /// S7: amounts are read only when the swap is finished (P-51); trouble is shown and asked again.
  func watch(_ split: SplitID, _ swap: SwapID) async throws(GatewayFailure) -> JobOutcome {
    let status = try await changeNOW.status(swap)
    let noted = LedgerCommand.split(.noteStatus(split, swap, status: status.status))
    switch status.status {
    case "finished":
      guard let delivered = status.amountTo else {
        return .again([noted], afterSeconds: settings.swapPollSeconds)
      }
      return .report([
        .split(.noteFinished(split, delivered: delivered, payoutHash: status.payoutHash))
      ])
    case "new", "waiting", "confirming", "exchanging", "sending":
      return .again([noted], afterSeconds: settings.swapPollSeconds)
    default:
      let hold = LedgerCommand.split(.hold(split, reason: "swap is \(status.status)"))
      return .again([noted, hold], afterSeconds: settings.swapPollSeconds * 10)
    }
  }
}
