extension LedgerState {
  func enable(_ new: NewCodes, _ id: AccountID) -> Decision {
    withOpen(id) { account in
      guard account.isVerified else { return .refuse(.emailUnverified) }
      guard account.codes == nil else { return .refuse(.codesAlreadyOn) }
      guard !new.key.isEmpty, !new.nonce.isEmpty, !new.recovery.isEmpty else {
        return .refuse(.textMissing)
      }
      guard new.step > account.lastStep else { return .refuse(.codeUsed) }
      return .accept([
        .account(
          .codesEnabled(
            AccountEvent.CodesEnabled(
              account: id, key: new.key, nonce: new.nonce, recovery: new.recovery,
              step: new.step)))
      ])
    }
  }

  func issue(_ new: NewAccessKey, _ id: AccountID, _ now: Instant) -> Decision {
    withOpen(id) { account in
      guard account.isVerified else { return .refuse(.emailUnverified) }
      guard !new.label.isEmpty, !new.scopes.isEmpty, !new.hash.isEmpty else {
        return .refuse(.textMissing)
      }
      guard new.label.count <= Limits.titleMost else { return .refuse(.textTooLong) }
      guard (1...Limits.keyDaysMost).contains(new.days) else { return .refuse(.daysOutOfRange) }
      guard account.keys.count(where: { $0.expires > now }) < Limits.keysMost else {
        return .refuse(.tooManyKeys)
      }
      guard accounts[key: new.key] == nil else { return .ignore }
      // Those that have expired make room for it.
      let old = account.keys.filter { $0.expires <= now }.map { account.revoking($0.key) }
      let issued = AccountEvent.KeyIssued(
        account: id, expires: now.adding(days: new.days), hash: new.hash, issued: now,
        key: new.key, label: Personal(new.label), scopes: new.scopes)
      return .accept(old + [.account(.keyIssued(issued))])
    }
  }

  func change(_ id: AccountID, _ roles: [AccountRole], _ reason: String) -> Decision {
    withOpen(id) { account in
      guard !reason.isEmpty else { return .refuse(.textMissing) }
      guard reason.count <= Limits.descriptionMost else { return .refuse(.textTooLong) }
      let wanted = AccountRole.allCases.filter { roles.contains($0) }
      guard wanted != account.roles else { return .ignore }
      return .accept([
        .account(
          .rolesChanged(
            AccountEvent.RolesChanged(account: id, reason: reason, roles: wanted)))
      ])
    }
  }

  /// The pair is registered and the account's in one append; counted where it can't race (P-97).
  func register(_ form: ChannelRegistration, _ id: AccountID, _ now: Instant) -> Decision {
    withOpen(id) { account in
      let open = account.channels.count { channels[$0].map { !$0.isClosed } ?? false }
      guard open < Limits.channelsMost else { return .refuse(.tooManyChannels) }
      guard case .accept(let events) = decide(.register(form), at: now) else {
        return decide(.register(form), at: now)
      }
      let added = AccountEvent.ChannelAdded(
        account: id, channel: ChannelKey(registering: form.open.id))
      return .accept(events + [.account(.channelAdded(added))])
    }
  }

  func close(_ id: AccountID, _ reason: String) -> Decision {
    guard let account = accounts[id] else { return .refuse(.accountUnknown) }
    guard !account.isClosed else { return .ignore }
    guard !reason.isEmpty else { return .refuse(.textMissing) }
    guard reason.count <= Limits.descriptionMost else { return .refuse(.textTooLong) }
    let open = account.channels.filter { channels[$0].map { !$0.isClosed } ?? false }
    return .accept(
      account.sessions.map { account.closing($0.id, .closed) }
        + account.keys.map { account.revoking($0.key) }
        + open.map {
          .channel(.closed(ChannelEvent.Closed(channel: $0, reason: "its account was closed")))
        }
        + [.account(.closed(AccountEvent.Closed(account: id, reason: reason)))])
  }
}
