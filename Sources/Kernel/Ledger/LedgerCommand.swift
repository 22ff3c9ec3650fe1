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
  case invite(InviteCommand)
  case membership(MembershipCommand)
  case chat(ChatCommand)
}

/// Opens a log for real money or for play; ends its recovery; stops signing and lets it go on;
/// compares it with the outside.
public enum GenesisCommand: Hashable, Sendable {
  case open(environment: Environment, log: String)
  /// The checks have passed: the log that owed recovery for a reason signs again.
  case recover(owed: String, reason: String)
  /// What a restored log forgot is taken in from here on.
  case beginAdoption(forgotten: Int, reason: String)
  /// Signs nothing from now on.
  case freeze(reason: String)
  /// One person's word that signing may go on; the second different one's lets it.
  case unfreeze(reason: String, by: String)
  /// The same as are in force change nothing; what would let more pass waits for two people.
  case setCaps(Caps)
  /// One person's word for caps that wait, bound to their digest.
  case approveCaps(digest: String, by: String)
  /// A table is to be made anew, compared or brought back: taken down, and done elsewhere.
  case askTable(TableWork, String, reason: String)
  /// Sums up what is owed to everybody, and tells a chat of it beside the log's newest checkpoint.
  case publishLiabilities(salt: String, chat: String, checkpoint: [String])
  case step(StepCommand)
  /// What the outside says, after a first look that the ledger has weighed a while ago.
  case compare(OutsideLook, after: OutsideWeighed)
  /// A person knows why ledger and outside differ.
  case explain(difference: Int, reason: String)
  /// A person has the books follow a chain that lost a settled transfer.
  case correct(difference: Int, SettledTransfer, reason: String)
  /// What of a coin's dust has come to more than dust is income.
  case sweepDust(Asset)
  /// A row of the system before this one.
  case takeOver(LegacyRow)
}
