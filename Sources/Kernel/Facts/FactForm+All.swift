// Each fact's form, one line a fact, by family; nothing stored relies on the order.

extension FactForm {
  static let all: [FactForm] = lists.flatMap { $0 }.enumerated().map {
    FactForm($0.element, number: $0.offset)
  }

  // A list a family, as one list of all takes the compiler's time.
  private static let lists: [[FactForm]] = [
    ledger, channel, order, payment, accumulation, conversion,
    batch, split, hostpay, transfer, wallet, account, InviteEvent.forms, MembershipEvent.forms,
    ChatEvent.forms,
  ]

  private static let ledger: [FactForm] =
    [
      FactForm(GenesisEvent.Opened.self) { .ledger(.opened($0)) },
      FactForm(GenesisEvent.Recovered.self) { .ledger(.recovered($0)) },
      FactForm(GenesisEvent.AdoptionBegun.self) { .ledger(.adoptionBegun($0)) },
      FactForm(GenesisEvent.Frozen.self) { .ledger(.frozen($0)) },
      FactForm(GenesisEvent.Unfrozen.self) { .ledger(.unfrozen($0)) },
      FactForm(GenesisEvent.CapsSet.self) { .ledger(.capsSet($0)) },
      FactForm(GenesisEvent.UnfreezeApproved.self) { .ledger(.unfreezeApproved($0)) },
      FactForm(GenesisEvent.CapsAsked.self) { .ledger(.capsAsked($0)) },
      FactForm(GenesisEvent.CapsApproved.self) { .ledger(.capsApproved($0)) },
      FactForm(GenesisEvent.TableAsked.self) { .ledger(.tableAsked($0)) },
      FactForm(GenesisEvent.DustSwept.self) { .ledger(.dustSwept($0)) },
      FactForm(GenesisEvent.LiabilitiesPublished.self) { .ledger(.liabilitiesPublished($0)) },
    ] + DifferenceEvent.forms + LegacyEvent.forms + StepEvent.forms

  private static let channel: [FactForm] = [
    FactForm(ChannelEvent.Registered.self) { .channel(.registered($0)) },
    FactForm(ChannelEvent.PayoutSettingsChanged.self) { .channel(.payoutSettingsChanged($0)) },
    FactForm(ChannelEvent.OfferChanged.self) { .channel(.offerChanged($0)) },
    FactForm(ChannelEvent.PayoutChangeHeld.self) { .channel(.payoutChangeHeld($0)) },
    FactForm(ChannelEvent.PayoutChangeCancelled.self) { .channel(.payoutChangeCancelled($0)) },
    FactForm(ChannelEvent.Closed.self) { .channel(.closed($0)) },
  ]

  private static let order: [FactForm] = [
    FactForm(OrderEvent.Placed.self) { .order(.placed($0)) },
    FactForm(OrderEvent.Invoiced.self) { .order(.invoiced($0)) },
    FactForm(OrderEvent.InvoiceFailed.self) { .order(.invoiceFailed($0)) },
    FactForm(OrderEvent.Granted.self) { .order(.granted($0)) },
  ]

  private static let payment: [FactForm] =
    [
      FactForm(PaymentEvent.Observed.self) { .payment(.observed($0)) },
      FactForm(PaymentEvent.ValuationRequested.self) { .payment(.valuationRequested($0)) },
      FactForm(PaymentEvent.Finished.self) { .payment(.finished($0)) },
      FactForm(PaymentEvent.Routed.self) { .payment(.routed($0)) },
      FactForm(PaymentEvent.Held.self) { .payment(.held($0)) },
    ] + PaymentRulingEvent.forms

  private static let accumulation: [FactForm] = [
    FactForm(AccumulationEvent.Locked.self) { .accumulation(.locked($0)) },
    FactForm(AccumulationEvent.Converted.self) { .accumulation(.converted($0)) },
    FactForm(AccumulationEvent.Reserved.self) { .accumulation(.reserved($0)) },
    FactForm(AccumulationEvent.Paid.self) { .accumulation(.paid($0)) },
    FactForm(AccumulationEvent.Released.self) { .accumulation(.released($0)) },
    FactForm(AccumulationEvent.Netted.self) { .accumulation(.netted($0)) },
    FactForm(AccumulationEvent.Forgiven.self) { .accumulation(.forgiven($0)) },
  ]

  private static let conversion: [FactForm] = [
    FactForm(ConversionEvent.Requested.self) { .conversion(.requested($0)) },
    FactForm(ConversionEvent.Completed.self) { .conversion(.completed($0)) },
    FactForm(ConversionEvent.Failed.self) { .conversion(.failed($0)) },
    FactForm(ConversionEvent.Retried.self) { .conversion(.retried($0)) },
    FactForm(ConversionEvent.Shared.self) { .conversion(.shared($0)) },
  ]

  private static let batch: [FactForm] = [
    FactForm(BatchEvent.Opened.self) { .batch(.opened($0)) },
    FactForm(BatchEvent.HandedOff.self) { .batch(.handedOff($0)) },
    FactForm(BatchEvent.Completed.self) { .batch(.completed($0)) },
    FactForm(BatchEvent.Failed.self) { .batch(.failed($0)) },
    FactForm(BatchEvent.Retried.self) { .batch(.retried($0)) },
  ]

