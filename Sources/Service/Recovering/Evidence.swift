package import Engine
import Gateways
import Kernel
import Log
package import Sagas
import Synchronization

/// Answers the calls that a log owes by what was signed for it already, instead of making them.
///
/// The log's own sagas ask as they asked before; where the outside shows that a step was taken, the
/// answer is that step, and the kernel decides it as any other. What there is no evidence of stays
/// owed.
package final class Evidence: Sendable {
  private let forgotten: [Forgotten]
  /// Nonces of which something can't be adopted: whatever is final there isn't decided here.
  private let barred: Set<Int>
  private let performer: Performer
  /// The nonce that the log gives next.
  private let nextNonce: @Sendable () async -> Int?
  private let claims: Mutex<[String: String]>

  /// - Parameter known: By hash, the split whose swap the log has already.
  package init(
    _ forgotten: [Forgotten], barred: Set<Int>, known: [String: String], _ performer: Performer,
    nextNonce: @escaping @Sendable () async -> Int?
  ) {
    self.forgotten = forgotten.filter { !barred.contains($0.nonce) }
    self.barred = barred
    self.performer = performer
    self.nextNonce = nextNonce
    claims = Mutex(known)
  }

  private static let later = JobOutcome.again([], afterSeconds: 3_600)

  package func perform(_ effect: Effect) async -> JobOutcome {
    switch effect {
    case .createInvoice, .createInvite, .deliverInvite, .removeMember, .answerChat, .showPage,
      .deliverNotice, .post, .pollPayment:
      return Self.later
    // Looking changes nothing outside.
    case .findRate, .watchSwap: return await performer.perform(effect)
    case .estimate(let e): return estimate(e)
    case .openSwap(let e): return open(e)
    case .checkSwap(let e): return check(e)
    case .prepareTransfer(let e, _): return await prepare(e)
    case .signTransfer(let e, let reserved):
      let found = forgotten.first { $0.nonce == reserved.nonce && $0.entry.attempt == 1 }
      guard let found, found.pays(e) else { return Self.later }
      return .report([.transfer(.noteSigned(e.transfer, found.signed))])
    case .signReplacement(let e, let bump):
      guard let found = attempt(bump.attempt, of: bump.nonce), found.pays(e) else {
        return Self.later
      }
      return .report([.transfer(.noteSigned(e.transfer, found.signed))])
    case .settleTransfer(let open):
      guard !barred.contains(open.nonce) else { return Self.later }
      // Every attempt first: whichever is final decides.
      if open.bump == nil,
        let next = attempt((open.attempts.last?.number ?? 0) + 1, of: open.nonce),
        next.pays(open.requested)
      {
        return .again(
          [.transfer(.bump(open.id, next.bid, reason: "signed before the log was restored"))],
          afterSeconds: 1)
      }
      return await performer.perform(effect)
    }
  }

  private func attempt(_ number: Int, of nonce: Int) -> Forgotten? {
    forgotten.first { $0.nonce == nonce && $0.entry.attempt == number && $0.payment != nil }
  }

  /// The first that pays the split and is nobody's yet; the same again for the same split.
  private func claim(_ owed: OwedSwap) -> Forgotten? {
    claims.withLock { claims in
      let mine = forgotten.first { claims[$0.entry.hash] == owed.split.text && $0.pays(owed) }
      if let mine { return mine }
      let found = forgotten.first { claims[$0.entry.hash] == nil && $0.pays(owed) }
      // The other attempts of its nonce go with it.
      for other in forgotten where other.nonce == found?.nonce {
        claims[other.entry.hash] = owed.split.text
      }
      return found
    }
  }

  private func estimate(_ e: SplitEvent.Requested) -> JobOutcome {
    let owed = OwedSwap(split: e.split, source: e.source, asset: e.asset, wallet: e.wallet)
    guard let swap = claim(owed)?.swap else { return Self.later }
    let estimate = SplitEstimate(
      fromAmount: e.source.amountText, toAmount: swap.toAmount ?? e.source.amountText,
      depositFee: "0", withdrawalFee: "0", rate: nil, validUntil: nil)
    return .report([.split(.noteEstimate(e.split, estimate))])
  }

  private func open(_ e: SplitEvent.SwapIntended) -> JobOutcome {
    let owed = OwedSwap(split: e.split, source: e.amount, asset: e.to, wallet: e.wallet)
    guard let swap = claim(owed)?.swap else { return Self.later }
    let opened = OpenedSwap(
      swap: swap.swap, attempt: e.attempt, fromAmount: e.amount.amountText, payin: swap.payin,
      payinExtra: nil, payout: swap.isPaid(to: e.wallet) ? e.wallet : swap.payout,
      toAmount: swap.toAmount, validUntil: nil)
    return .report([.split(.noteSwap(e.split, opened))])
  }

  private func check(_ e: SplitEvent.SwapOpened) -> JobOutcome {
    let found = forgotten.contains { forgotten in
      forgotten.payment?.money == e.amount
        && forgotten.payment?.to.lowercased() == e.payin.lowercased()
    }
    guard found else { return Self.later }
    return .report([.hostpay(.noteCheck(e.split, e.swap, status: "waiting"))])
  }

  /// Its own nonce again, once it is that nonce's turn.
  private func prepare(_ e: TransferEvent.Requested) async -> JobOutcome {
    let mine = claims.withLock { claims in
      let open = forgotten.filter {
        $0.entry.attempt == 1 && $0.pays(e)
          && (claims[$0.entry.hash] ?? e.split.text) == e.split.text
      }
      for each in open.prefix(1) { claims[each.entry.hash] = e.split.text }
      return open.first
    }
    guard let mine, let gas = mine.bid.gasLimit else { return Self.later }
    guard await nextNonce() == mine.nonce else { return .again([], afterSeconds: 1) }
    let quote = TransferQuote(
      latestNonce: mine.nonce, pendingNonce: mine.nonce, gasLimit: gas,
      maxFeePerGas: mine.bid.maxFeePerGas, maxPriorityFeePerGas: mine.bid.maxPriorityFeePerGas)
    return .report([.transfer(.reserveNonce(e.transfer, quote))])
  }
}
