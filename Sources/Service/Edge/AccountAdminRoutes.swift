import Engine
import HTTP
import JSON
import Kernel
import Projections

// Accounts by operators: GET /api/admin/accounts, POST …/{account}/roles and …/{account}/close; and
// two tables that everybody may read: GET /api/limits and /api/mappings/currency-network.

extension Call {
  func listAccounts() {
    guard let desk = desk(), let limit = number("limit", 1...500, standard: 100),
      let after = number("after", 0...Int(Int32.max), standard: 0)
    else { return }
    let (page, count) = desk.directory.read { ($0.page(after: after, limit: limit), $0.count) }
    let end = after + page.count
    let now = parts.clock()
    send(
      200,
      .object([
        "accounts": .array(page.map { $0.shown(at: now) }),
        "next": end < count && !page.isEmpty ? .integer(end) : .null,
      ]))
  }

  func changeRoles() {
    guard let desk = desk(), let id = accountOfPath(desk),
      let (deed, roles) = deed({ $0.words("roles", AccountRole.self, mayBeEmpty: true) }),
      let roles
    else { return }
    submit(.changeRoles(id, roles, reason: deed.reason), desk, actor: deed.actor) {
      sendAccount(id, desk, $0)
    }
  }

  func closeAnAccount() {
    guard let desk = desk(), let id = accountOfPath(desk), let deed = deed() else { return }
    submit(.close(id, reason: deed.reason), desk, actor: deed.actor) {
      sendAccount(id, desk, $0)
    }
  }

  private func accountOfPath(_ desk: AccountDesk) -> AccountID? {
    if let id = AccountID(text: parameters["account"]), desk.directory.read({ $0[id] != nil }) {
      return id
    }
    refuse(.notFound)
    return nil
  }

  private func sendAccount(_ id: AccountID, _ desk: AccountDesk, _ position: UInt64?) {
    guard let account = desk.directory.read({ $0[id] }) else { return fail("an account is gone") }
    send(200, account.shown(at: parts.clock()), position: position)
  }

  // MARK: For everybody

  func showLimits() {
    send(
      200,
      .object([
        "threshold_least": .string(Limits.thresholdLeast.amountText),
        "price_most": .string(Limits.priceMost.amountText),
        "tier_days_most": .integer(Limits.tierDaysMost), "tiers_most": .integer(Limits.tiersMost),
        "title_most": .integer(Limits.titleMost),
        "description_most": .integer(Limits.descriptionMost),
        "donation_message_most": .integer(Limits.donationMessageMost),
        "wallet_most": .integer(Limits.walletMost),
        "channels_most": .integer(Limits.channelsMost),
        "username_least": .integer(Limits.nameLeast), "username_most": .integer(Limits.nameMost),
        "password_least": .integer(Passwords.least), "password_most": .integer(Passwords.most),
        "fee_basis_points": .integer(parts.configuration.policy.fee.value),
      ]))
  }

  /// What a client can be paid in, both ways round (domain 7.6), sorted by network, then currency.
  func showMappings() {
    let pairs = Asset.payable.sorted { ($0.network, $0.currency) < ($1.network, $1.currency) }
    typealias Names = CurrencyToNetworkSupportedMappings
    let networks = Set(pairs.map(\.network)).sorted()
    let currencies = Set(pairs.map(\.currency)).sorted()
    send(
      200,
      .object([
        "network_to_currencies": .object(
          networks.map { network in
            JSONMember(
              network,
              .array(
                pairs.filter { $0.network == network }.map {
                  .object([
                    "currency": .string($0.currency),
                    "currency_name": .string(Names.name(ofCurrency: $0.currency)),
                  ])
                }))
          }),
        "currency_to_networks": .object(
          currencies.map { currency in
            JSONMember(
              currency,
              .array(
                pairs.filter { $0.currency == currency }.map {
                  .object([
                    "network": .string($0.network),
                    "network_name": .string(Names.name(ofNetwork: $0.network)),
                  ])
                }))
          }),
        "networks_with_names": .object(
          networks.map { JSONMember($0, .string(Names.name(ofNetwork: $0))) }),
        "currencies_with_names": .object(
          currencies.map { JSONMember($0, .string(Names.name(ofCurrency: $0))) }),
      ]))
  }
}

extension AccountState {
  fileprivate func shown(at now: Instant) -> JSONValue {
    .object([
      "user_id": .string(id.text), "username": .string(name), "roles": shownRoles,
      "email_verified": .bool(isVerified), "is_closed": .bool(isClosed),
      "totp_enabled": .bool(codes != nil),
      "channels": .array(channels.map { .string($0.text) }),
      "sessions": .integer(sessions.count { $0.expires > now }),
      "last_login": lastLogin.map { .string($0.text) } ?? .null,
    ])
  }
}