  private static let split: [FactForm] = [
    FactForm(SplitEvent.Requested.self) { .split(.requested($0)) },
    FactForm(SplitEvent.Estimated.self) { .split(.estimated($0)) },
    FactForm(SplitEvent.SwapIntended.self) { .split(.swapIntended($0)) },
    FactForm(SplitEvent.SwapOpened.self) { .split(.swapOpened($0)) },
    FactForm(SplitEvent.SwapAbandoned.self) { .split(.swapAbandoned($0)) },
    FactForm(SplitEvent.SwapObserved.self) { .split(.swapObserved($0)) },
    FactForm(SplitEvent.Completed.self) { .split(.completed($0)) },
    FactForm(SplitEvent.Held.self) { .split(.held($0)) },
    FactForm(SplitEvent.Failed.self) { .split(.failed($0)) },
    FactForm(SplitEvent.Asked.self) { .split(.asked($0)) },
    FactForm(SplitEvent.Released.self) { .split(.released($0)) },
    FactForm(SplitEvent.Retried.self) { .split(.retried($0)) },
    FactForm(SplitEvent.SwapRegressed.self) { .split(.swapRegressed($0)) },
    FactForm(SplitEvent.Refunded.self) { .split(.refunded($0)) },
    FactForm(SplitEvent.Replaced.self) { .split(.replaced($0)) },
  ]

  private static let hostpay: [FactForm] = [
    FactForm(HostpayEvent.Requested.self) { .hostpay(.requested($0)) },
    FactForm(HostpayEvent.Checked.self) { .hostpay(.checked($0)) },
    FactForm(HostpayEvent.Funded.self) { .hostpay(.funded($0)) },
    FactForm(HostpayEvent.Held.self) { .hostpay(.held($0)) },
  ]

  private static let transfer: [FactForm] =
    [
      FactForm(TransferEvent.Requested.self) { .transfer(.requested($0)) },
      FactForm(TransferEvent.NonceReserved.self) { .transfer(.nonceReserved($0)) },
      FactForm(TransferEvent.Signed.self) { .transfer(.signed($0)) },
      FactForm(TransferEvent.BumpRequested.self) { .transfer(.bumpRequested($0)) },
      FactForm(TransferEvent.CancelRequested.self) { .transfer(.cancelRequested($0)) },
      FactForm(TransferEvent.CancelSigned.self) { .transfer(.cancelSigned($0)) },
      FactForm(TransferEvent.Confirmed.self) { .transfer(.confirmed($0)) },
      FactForm(TransferEvent.Reverted.self) { .transfer(.reverted($0)) },
      FactForm(TransferEvent.Cancelled.self) { .transfer(.cancelled($0)) },
      FactForm(TransferEvent.Parked.self) { .transfer(.parked($0)) },
      FactForm(TransferEvent.Released.self) { .transfer(.released($0)) },
    ] + TransferGuardEvent.forms

  private static let wallet: [FactForm] =
    [
      FactForm(WalletEvent.Claimed.self) { .wallet(.claimed($0)) },
      FactForm(WalletEvent.NonceAssigned.self) { .wallet(.nonceAssigned($0)) },
      FactForm(WalletEvent.Quarantined.self) { .wallet(.quarantined($0)) },
    ] + RotationEvent.forms

  private static let account: [FactForm] = [
    FactForm(AccountEvent.Opened.self) { .account(.opened($0)) },
    FactForm(AccountEvent.MailTokenIssued.self) { .account(.mailTokenIssued($0)) },
    FactForm(AccountEvent.MailTokenCancelled.self) { .account(.mailTokenCancelled($0)) },
    FactForm(AccountEvent.EmailConfirmed.self) { .account(.emailConfirmed($0)) },
    FactForm(AccountEvent.PasswordChanged.self) { .account(.passwordChanged($0)) },
    FactForm(AccountEvent.SessionOpened.self) { .account(.sessionOpened($0)) },
    FactForm(AccountEvent.SessionRenewed.self) { .account(.sessionRenewed($0)) },
    FactForm(AccountEvent.SessionClosed.self) { .account(.sessionClosed($0)) },
    FactForm(AccountEvent.CodesEnabled.self) { .account(.codesEnabled($0)) },
    FactForm(AccountEvent.CodesDisabled.self) { .account(.codesDisabled($0)) },
    FactForm(AccountEvent.RecoveryCodeUsed.self) { .account(.recoveryCodeUsed($0)) },
    FactForm(AccountEvent.KeyIssued.self) { .account(.keyIssued($0)) },
    FactForm(AccountEvent.KeyRevoked.self) { .account(.keyRevoked($0)) },
    FactForm(AccountEvent.RolesChanged.self) { .account(.rolesChanged($0)) },
    FactForm(AccountEvent.ChannelAdded.self) { .account(.channelAdded($0)) },
    FactForm(AccountEvent.TelegramLinked.self) { .account(.telegramLinked($0)) },
    FactForm(AccountEvent.TelegramUnlinked.self) { .account(.telegramUnlinked($0)) },
    FactForm(AccountEvent.Closed.self) { .account(.closed($0)) },
  ]
}
