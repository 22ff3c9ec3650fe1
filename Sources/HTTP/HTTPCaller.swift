/// Whatever makes an HTTP call: `HTTPClient` over sockets, or a transport of a world of its own.
///
/// What the callers know of a call is its `Result` alone, so whoever makes it decides what is lost,
/// late or garbled on the way.
public protocol HTTPCaller: Sendable {
  /// Makes one call; each call ends once.
  func send(
    _ request: HTTPClientRequest
  ) async -> Result<HTTPClientResponse, HTTPClientFailure>
}

extension HTTPClient: HTTPCaller {}

extension HTTPRequest {
  /// The request as the server at the other end reads it; nil where it can't be sent, or has no
  /// path that a server takes.
  package init?(_ request: HTTPClientRequest, from address: String = "127.0.0.1") {
    guard request.isWellFormed,
      let target = RequestTarget(Array(request.url.utf8), method: request.method)
    else { return nil }
    self.init(
      method: request.method, path: target.path, segments: target.segments, query: target.query,
      headers: request.headers, body: request.body, remoteAddress: address)
  }
}
