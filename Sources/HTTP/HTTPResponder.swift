/// The one answer to one request, from any thread, at once or later.
///
/// The first `send` counts, further ones are ignored. A responder that goes away without an answer
/// sends 500, so that no client waits for a handler that forgot it.
public final class HTTPResponder: Sendable {
  private let exchange: Exchange

  init(_ exchange: Exchange) {
    self.exchange = exchange
  }

  deinit {
    exchange.answer(.problem(500))
  }

  /// Sends the answer; false when one was sent before, or the server gave up waiting for it.
  @discardableResult
  public func send(_ response: HTTPResponse) -> Bool {
    exchange.answer(response)
  }

  /// Closes the connection without an answer, as a failing server does; for stand-ins in tests.
  @discardableResult
  public func drop() -> Bool {
    exchange.drop()
  }
}
