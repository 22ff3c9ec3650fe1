extension LedgerEvent {
  /// What a person would want to know of the fact beside its name and amount: the provider's word,
  /// why it was held, which transaction; nil where there is nothing more to say.
  public var remark: String? {
    switch self {
    case .channel(.registered(let e)): payment(e.payout)
    case .channel(.payoutSettingsChanged(let e)): payment(e.payout)
    case .channel(.offerChanged(let e)): e.tiers.count == 1 ? "1 tier" : "\(e.tiers.count) tiers"
    case .channel(.payoutChangeHeld(let e)): "to \(e.wallet) from \(e.effective.text)"
    case .channel(.payoutChangeCancelled(let e)): e.reason
    case .channel(.closed(let e)): e.reason
    case .account(.rolesChanged(let e)): e.reason
    case .account(.closed(let e)): e.reason
    case .account(.sessionClosed(let e)): e.reason.text
    case .order(.placed(let e)): e.days > 0 ? "\(e.days) days" : e.kind.text
    case .order(.invoiced(let e)): "invoice \(e.invoice)"
    case .order(.invoiceFailed(let e)): e.reason
    case .order(.granted(let e)): "until \(e.expires.text)"
    case .payment(.observed(let e)): e.status
    case .payment(.finished(let e)): "fee \(e.fee.amountText) \(e.fee.asset)"
    case .payment(.routed(let e)):
      e.strategy.text + (e.fallback.map { ", \($0.text)" } ?? "")
    case .payment(.held(let e)): e.reason.text
    case .payment(.ruled(let e)): e.remark
    case .accumulation(.reserved(let e)): "\(e.payments.count) payments in \(e.batch)"
    case .accumulation(.paid(let e)): "\(e.payments.count) payments of \(e.batch)"
    case .accumulation(.released(let e)): "\(e.payments.count) payments of \(e.batch)"
    case .accumulation(.netted(let e)): "owed back: \(e.reason)"
    case .accumulation(.forgiven(let e)): e.reason
    case .conversion(.failed(let e)): e.reason
    case .conversion(.shared(let e)): "shared by \(e.shares.count) payments"
    case .conversion(.retried(let e)): "as \(e.next): \(e.reason)"
    case .batch(.opened(let e)): "\(e.batch), \(e.members.count) payments"
    case .batch(.handedOff(let e)): "\(e.batch) to split \(e.split)"
    case .batch(.completed(let e)): "\(e.batch), funded by \(e.transaction)"
    case .batch(.failed(let e)): "\(e.batch): \(e.reason)"
    case .batch(.retried(let e)): "\(e.batch) as \(e.next): \(e.reason)"
    case .split(let e): e.remark
    case .hostpay(.requested(let e)): "to \(e.to)"
    case .hostpay(.checked(let e)): "swap is \(e.status)"
    case .hostpay(.funded(let e)): e.transaction
    case .hostpay(.held(let e)): e.reason
    case .transfer(.requested(let e)): "to \(e.to)"
    case .transfer(.nonceReserved(let e)): "nonce \(e.nonce)"
    case .transfer(.signed(let e)): e.hash
    case .transfer(.bumpRequested(let e)): "attempt \(e.attempt): \(e.reason)"
    case .transfer(.cancelRequested(let e)): e.reason
    case .transfer(.cancelSigned(let e)): e.hash
    case .transfer(.confirmed(let e)): "block \(e.block)"
    case .transfer(.reverted(let e)): "block \(e.block)"
    case .transfer(.cancelled(let e)): "block \(e.block)"
    case .transfer(.parked(let e)): e.reason
    case .transfer(.released(let e)): e.reason
    case .transfer(.guarded(let e)): e.remark
    case .wallet(.rotation(let e)): e.remark
    case .ledger(.difference(let e)): e.remark
    case .ledger(.legacy(let e)): e.remark
    case .ledger(.step(let e)): e.remark
    case .ledger(.tableAsked(let e)): "\(e.kind.text) \(e.table): \(e.reason)"
    case .invite(let e): e.remark
    case .membership(let e): e.remark
    case .chat(let e): e.remark
    case .ledger, .payment(.valuationRequested), .accumulation(.locked),
      .accumulation(.converted), .conversion(.requested), .conversion(.completed), .wallet,
      .account:
      nil
    }
  }

  private func payment(_ settings: PayoutSettings) -> String {
    switch settings.strategy {
    case .instant: "\(settings.asset) at once"
    case .threshold: "\(settings.asset) from \(settings.threshold.amountText) USD on"
    }
  }
}

extension SplitEvent {
  fileprivate var remark: String? {
    switch self {
    case .requested(let e): "\(e.asset) by \(e.route.text)"
    case .estimated(let e): "would bring \(e.toAmount)"
    case .swapIntended(let e): "attempt \(e.attempt)"
    case .swapOpened(let e): "swap \(e.swap)"
    case .swapAbandoned(let e): e.reason
    case .swapObserved(let e): e.status
    case .completed(let e): "delivered \(e.delivered.amountText) \(e.delivered.asset)"
    case .held(let e): e.reason
    case .failed(let e): e.reason
    case .asked(let e): e.reason
    case .released(let e): e.reason
    case .retried(let e): e.reason
    case .swapRegressed(let e): "\(e.status) after \(e.from)"
    case .refunded(let e): "of \(e.source.amountText) \(e.source.asset), by \(e.transaction)"
    case .replaced(let e): "by \(e.next): \(e.reason)"
    }
  }
}
