/// One row of the surface; a row that doesn't say who may use it doesn't compile.
struct EdgeRoute: Sendable {
  /// Who may use a route.
  enum Access: Sendable {
    /// Anybody: it tells nothing about money.
    case open
    /// Whoever signs as the provider; the handler checks.
    case signed
    /// Whoever knows the secret that Telegram was given; the handler checks.
    case secret
    /// Whoever has the service key, an account for what is its own, and anybody where reads are
    /// open.
    case reads
    /// Whoever has the service key.
    case writes
    /// Whoever has the service key, and an account for what is its own.
    case owns
    /// An account, by a session or an API key.
    case account
    /// An account by a session: nothing that an API key may do.
    case session
    /// Whoever has the operators' key or an approver's, and accounts with any role.
    case audits
    /// Whoever has an approver's key, and accounts with the role; never the operators' key.
    case approves
    /// Whoever has the operators' key, which is another one, and accounts with the role.
    case operates
    /// Whoever has the operators' key, and nobody else: it makes operators.
    case grants
  }

  let method: String
  let pattern: String
  let access: Access
  /// `?asof=` and `?dry_run=true`.
  let supposing: Supposing
  /// Names that its query may have beside those; nil where others make up the address.
  ///
  /// Any other is refused, so that none is dropped unseen.
  let query: [String]?
  let handler: @Sendable (Call) -> Void

  init(
    _ method: String, _ pattern: String, _ access: Access, _ supposing: Supposing = .world,
    query: [String]? = [], _ handler: @escaping @Sendable (Call) -> Void
  ) {
    self.method = method
    self.pattern = pattern
    self.access = access
    self.supposing = supposing
    self.query = query
    self.handler = handler
  }

  static let all: [EdgeRoute] = service + operators + auth + account + channels + desk + live

  private static let service: [EdgeRoute] = [
    EdgeRoute(
      "POST", "/webhooks/nowpayments", .signed,
      .never(
        "a notice is taken or refused; POST /api/admin/notices/replay tells what one would do"),
      query: nil
    ) { $0.takeNotice() },
    EdgeRoute(
      "POST", "/webhooks/telegram", .secret, .never("an update is taken or refused"), query: nil
    ) { $0.takeUpdate() },
    EdgeRoute("GET", "/health", .open, .never("it tells of the process that answers")) {
      $0.showHealth()
    },
    EdgeRoute("GET", "/ready", .open, .never("it tells of the process that answers")) {
      $0.showReadiness()
    },
    EdgeRoute("GET", "/metrics", .open, .never("it tells of the process that answers")) {
      $0.showMetrics()
    },
    EdgeRoute(
      "GET", "/.well-known/weir/checkpoint", .open, .never("it is the newest checkpoint alone")
    ) { $0.showCheckpoint() },
    EdgeRoute("GET", "/api/liabilities", .open) { $0.showLiabilities() },
    EdgeRoute("POST", "/api/orders", .writes) { $0.placeOrder() },
    EdgeRoute("GET", "/api/orders/{id}", .reads) { $0.showOrder() },
    EdgeRoute("POST", "/api/orders/{id}/invite", .writes) { $0.resendInvite() },
    EdgeRoute(
      "GET", "/api/batches", .reads, query: ["status", "channel", "limit", "after", "position"]
    ) { $0.listBatches() },
    EdgeRoute("GET", "/api/human-check", .open, .never("it is of now alone"), query: ["form"]) {
      $0.showHumanCheck()
    },
    EdgeRoute("GET", "/api/limits", .open, .never("limits are of the program, not of the log")) {
      $0.showLimits()
    },
    EdgeRoute(
      "GET", "/api/mappings/currency-network", .open,
      .never("pairs are of the program, not of the log")
    ) { $0.showMappings() },
  ]

  private static let operators: [EdgeRoute] = [
    EdgeRoute("POST", "/api/admin/batches/run", .operates, .itself) { $0.runBatches() },
    EdgeRoute(
      "GET", "/api/admin/sagas", .audits,
      query: ["stuck", "all", "kind", "channel", "after", "limit", "position"]
    ) { $0.listSagas() },
    EdgeRoute("GET", "/api/admin/sagas/{id}", .audits, query: ["position"]) { $0.showSaga() },
    EdgeRoute("GET", "/api/admin/sagas/{id}/evidence", .audits, query: ["position"]) {
      $0.showEvidence()
    },
    EdgeRoute("POST", "/api/admin/sagas/{id}/{action}", .operates) { $0.actOnSaga() },
    EdgeRoute(
      "GET", "/api/admin/payments", .audits,
      query: ["held", "channel", "after", "limit", "position"]
    ) { $0.listPayments() },
    EdgeRoute("GET", "/api/admin/payments/{id}", .audits, query: ["position"]) { $0.showPayment() },
    EdgeRoute("POST", "/api/admin/payments/{id}/{action}", .operates) { $0.ruleOnPayment() },
    EdgeRoute("GET", "/api/admin/clients/{channel}/debts", .audits) { $0.showDebts() },
    EdgeRoute("POST", "/api/admin/clients/{channel}/debts/{action}", .operates) {
      $0.ruleOnDebts()
    },
    EdgeRoute("GET", "/api/admin/payout-changes", .audits) { $0.listPayoutChanges() },
    EdgeRoute("POST", "/api/admin/payout-changes/{channel}/cancel", .operates) {
      $0.cancelHeldPayoutChange()
    },
    EdgeRoute("GET", "/api/admin/differences", .audits, query: ["all"]) { $0.listDifferences() },
    EdgeRoute(
      "POST", "/api/admin/differences/look", .operates,
      .never("it compares and writes nothing itself")
    ) { $0.lookForDifferences() },
    EdgeRoute("POST", "/api/admin/differences/{difference}/explain", .operates) {
      $0.explainDifference()
    },
    EdgeRoute("POST", "/api/admin/differences/{difference}/correct", .operates) {
      $0.correctDifference()
    },
    EdgeRoute("GET", "/api/admin/freeze", .audits) { $0.showFreeze() },
    EdgeRoute("POST", "/api/admin/freeze", .operates) { $0.freeze() },
    EdgeRoute("POST", "/api/admin/unfreeze", .approves) { $0.unfreeze() },
    EdgeRoute("GET", "/api/admin/approvals", .audits) { $0.listApprovals() },
    EdgeRoute("POST", "/api/admin/approvals/{transfer}", .approves) { $0.approve() },
    EdgeRoute("GET", "/api/admin/caps", .audits) { $0.showCaps() },
    EdgeRoute("POST", "/api/admin/caps/approve", .approves) { $0.approveCaps() },
    EdgeRoute("GET", "/api/admin/accounts", .audits, .people, query: ["limit", "after"]) {
      $0.listAccounts()
    },
    EdgeRoute("POST", "/api/admin/accounts/{account}/roles", .grants) { $0.changeRoles() },
    EdgeRoute("POST", "/api/admin/accounts/{account}/close", .operates) { $0.closeAnAccount() },
  ]

