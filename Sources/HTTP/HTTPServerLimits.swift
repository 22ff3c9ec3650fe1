/// What a server takes from one client before it stops listening to it.
///
/// Defaults are those of HT-09 to HT-16: 64 KiB bodies, 100 headers of 8 KiB, 32 KiB of them in
/// all, ten seconds for a whole request.
public struct HTTPServerLimits: Sendable {
  public static let `default` = HTTPServerLimits()

  public var bodyBytes = 64 * 1024
  public var targetBytes = 8 * 1024
  public var headerCount = 100
  /// Name and value of one header.
  public var headerBytes = 8 * 1024
  public var allHeaderBytes = 32 * 1024
  /// From a connection's start, or a later request's first line, to its last byte.
  public var requestSeconds = 10.0
  /// From the answer to its last byte.
  public var writeSeconds = 10.0
  /// Between two requests of a connection.
  public var idleSeconds = 60.0
  public var requestsPerConnection = 100_000
  /// Bounded by the process' limit of descriptors as well.
  public var connections = 4096
  /// 0 for no limit, which is right behind a proxy.
  public var connectionsPerAddress = 0
  public var backlog = 1024
  /// Threads that read, call the handler and write.
  public var threads = 2

  public init() {}

  /// Request line, headers with 64 bytes of bookkeeping each, and the answer's headers must fit.
  var poolBytes: Int {
    targetBytes * 2 + allHeaderBytes + (headerCount + 64) * 64 + 16 * 1024
  }
}
