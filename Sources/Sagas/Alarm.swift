public import Kernel

/// A fact that a person should hear of, and in which words.
public struct Alarm: Hashable, Sendable {
  /// The kind, as metrics count it.
  public let kind: String
  /// What it is about: a payment, a split, a transfer.
  public let subject: String
  public let reason: String

  /// The alarm a fact raises, if it does.
  public init?(_ event: LedgerEvent) {
    switch event {
    case .payment(.observed(let e)):
      // Whatever was booked for it stands; whether it may, a person decides (PP-03, MO-12).
      guard e.status == ProviderStatus.refunded.text else { return nil }
      self.init("payment_refunded", e.payment.text, "the provider says that it was refunded")
    case .payment(.ruled(.contradicted(let e))):
      self.init("payment_contradicted", e.payment.text, e.words)
    case .payment(.ruled(.misnamed(let e))):
      self.init("payment_misnamed", e.payment.text, e.words)
    case .payment(.finished(let e)):
      guard let words = Self.excess(e) else { return nil }
      self.init("payment_overpaid", e.payment.text, words)
    case .conversion(.completed(let e)):
      guard let words = Self.slip(e) else { return nil }
      self.init("conversion_slipped", e.conversion.text, words)
    case .payment(.held(let e)):
      self.init("payment_held", e.payment.text, e.reason.text)
    case .payment(.routed(let e)):
      guard let fallback = e.fallback else { return nil }
      self.init("routing_fallback", e.payment.text, fallback.text)
    case .order(.invoiceFailed(let e)):
      self.init("invoice_failed", e.order.text, e.reason)
    case .invite(.failed(let e)): self.init("invite_failed", e.order.text, e.reason)
    case .membership(.removalFailed(let e)):
      self.init("membership_removal_failed", e.order.text, e.reason)
    case .chat(.postFailed(let e)):
      guard e.isLast else { return nil }
      self.init("posting_stopped", "\(e.open) \(e.place.text)", e.reason)
    case .conversion(.failed(let e)):
      self.init("conversion_failed", e.conversion.text, e.reason)
    case .batch(.failed(let e)): self.init("batch_failed", e.batch.text, e.reason)
    case .split(.held(let e)): self.init("split_held", e.split.text, e.reason)
    case .split(.swapRegressed(let e)):
      self.init("swap_regressed", e.split.text, "\(e.status) after \(e.from)")
    case .split(.refunded(let e)):
      self.init(
        "swap_refunded", e.split.text,
        "\(e.refunded.amountText) of \(e.source.amountText) \(e.source.asset) came back")
    case .hostpay(.held(let e)): self.init("hostpay_held", e.split.text, e.reason)
    case .transfer(.parked(let e)): self.init("transfer_parked", e.transfer.text, e.reason)
    case .transfer(.guarded(.held(let e))):
      self.init("transfer_held", e.transfer.text, e.reason)
    case .transfer(.reverted(let e)):
      self.init("transfer_reverted", e.transfer.text, "reverted in block \(e.block)")
    case .transfer(.cancelRequested(let e)):
      self.init("transfer_cancel_requested", e.transfer.text, e.reason)
    case .wallet(.quarantined(let e)): self.init("wallet_quarantined", e.wallet, e.reason)
    case .wallet(.rotation(.retired(let e))): self.init("wallet_retired", e.wallet, e.reason)
    case .wallet(.rotation(.nonceLost(let e))):
      self.init("wallet_nonce_lost", "nonce \(e.nonce)", "consumed by \(e.hash): \(e.reason)")
    case .ledger(.capsAsked(let e)):
      self.init("caps_asked", "ledger", "higher caps wait for two people: \(e.digest)")
    case .ledger(.frozen(let e)): self.init("ledger_frozen", "ledger", e.reason)
    case .ledger(.step(.overdue(let e))):
      self.init(
        "step_overdue", e.id,
        "\(e.kind.text) is \(e.state.text) since \(e.since.text): waits for \(e.waitsFor)")
    case .ledger(.difference(.found(let e))):
      self.init(
        "difference_found", "difference \(e.difference)",
        "\(e.kind.text) \(e.subject): \(e.outside); the ledger says: \(e.ledger)")
    case .ledger(.difference(.transferCorrected(let e))):
      self.init("transfer_corrected", e.transfer.text, "\(e.kind.text) \(e.hash): \(e.reason)")
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split,
      .hostpay, .transfer, .wallet, .account, .invite, .membership, .chat:
      return nil
    }
  }

  /// More than a twentieth above the price (MO-09): credited all the same, and somebody looks.
  private static func excess(_ e: PaymentEvent.Finished) -> String? {
    // What has no price, a donation, is never too much.
    guard e.price.isPositive, e.rate.from == e.outcome.asset, e.rate.to == .usdt else { return nil }
    let worth = e.rate.applied(to: e.outcome)
    // Dollars have 8 decimals, Tether on Ethereum 6.
    guard worth.units * 100 > e.price.units / 20 * 21 else { return nil }
    return "\(worth.amountText) \(worth.asset) came for \(e.price.amountText) \(e.price.asset)"
  }

  /// A swap that brought a twentieth more or less than what was locked (MO-18).
  private static func slip(_ e: ConversionEvent.Completed) -> String? {
    let gap = e.received.units - e.expected.units
    guard gap.magnitude > e.expected.units.magnitude / 20 else { return nil }
    return "\(e.received.amountText) of \(e.expected.amountText) \(e.expected.asset) came"
  }

  private init(_ kind: String, _ subject: String, _ reason: String) {
    self.kind = kind
    self.subject = subject
    self.reason = reason
  }
}
