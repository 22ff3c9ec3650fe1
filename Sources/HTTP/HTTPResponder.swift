import Synchronization

/// The one answer to one request, from any thread, at once or later.
///
/// The first `send` counts, further ones are ignored. A responder that goes away without an answer
/// sends 500, so that no client waits for a handler that forgot it.
public final class HTTPResponder: Sendable {
  /// Nil for a closed connection; false where the answer was given before.
  private let answer: @Sendable (HTTPResponse?) -> Bool

  init(_ exchange: Exchange) {
    answer = { response in response.map(exchange.answer) ?? exchange.drop() }
  }

  /// For a request that came without a socket; `then` is called once, with nil for a connection
  /// that was closed.
  package init(then: @escaping @Sendable (HTTPResponse?) -> Void) {
    let isOver = Mutex(false)
    answer = { response in
      let isFirst = isOver.withLock { isOver in
        defer { isOver = true }
        return !isOver
      }
      if isFirst { then(response) }
      return isFirst
    }
  }

  deinit {
    _ = answer(.problem(500))
  }

  /// Sends the answer; false when one was sent before, or the server gave up waiting for it.
  @discardableResult
  public func send(_ response: HTTPResponse) -> Bool {
    answer(response)
  }

  /// Closes the connection without an answer, as a failing server does; for stand-ins in tests.
  @discardableResult
  public func drop() -> Bool {
    answer(nil)
  }
}
