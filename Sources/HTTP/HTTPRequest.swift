/// One complete request as the server hands it over: framing, limits and escapes are checked.
public struct HTTPRequest: Sendable {
  /// One `name=value` of the query, decoded; a name without `=` has an empty value.
  public struct QueryItem: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public let method: String
  /// The path as it was sent: undecoded, without the query; `*` for `OPTIONS *`.
  public let path: String
  /// The path's segments, each decoded once; `/` has none, and `/a/` ends in an empty one.
  public let segments: [String]
  public let query: [QueryItem]
  public let headers: HTTPHeaders
  public let body: [UInt8]
  /// The address of the other end of the socket, without its port; a proxy's when there is one.
  public let remoteAddress: String

  public init(
    method: String, path: String, segments: [String], query: [QueryItem] = [],
    headers: HTTPHeaders = [:], body: [UInt8] = [], remoteAddress: String = ""
  ) {
    self.method = method
    self.path = path
    self.segments = segments
    self.query = query
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
  }

  /// The value of a query name that occurs once; nil when it is absent or occurs again.
  public func queryValue(_ name: String) -> String? {
    let found = query.filter { $0.name == name }
    return found.count == 1 ? found[0].value : nil
  }
}
