/// One call to make.
///
/// Everything in it is sent as it stands; redirects are not followed.
public struct HTTPClientRequest: Sendable {
  public var method: String
  /// An absolute `http` or `https` address; it may hold secrets, so no error text shows it.
  public var url: String
  public var headers: HTTPHeaders
  public var body: [UInt8]
  /// For the whole call, waiting for a connection included.
  public var timeoutMilliseconds: Int
  public var connectTimeoutMilliseconds: Int
  /// A longer answer is cut off and the call fails as unknown.
  public var maximumAnswerBytes: Int

  public init(
    method: String = "GET", url: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
    timeoutMilliseconds: Int = 30_000, connectTimeoutMilliseconds: Int = 10_000,
    maximumAnswerBytes: Int = 1 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeoutMilliseconds = timeoutMilliseconds
    self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
    self.maximumAnswerBytes = maximumAnswerBytes
  }

  /// True when it can be sent without a header or address changing what is asked.
  var isWellFormed: Bool {
    method.isToken && timeoutMilliseconds > 0 && connectTimeoutMilliseconds > 0
      && (url.hasPrefix("http://") || url.hasPrefix("https://"))
      && url.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
      && headers.fields.allSatisfy { $0.name.isToken && $0.value.isFieldValue }
  }

  /// True when sending it twice is as good as once (RFC 9110 section 9.2.1).
  var isSafe: Bool { ["GET", "HEAD", "OPTIONS"].contains(method) }
}

/// An answer that arrived whole; any status is an answer.
public struct HTTPClientResponse: Sendable, Equatable {
  public let status: Int
  public let headers: HTTPHeaders
  public let body: [UInt8]

  public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why a call has no answer, by what may have happened at the other end.
///
/// Sending exactly once depends on the difference: after `notSent` and `tls` the request may be
/// sent again as if it had never been made; after `unknown` the other end may have acted on it.
public enum HTTPClientFailure: Error, Equatable, Sendable {
  case notSent(NotSent)
  /// No secure connection was made, and nothing of the request was sent.
  case tls(TLSFailure)
  case unknown(Unknown)

  public enum NotSent: String, Sendable {
    case malformedRequest
    case couldNotResolve
    case couldNotConnect
    /// Time ran out before a connection was ready, while waiting for a free one included.
    case timedOut
    case cancelled
    /// Too many calls wait already.
    case tooManyCalls
    case clientClosed
    /// The client's own machine failed: no memory, no descriptors.
    case localFailure
  }

  public enum TLSFailure: String, Sendable {
    /// The certificate is not valid for the host, or nobody trusted signed it.
    case certificateRefused
    case handshakeFailed
  }

  public enum Unknown: String, Sendable {
    case timedOut
    case connectionLost
    /// The connection ended before the answer did.
    case answerCutShort
    case answerTooLarge
    case answerMalformed
    case cancelled
    case clientClosed
    case other
  }

  /// True when nothing of the request can have reached the other end.
  public var isSurelyNotSent: Bool {
    switch self {
    case .notSent, .tls: true
    case .unknown: false
    }
  }
}

/// What one client holds open at a time.
public struct HTTPClientLimits: Sendable {
  public static let `default` = HTTPClientLimits()

  /// Calls beyond the connections wait for one, as part of their own timeout.
  public var connections = 64
  public var connectionsPerHost = 32
  public var calls = 4096
  /// A file of trusted certificates in place of the system's.
  public var certificateAuthorities: String?

  public init() {}
}
