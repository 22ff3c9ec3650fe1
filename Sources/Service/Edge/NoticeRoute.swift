import Engine
import Gateways
import HTTP
import JSON
import Kernel
import Log

// POST /webhooks/nowpayments: verify first, parse second, answer after the sync.
//
// The provider repeats what isn't answered with 2xx within 3 s and gives up after a few tries, so a
// refusal that no repetition can change is 200 with its name, and 503 means: again, please. A node
// that stands by verifies, and keeps it for the one that serves.

extension Call {
  func takeNotice() {
    guard let signature = request.headers.only("x-nowpayments-sig"), isSigned(by: signature) else {
      return refuseForgery()
    }
    if let door = parts.door {
      return keep(.nowPayments, request.body, signature: signature, in: door)
    }
    let report: PaymentReport
    do throws(NoticeError) {
      report = try NOWPaymentsNotice.report(request.body, source: .notice)
    } catch {
      keep(.malformed, .good, error.words)
      parts.logger.warning("notice_malformed", ["reason": "\(error)", "body": bodyDigest])
      return refuse(.noticeMalformed, error.words)
    }
    let digest = SHA256.digest(of: request.body)
    let id = CommandID.composed("notice", report.payment.text, HexText.of(digest.prefix(16)))
    let command = LedgerCommand.payment(.note(report, parts.configuration.policy))
    parts.gate.submit(
      Submission(id: id, digest: digest, command: command, actor: "provider:nowpayments")
    ) { answer in
      answerNotice(answer)
    }
  }

  private func isSigned(by signature: String) -> Bool {
    parts.configuration.nowPayments.ipnSecrets.contains { secret in
      NOWPaymentsNotice.isAuthentic(
        body: request.body, signature: signature, secret: secret.reveal())
    }
  }

  private var bodyDigest: Logger.Field {
    .text(HexText.of(SHA256.digest(of: request.body)))
  }

  private func refuseForgery() {
    let count = request.headers.all("x-nowpayments-sig").count
    keep(.forged, count == 0 ? .missing : count > 1 ? .several : .wrong)
    parts.logger.warning(
      "notice_refused",
      [
        "reason": count == 0 ? "no signature" : count > 1 ? "several signatures" : "not signed so",
        "from": .text(request.remoteAddress), "bytes": .integer(request.body.count),
        "body": bodyDigest,
      ])
    refuse(.signatureInvalid)
  }

  /// Counts what became of the notice, and keeps it for people to look at.
  private func keep(
    _ outcome: Metrics.NoticeOutcome, _ verdict: NoticeBook.Verdict, _ reason: String? = nil,
    position: UInt64? = nil
  ) {
    parts.metrics.note(outcome)
    parts.notices.add(
      NoticeBook.Entry(
        at: parts.clock(), from: request.remoteAddress,
        signature: request.headers.only("x-nowpayments-sig").map { String($0.prefix(200)) },
        verdict: verdict, outcome: outcome, reason: reason, position: position,
        bytes: request.body.count, body: Array(request.body.prefix(NoticeBook.bodyMost))))
  }

  private func answerNotice(_ answer: Answer) {
    func done(_ outcome: Metrics.NoticeOutcome, _ position: UInt64?, _ reason: String? = nil) {
      keep(outcome, .good, reason, position: position)
      var members = [JSONMember("status", .string(outcome.rawValue))]
      if let reason { members.append(JSONMember("reason", .string(reason))) }
      if let position { members.append(JSONMember("position", .number(String(position)))) }
      send(200, .object(members), position: position)
    }
    switch answer {
    case .accepted(_, let last): done(.accepted, last)
    case .replayed(_, let last): done(.replayed, last)
    case .ignored(let head): done(.ignored, head)
    case .keyReused: done(.refused, nil, "key_reused")
    case .refused(.ledgerNotOpened):
      keep(.unavailable, .good)
      refuse(Problem(Refusal.ledgerNotOpened))
    case .refused(let refusal):
      parts.logger.warning("notice_not_taken", ["reason": .text(refusal.text)])
      done(.refused, nil, refusal.text)
    case .stopping:
      keep(.unavailable, .good)
      refuse(.stopping)
    case .full:
      keep(.unavailable, .good)
      refuse(.logFull)
    }
  }
}

extension NoticeError {
  var words: String {
    switch self {
    case .notAnObject: "the body is not a JSON object"
    case .missing(let field): "\(field) is missing"
    case .malformed(let field): "\(field) is malformed"
    }
  }
}
