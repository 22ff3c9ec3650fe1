/// An HTTP/1.1 client: any number of calls at once, one thread, connections kept and reused.
///
/// A request other than `GET`, `HEAD` and `OPTIONS` is written to a connection at most once: where
/// libcurl would quietly repeat it after a kept connection broke, the call fails as unknown
/// instead. Certificates are always checked; proxies, cookies and `.netrc` of the environment are
/// not used.
public final class HTTPClient: Sendable {
  private let loop: ClientLoop

  public init(limits: HTTPClientLimits = .default) {
    loop = ClientLoop(limits)
  }

  deinit {
    loop.close()
  }

  /// Makes one call.
  ///
  /// Cancelling the task aborts it, as not sent or as unknown, whichever holds.
  public func send(
    _ request: HTTPClientRequest
  ) async -> Result<HTTPClientResponse, HTTPClientFailure> {
    let call = HTTPCall(Transfer(request), loop)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.submit(call.transfer) { continuation.resume(returning: $0) }
      }
    } onCancel: {
      call.cancel()
    }
  }

  /// Makes one call for code without tasks; `then` runs once, on the client's thread, and is brief.
  @discardableResult
  public func start(
    _ request: HTTPClientRequest,
    then: @escaping @Sendable (Result<HTTPClientResponse, HTTPClientFailure>) -> Void
  ) -> HTTPCall {
    let call = HTTPCall(Transfer(request), loop)
    loop.submit(call.transfer, then)
    return call
  }
}

/// A call under way.
public struct HTTPCall: Sendable {
  let transfer: Transfer
  private let loop: ClientLoop

  init(_ transfer: Transfer, _ loop: ClientLoop) {
    self.transfer = transfer
    self.loop = loop
  }

  /// Aborts the call unless it has ended; it still ends once, as cancelled.
  public func cancel() {
    loop.cancel(transfer)
  }
}
