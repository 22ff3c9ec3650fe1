import HTTP
import JSON
import Kernel

/// Why a request wasn't done, as a problem document (RFC 9457) with a code that never changes.
struct Problem: Sendable {
  /// One field of a body that can't be taken.
  struct FieldError: Hashable, Sendable {
    let field: String
    let problem: String
  }

  let code: Code
  var detail: String?
  /// The ledger's own word, where the code is `refused`.
  var refusal: Refusal?
  var errors: [FieldError] = []
  /// Seconds after which it may be tried again.
  var retryAfter: Int?
  /// Where the code has another one here than elsewhere.
  var otherStatus: Int?

  init(_ code: Code, _ detail: String? = nil, errors: [FieldError] = []) {
    self.code = code
    self.detail = detail
    self.errors = errors
  }

  init(_ refusal: Refusal, _ detail: String? = nil) {
    code = .refused
    self.refusal = refusal
    self.detail = detail ?? refusal.text.split(separator: "_").joined(separator: " ")
  }

  var response: HTTPResponse {
    let word = refusal?.text ?? code.rawValue
    let status = otherStatus ?? refusal?.status ?? code.status
    var writer = JSONWriter()
    writer.beginObject()
    func put(_ name: String, _ text: String) {
      writer.name(name)
      writer.string(text)
    }
    put("type", "urn:weir:problem:" + word)
    put("title", code.title)
    writer.name("status")
    writer.integer(status)
    put("code", word)
    if let detail { put("detail", detail) }
    if let retryAfter {
      writer.name("retry_after")
      writer.integer(retryAfter)
    }
    if !errors.isEmpty {
      writer.name("errors")
      writer.beginArray()
      for error in errors {
        writer.beginObject()
        put("field", error.field)
        put("problem", error.problem)
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
    var headers: HTTPHeaders = ["Content-Type": "application/problem+json"]
    if status == 401 { headers.add("WWW-Authenticate", "Bearer realm=\"weir\"") }
    if status == 503 { headers.add("Retry-After", "1") }
    if let retryAfter { headers.add("Retry-After", String(retryAfter)) }
    return HTTPResponse(status: status, headers: headers, body: writer.bytes)
  }
}

extension Problem {
  /// Every code there is besides the ledger's refusals; a code keeps its meaning for ever.
  enum Code: String, CaseIterable, Sendable {
    case unauthorized
    case signInNeeded = "sign_in_needed"
    case tokenExpired = "token_expired"
    case tokenInvalid = "token_invalid"
    case credentialsInvalid = "credentials_invalid"
    case codeNeeded = "code_needed"
    case codeInvalid = "code_invalid"
    case csrfTokenInvalid = "csrf_token_invalid"
    case roleMissing = "role_missing"
    case scopeMissing = "scope_missing"
    case passwordWrong = "password_wrong"
    case humanCheckNeeded = "human_check_needed"
    case accountsUnset = "accounts_unset"
    case tooManyRequests = "too_many_requests"
    case versionNeeded = "version_needed"
    case operatorKeyNeeded = "operator_key_needed"
    case operatorKeyUnset = "operator_key_unset"
    case approverNeeded = "approver_needed"
    case approversUnset = "approvers_unset"
    case signatureInvalid = "signature_invalid"
    case noticeMalformed = "notice_malformed"
    case contentTypeUnsupported = "content_type_unsupported"
    case bodyMalformed = "body_malformed"
    case fieldsInvalid = "fields_invalid"
    case queryInvalid = "query_invalid"
    case idempotencyKeyInvalid = "idempotency_key_invalid"
    case idempotencyKeyReused = "idempotency_key_reused"
    case asOfRefused = "asof_refused"
    case dryRunRefused = "dry_run_refused"
    case positionAhead = "position_ahead"
    case positionNotReached = "position_not_reached"
    case refused
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case recoveryOwed = "recovery_owed"
    case rebuildRunning = "rebuild_running"
    case stopping
    case standingBy = "standing_by"
    case logFull = "log_full"
    case busy
    case internalError = "internal_error"

    var status: Int {
      switch self {
      case .noticeMalformed, .bodyMalformed, .fieldsInvalid, .queryInvalid,
        .idempotencyKeyInvalid, .positionAhead, .passwordWrong, .asOfRefused, .dryRunRefused:
        400
      case .unauthorized, .operatorKeyNeeded, .approverNeeded, .signInNeeded, .tokenExpired,
        .tokenInvalid, .credentialsInvalid, .codeNeeded, .codeInvalid:
        401
      case .signatureInvalid, .operatorKeyUnset, .approversUnset, .csrfTokenInvalid, .roleMissing,
        .scopeMissing, .accountsUnset, .humanCheckNeeded:
        403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .refused, .recoveryOwed, .rebuildRunning: 409
      case .contentTypeUnsupported: 415
      case .idempotencyKeyReused: 422
      case .versionNeeded: 428
      case .tooManyRequests: 429
      case .internalError: 500
      case .positionNotReached, .stopping, .standingBy, .logFull, .busy: 503
      }
    }

    var title: String {
      switch self {
      case .unauthorized: "A service key is needed"
      case .signInNeeded: "Sign in first"
      case .tokenExpired: "The access token has expired"
      case .tokenInvalid: "The token is good for nothing"
      case .credentialsInvalid: "Name or password is wrong"
      case .codeNeeded: "A one-time code is needed"
      case .codeInvalid: "The one-time code is wrong or was used"
      case .csrfTokenInvalid: "The X-CSRF-Token header isn't the session's"
      case .roleMissing: "The account lacks the role"
      case .scopeMissing: "The API key lacks the scope"
      case .passwordWrong: "The password is wrong"
      case .humanCheckNeeded: "The form needs a solved challenge"
      case .accountsUnset: "Accounts are not configured"
      case .tooManyRequests: "Too many requests"
      case .versionNeeded: "An If-Match header with the version is needed"
      case .operatorKeyNeeded: "An operator's key is needed"
      case .approverNeeded: "An approver is needed"
      case .approversUnset: "No approvers are configured"
      case .operatorKeyUnset: "No operator's key is configured"
      case .signatureInvalid: "The notice is not signed by the provider"
      case .noticeMalformed: "The notice can't be read"
      case .contentTypeUnsupported: "The body must be application/json"
      case .bodyMalformed: "The body is not a JSON object"
      case .fieldsInvalid: "Some fields can't be taken"
      case .queryInvalid: "The query can't be taken"
      case .idempotencyKeyInvalid: "The idempotency key can't be taken"
      case .idempotencyKeyReused: "The idempotency key was used for something else"
      case .asOfRefused: "What this tells has no past"
      case .dryRunRefused: "This can't be tried out"
      case .positionAhead: "The log hasn't come to that position"
      case .positionNotReached: "The tables haven't come to that position yet"
      case .refused: "The ledger refused it"
      case .notFound: "There is no such thing"
      case .methodNotAllowed: "The path doesn't take that method"
      case .recoveryOwed: "The log owes recovery"
      case .rebuildRunning: "A table is being made anew already"
      case .stopping: "The service is stopping"
      case .standingBy: "This node stands by"
      case .logFull: "The log has no room"
      case .busy: "Too many reads are waiting"
      case .internalError: "Something went wrong here"
      }
    }
  }
}

extension Refusal {
  /// The status a refused write is answered with.
  var status: Int {
    switch self {
    case .amountNotPositive, .textTooLong, .textMissing, .noTiers, .tooManyTiers,
      .priceOutOfRange, .daysOutOfRange, .thresholdTooLow, .payoutPairUnknown, .walletMalformed,
      .sameChannelTwice, .openChannelTaken, .closedChannelTaken, .tierUnknown, .feesTooLow,
      .feesTooHigh, .rateMissing, .nameMalformed, .nameTaken, .emailMalformed, .emailTaken,
      .emailSame, .tokenUnknown, .codeUsed, .codeMissing, .channelIdsStay:
      400
    case .channelUnknown, .orderUnknown, .paymentUnknown, .accumulationUnknown,
      .conversionUnknown, .batchUnknown, .splitUnknown, .hostpayUnknown, .walletUnknown,
      .transferUnknown, .differenceUnknown, .accountUnknown, .sessionUnknown, .keyUnknown:
      404
    case .sessionReused, .accountClosed: 401
    case .emailUnverified: 403
    case .versionDiffers: 412
    case .tooSoon: 429
    case .ledgerAlreadyOpened, .ledgerFrozen, .capTwice, .approvalMissing, .approvalDiffers,
      .orderExists, .paymentNotValuing, .paymentNotBooked, .outcomeUnknown,
      .outcomeNotConvertible, .belowThreshold, .waitsAfterFailure, .splitElsewhere,
      .moneyMayHaveLeft, .tooManyAttempts, .nothingOwed, .nothingWaits,
      .swapDiffersFromIntent, .walletQuarantined, .walletClaimedElsewhere, .walletRetired,
      .walletNotRetired, .sweepOpen, .noncesUnexplained, .tooManyOpenNonces, .fundsMissing,
      .transferElsewhere, .notOurTransaction, .notHeld, .alreadyEnded, .nonceOpen, .notFailed,
      .alreadyVerified, .nothingPending, .codesAlreadyOn, .tooManyKeys, .tooManyChannels,
      .channelClosed, .rowMisfits, .differenceNotCorrectable:
      409
    case .ledgerNotOpened: 503
    }
  }

  /// The field of a registration the refusal is about.
  var registrationField: String? {
    switch self {
    case .openChannelTaken: "open_channel_id"
    case .closedChannelTaken, .sameChannelTwice: "closed_channel_id"
    case .thresholdTooLow: "payout_threshold_usd"
    case .payoutPairUnknown: "client_payout_currency"
    case .walletMalformed: "client_wallet_address"
    case .noTiers, .tooManyTiers: "tier_count"
    case .nameMalformed, .nameTaken: "username"
    case .emailMalformed, .emailTaken, .emailSame: "email"
    case .tokenUnknown: "token"
    case .codeMissing, .codeUsed: "code"
    case .ledgerNotOpened, .ledgerAlreadyOpened, .ledgerFrozen, .capTwice, .approvalMissing,
      .approvalDiffers, .amountNotPositive, .textTooLong,
      .textMissing, .priceOutOfRange, .daysOutOfRange, .channelUnknown, .tierUnknown, .orderUnknown,
      .orderExists, .paymentUnknown, .paymentNotValuing, .paymentNotBooked, .outcomeUnknown,
      .outcomeNotConvertible, .rateMissing, .accumulationUnknown, .conversionUnknown,
      .nothingOwed, .nothingWaits,
      .belowThreshold, .waitsAfterFailure, .batchUnknown, .splitUnknown, .splitElsewhere,
      .moneyMayHaveLeft, .tooManyAttempts, .swapDiffersFromIntent, .hostpayUnknown,
      .walletUnknown, .walletQuarantined, .walletClaimedElsewhere, .walletRetired,
      .walletNotRetired, .sweepOpen, .noncesUnexplained, .tooManyOpenNonces, .fundsMissing,
      .transferUnknown, .transferElsewhere, .feesTooLow, .feesTooHigh,
      .notOurTransaction, .notHeld, .alreadyEnded, .nonceOpen, .notFailed, .differenceUnknown,
      .differenceNotCorrectable, .emailUnverified, .alreadyVerified, .nothingPending,
      .accountUnknown, .accountClosed,
      .sessionUnknown, .sessionReused, .codesAlreadyOn, .keyUnknown, .tooManyKeys,
      .tooManyChannels, .channelClosed, .channelIdsStay, .versionDiffers, .tooSoon,
      .rowMisfits:
      nil
    }
  }
}
