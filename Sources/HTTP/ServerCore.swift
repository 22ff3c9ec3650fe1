import Synchronization

/// What every request of one server shares.
final class ServerCore: Sendable {
  let limits: HTTPServerLimits
  let standingHeaders: HTTPHeaders
  let handler: @Sendable (HTTPRequest, HTTPResponder) -> Void
  let sweeper = Sweeper()
  let isDraining = Atomic<Bool>(false)
  /// Requests given to the handler whose answers have not left yet.
  let inFlight = Atomic<Int>(0)
  /// Requests begun and not ended, refused ones and half-read ones among them.
  let begun = Atomic<Int>(0)

  init(
    limits: HTTPServerLimits, standingHeaders: HTTPHeaders,
    handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
  ) {
    self.limits = limits
    self.standingHeaders = standingHeaders
    self.handler = handler
  }

  /// Counts a request in unless the server drains.
  ///
  /// Counting comes first: whoever drains sets the mark and then waits for zero, so no request
  /// slips in behind the last look.
  func admit() -> Bool {
    inFlight.add(1, ordering: .sequentiallyConsistent)
    guard isDraining.load(ordering: .sequentiallyConsistent) else { return true }
    inFlight.subtract(1, ordering: .sequentiallyConsistent)
    return false
  }

  func release() {
    inFlight.subtract(1, ordering: .sequentiallyConsistent)
  }

  /// The answer as it goes out: a 500 in place of one that can't, with the standing headers.
  func finished(_ response: HTTPResponse) -> HTTPResponse {
    var response = response.isSendable ? response : .problem(500)
    for field in standingHeaders.fields where !response.headers.contains(field.name) {
      response.headers.add(field.name, field.value)
    }
    return response
  }

  var drainingAnswer: HTTPResponse {
    var response = HTTPResponse.problem(503, "stopping")
    response.headers.add("Retry-After", "1")
    return response
  }
}
