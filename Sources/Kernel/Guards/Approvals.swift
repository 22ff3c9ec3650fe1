// Two people's word for what is over a cap (MO-22, CH-21).

/// A transfer that waits for two people.
public struct HeldTransfer: Hashable, Sendable {
  public let transfer: TransferID
  public let channel: ChannelKey
  public let amount: Money
  /// What it pays for.
  public let purpose: SplitPurpose
  /// Where the client is paid in the end.
  public let wallet: String
  public let asset: Asset
  public let reason: String
  /// What an approval must name.
  public let digest: String
  public let approvers: [String]
}

extension LedgerState {
  /// Every transfer that waits for people, by its id.
  public func heldTransfers() -> [HeldTransfer] {
    guards.passages.keys.sorted().compactMap { id in
      guard let passage = guards.passages[id], !passage.isCleared else { return nil }
      return heldTransfer(id)
    }
  }

  /// A transfer that people were asked for, also once they have let it pass; nil where none was
  /// asked, and from the time it is closed.
  public func heldTransfer(_ id: TransferID) -> HeldTransfer? {
    guard let passage = guards.passages[id], !passage.reason.isEmpty,
      let transfer = splits.transfer(id, channels),
      passage.isCleared || transfer.phase == .requested,
      let split = splits[transfer.requested.split]
    else { return nil }
    return HeldTransfer(
      transfer: id, channel: transfer.requested.channel, amount: transfer.requested.amount,
      purpose: split.requested.purpose, wallet: split.requested.wallet,
      asset: split.requested.asset, reason: passage.reason, digest: passage.digest,
      approvers: passage.approvers)
  }

  /// One person's word; the same person's again adds nothing.
  func approve(_ id: TransferID, digest: String, by approver: String) -> Decision {
    guard let transfer = splits.transfer(id, channels) else { return .refuse(.transferUnknown) }
    guard !approver.isEmpty else { return .refuse(.textMissing) }
    guard approver.count <= Limits.titleMost else { return .refuse(.textTooLong) }
    guard transfer.phase == .requested, !transfer.isParked, let passage = guards.passages[id],
      !passage.reason.isEmpty
    else { return .ignore }
    guard digest == passage.digest, digest == approvalDigest(of: transfer.requested) else {
      return .refuse(.approvalDiffers)
    }
    guard !Guards.knows(approver, among: passage.approvers), !passage.isApproved else {
      return .ignore
    }
    let approved = TransferGuardEvent.Approved(
      approver: approver, channel: transfer.requested.channel, digest: digest, transfer: id)
    return .accept([.transfer(.guarded(.approved(approved)))])
  }

  /// What an approval is bound to: what is owed, for what and to whom.
  ///
  /// Not the swap's deposit address, which changes where one swap expires and another is made:
  /// that is compared with the swap's own intent.
  func approvalDigest(of requested: TransferEvent.Requested) -> String {
    var bytes = CommandBytes()
    bytes.put("transfer.approval" as StaticString)
    bytes.put(requested.transfer)
    bytes.put(requested.amount)
    bytes.put(requested.channel)
    bytes.put(requested.chain)
    bytes.put(requested.wallet)
    if let split = splits[requested.split]?.requested {
      bytes.put(split.purpose)
      bytes.put(split.asset)
      bytes.put(split.wallet)
      let members = split.purpose.batch.flatMap { batches[$0] }?.opened.members ?? []
      bytes.put(members) {
        $0.put($1.payment)
        $0.put($1.amount)
      }
    }
    return ContentDigest.text(of: bytes.bytes)
  }
}
