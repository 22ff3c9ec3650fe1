/// Everything that may be asked of the ledger, by family; reports of the outside are `note…`.
public enum LedgerCommand: Hashable, Sendable {
  case ledger(GenesisCommand)
  case channel(ChannelCommand)
  case order(OrderCommand)
  case payment(PaymentCommand)
  case conversion(ConversionCommand)
  case batch(BatchCommand)
  case split(SplitCommand)
  case hostpay(HostpayCommand)
  case transfer(TransferCommand)
  case wallet(WalletCommand)
  case account(AccountCommand)
}

/// Opens a log for real money or for play; ends its recovery; stops signing and lets it go on.
public enum GenesisCommand: Hashable, Sendable {
  case open(environment: Environment, log: String)
  /// The checks have passed: the log that owed recovery for a reason signs again.
  case recover(owed: String, reason: String)
  /// Signs nothing from now on.
  case freeze(reason: String)
  case unfreeze(reason: String)
  /// The same as are in force change nothing.
  case setCaps(Caps)
}