  private static let auth: [EdgeRoute] = [
    EdgeRoute("POST", "/api/auth/signup", .open) { $0.signUp() },
    EdgeRoute("POST", "/api/auth/login", .open, .never("a session is opened or not")) {
      $0.logIn()
    },
    EdgeRoute("POST", "/api/auth/refresh", .open, .never("a session goes on or not")) {
      $0.refreshSession()
    },
    EdgeRoute("POST", "/api/auth/logout", .session, .never("a session ends or not")) {
      $0.logOut()
    },
    EdgeRoute("GET", "/api/auth/me", .account, .people) { $0.showMe() },
    EdgeRoute("POST", "/api/auth/verify-email", .open) { $0.verifyEmail() },
    EdgeRoute(
      "POST", "/api/auth/resend-verification", .open,
      .never("its answer would tell whose address it is")
    ) { $0.resendVerification() },
    EdgeRoute(
      "POST", "/api/auth/forgot-password", .open,
      .never("its answer would tell whose address it is")
    ) { $0.forgotPassword() },
    EdgeRoute("POST", "/api/auth/reset-password", .open) { $0.resetPassword() },
    EdgeRoute("POST", "/api/auth/confirm-email-change", .open) { $0.confirmEmailChange() },
  ]

  private static let account: [EdgeRoute] = [
    EdgeRoute("POST", "/api/account/resend-verification", .session) { $0.resendMine() },
    EdgeRoute("POST", "/api/account/change-email", .session) { $0.changeEmail() },
    EdgeRoute("POST", "/api/account/cancel-email-change", .session) { $0.cancelEmailChange() },
    EdgeRoute("POST", "/api/account/change-password", .session) { $0.changePassword() },
    EdgeRoute("GET", "/api/account/sessions", .session, .people) { $0.listSessions() },
    EdgeRoute("DELETE", "/api/account/sessions/{session}", .session) { $0.endSession() },
    EdgeRoute("POST", "/api/account/close", .session) { $0.closeAccount() },
    EdgeRoute("POST", "/api/account/totp", .session, .never("it draws a secret and writes nothing"))
    { $0.prepareCodes() },
    EdgeRoute("POST", "/api/account/totp/confirm", .session) { $0.enableCodes() },
    EdgeRoute("POST", "/api/account/totp/disable", .session) { $0.disableCodes() },
    EdgeRoute(
      "POST", "/api/account/telegram", .session, .never("it signs a link and writes nothing")
    ) { $0.makeTelegramLink() },
    EdgeRoute("DELETE", "/api/account/telegram", .session) { $0.unlinkTelegram() },
    EdgeRoute("GET", "/api/account/keys", .session, .people) { $0.listKeys() },
    EdgeRoute("POST", "/api/account/keys", .session) { $0.issueKey() },
    EdgeRoute("DELETE", "/api/account/keys/{key}", .session) { $0.revokeKey() },
  ]

  private static let channels: [EdgeRoute] = [
    EdgeRoute("POST", "/api/channels/register", .owns) { $0.registerChannel() },
    EdgeRoute("GET", "/api/channels", .account) { $0.listChannels() },
    EdgeRoute("GET", "/api/channels/{id}", .reads, .itself) { $0.showChannel() },
    EdgeRoute("PUT", "/api/channels/{id}", .account) { $0.editChannel() },
    EdgeRoute("DELETE", "/api/channels/{id}", .account) { $0.closeChannel() },
    EdgeRoute("DELETE", "/api/channels/{id}/payout-change", .account) { $0.cancelPayoutChange() },
    EdgeRoute("POST", "/api/channels/{id}/broadcast", .account, .itself) { $0.broadcast() },
    EdgeRoute("GET", "/api/channels/{id}/timeline", .reads, .itself, query: ["limit", "after"]) {
      $0.showTimeline()
    },
    EdgeRoute("GET", "/api/channels/{id}/balance", .reads, .itself) { $0.showBalance() },
    EdgeRoute("GET", "/api/channels/{id}/liabilities", .reads) { $0.proveLiabilities() },
    EdgeRoute(
      "GET", "/api/channels/{id}/payouts", .reads, query: ["status", "limit", "after", "position"]
    ) { $0.listPayouts() },
  ]
}
