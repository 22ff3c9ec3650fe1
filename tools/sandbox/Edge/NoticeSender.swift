import Gateways
import HTTP
import JSON
import Synchronization

/// Sends the payment provider's notices when they are due, each try once at a time.
final class NoticeSender: Sendable {
  private static let beat = Duration.milliseconds(15)

  private let core: Core
  private let secret: String
  private let http: HTTPClient
  private let underWay = Mutex<Set<Int>>([])
  private let isStopped = Atomic<Bool>(false)

  init(core: Core, secret: String) {
    self.core = core
    self.secret = secret
    http = HTTPClient()
  }

  func start() {
    Task {
      while !isStopped.load(ordering: .relaxed) {
        for notice in core.read({ $0.payments.due(at: $0.time) }) { send(notice) }
        try? await Task.sleep(for: Self.beat)
      }
    }
  }

  func stop() { isStopped.store(true, ordering: .relaxed) }

  private func send(_ notice: Notice) {
    guard underWay.withLock({ $0.insert(notice.id).inserted }) else { return }
    http.start(notice.request(secret: secret)) { [self] outcome in
      if !isStopped.load(ordering: .relaxed) {
        _ = core.change(
          .delivery,
          .object(["notice": .integer(notice.id), "answer": .string(Self.text(outcome))]))
      }
      underWay.withLock { _ = $0.remove(notice.id) }
    }
  }

  private static func text(_ outcome: Result<HTTPClientResponse, HTTPClientFailure>) -> String {
    switch outcome {
    case .success(let response): String(response.status)
    case .failure(let failure): "\(failure)"
    }
  }
}

extension Notice {
  /// The try as it is sent.
  func request(secret: String) -> HTTPClientRequest {
    var bytes = body.written(.sortedECMAScript)
    var headers: HTTPHeaders = ["Content-Type": "application/json"]
    let key = delivery.manner == .forged ? "not " + secret : secret
    if delivery.manner != .unsigned,
      let signature = NOWPaymentsNotice.signature(of: bytes, secret: key)
    {
      headers.add("x-nowpayments-sig", signature)
    }
    if delivery.manner == .altered {
      bytes = altered(body).written(.sortedECMAScript)
    }
    return HTTPClientRequest(
      method: "POST", url: delivery.url, headers: headers, body: bytes,
      timeoutMilliseconds: 3000)
  }

  /// Ten times the outcome.
  private func altered(_ body: JSONValue) -> JSONValue {
    .object(
      (body.members ?? []).map { member in
        guard member.name == "outcome_amount", let amount = member.value.number else {
          return member
        }
        return JSONMember(member.name, .number(amount + "e1"))
      })
  }
}
