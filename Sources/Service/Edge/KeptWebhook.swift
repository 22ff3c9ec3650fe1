import HTTP
import JSON
import Kernel

/// A webhook that a node without the lane took in, from there to the node that has it.
struct KeptWebhook: Hashable, Sendable {
  enum Kind: String, Sendable {
    case nowPayments = "nowpayments"
    case telegram

    /// The route that takes it, wherever it came in.
    var path: String { "/webhooks/" + rawValue }
  }

  let kind: Kind
  /// When the other node had the whole of it.
  let at: Instant
  /// The sender's address as that node saw it.
  let from: String
  let body: [UInt8]
  /// As it was signed, where it is a notice; a secret is never kept.
  let signature: String?

  /// As the inbox keeps it; nil where the configuration has no secret for it.
  func sealed(_ configuration: Configuration) -> [UInt8]? {
    guard let key = Self.keys(kind, configuration).first else { return nil }
    let text = JSONValue.object([
      "body": .string(Base64URL.text(body)), "from": .string(from),
      "signature": signature.map(JSONValue.string) ?? .null,
    ])
    return Seal.seal(text.written(.asIs), key)
  }

  /// Nil where it was sealed with a secret that the configuration hasn't.
  init?(_ kind: Kind, at: Instant, sealed: [UInt8], _ configuration: Configuration) {
    let opened = Self.keys(kind, configuration).lazy.compactMap { Seal.open(sealed, $0) }.first
    let limits = JSONLimits(bytes: 1 << 18, depth: 2)
    guard let opened, let value = try? JSONValue.parse(opened, limits: limits),
      let body = value["body"]?.text.flatMap({ Base64URL.bytes($0[...]) }),
      let from = value["from"]?.text
    else { return nil }
    self.init(kind: kind, at: at, from: from, body: body, signature: value["signature"]?.text)
  }

  init(kind: Kind, at: Instant, from: String, body: [UInt8], signature: String?) {
    self.kind = kind
    self.at = at
    self.from = from
    self.body = body
    self.signature = signature
  }

  /// What came over HTTP there; Telegram's secret is this node's own, which opened the seal.
  func request(_ configuration: Configuration) -> HTTPRequest {
    var headers: HTTPHeaders = ["Content-Type": "application/json"]
    switch kind {
    case .nowPayments:
      if let signature { headers.add("x-nowpayments-sig", signature) }
    case .telegram:
      if let secret = configuration.telegram.webhookSecret {
        headers.add("x-telegram-bot-api-secret-token", secret.reveal())
      }
    }
    return HTTPRequest(
      method: "POST", path: kind.path, segments: ["webhooks", kind.rawValue], headers: headers,
      body: body, remoteAddress: from)
  }

  /// The newest first: that seals.
  private static func keys(_ kind: Kind, _ configuration: Configuration) -> [[UInt8]] {
    let secrets =
      switch kind {
      case .nowPayments: configuration.nowPayments.ipnSecrets
      case .telegram: configuration.telegram.webhookSecrets
      }
    return secrets.map { Cipher.hmac("weir inbox " + kind.rawValue, $0) }
  }
}

extension Call {
  /// Keeps a webhook whose sender is known by now, and answers once it is durable.
  ///
  /// The node that has the lane puts it through the same route, which does everything else.
  func keep(_ kind: KeptWebhook.Kind, _ body: [UInt8], signature: String?, in door: InboxDoor) {
    let webhook = KeptWebhook(
      kind: kind, at: parts.clock(), from: request.remoteAddress, body: body, signature: signature)
    guard let sealed = webhook.sealed(parts.configuration) else { return refuse(.standingBy) }
    door.keep(webhook, sealed) { isKept in
      guard isKept else {
        return refuse(.standingBy, "it isn't known whether it was kept; send it again")
      }
      send(200, .object(["status": .string("kept")]))
    }
  }
}

extension Edge {
  /// Puts a webhook that another node took in through the route by which it came, at its time;
  /// `then` is called once, with nil where there is no answer.
  func take(
    _ webhook: KeptWebhook, then: @escaping @Sendable (HTTPResponse?) -> Void
  ) {
    let responder = HTTPResponder(then: then)
    guard let route = EdgeRoute.all.first(where: { $0.pattern == webhook.kind.path }) else {
      return
    }
    var parts = self.parts
    parts.clock = { webhook.at }
    Call(
      request: webhook.request(parts.configuration), parameters: PathParameters([:]),
      route: route.pattern, responder: responder, parts: parts, readers: readers, pasts: pasts,
      principal: .anonymous
    ).begin(route)
  }
}
