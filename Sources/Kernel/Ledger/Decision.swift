/// What a decider says to a command.
public enum Decision: Sendable {
  /// These facts follow, all or none.
  case accept([LedgerEvent])
  /// Already so: nothing to add.
  case ignore
  case refuse(Refusal)
}

/// Why a command was refused: the obstacle, most basic first.
public enum Refusal: String, Word, Error {
  case ledgerNotOpened = "ledger_not_opened"
  case ledgerAlreadyOpened = "ledger_already_opened"
  case ledgerFrozen = "ledger_frozen"
  case capTwice = "cap_twice"
  case approvalMissing = "approval_missing"
  case approvalDiffers = "approval_differs"
  case amountNotPositive = "amount_not_positive"
  case textTooLong = "text_too_long"
  case textMissing = "text_missing"
  case noTiers = "no_tiers"
  case tooManyTiers = "too_many_tiers"
  case priceOutOfRange = "price_out_of_range"
  case daysOutOfRange = "days_out_of_range"
  case thresholdTooLow = "threshold_too_low"
  case payoutPairUnknown = "payout_pair_unknown"
  case walletMalformed = "wallet_malformed"
  case sameChannelTwice = "same_channel_twice"
  case openChannelTaken = "open_channel_taken"
  case closedChannelTaken = "closed_channel_taken"
  case channelUnknown = "channel_unknown"
  case tierUnknown = "tier_unknown"
  case orderUnknown = "order_unknown"
  case orderExists = "order_exists"
  case paymentUnknown = "payment_unknown"
  case paymentNotValuing = "payment_not_valuing"
  case accumulationUnknown = "accumulation_unknown"
  case conversionUnknown = "conversion_unknown"
  case belowThreshold = "below_threshold"
  case waitsAfterFailure = "waits_after_failure"
  case batchUnknown = "batch_unknown"
  case splitUnknown = "split_unknown"
  case splitElsewhere = "split_elsewhere"
  case moneyMayHaveLeft = "money_may_have_left"
  case tooManyAttempts = "too_many_attempts"
  case swapDiffersFromIntent = "swap_differs_from_intent"
  case hostpayUnknown = "hostpay_unknown"
  case walletUnknown = "wallet_unknown"
  case walletQuarantined = "wallet_quarantined"
  case walletClaimedElsewhere = "wallet_claimed_elsewhere"
  case tooManyOpenNonces = "too_many_open_nonces"
  case fundsMissing = "funds_missing"
  case transferUnknown = "transfer_unknown"
  case transferElsewhere = "transfer_elsewhere"
  case feesTooLow = "fees_too_low"
  case feesTooHigh = "fees_too_high"
  case notOurTransaction = "not_our_transaction"
  case notHeld = "not_held"
  case alreadyEnded = "already_ended"
  case nonceOpen = "nonce_open"
  case notFailed = "not_failed"
  case differenceUnknown = "difference_unknown"
}
