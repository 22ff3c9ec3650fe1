/// One row of a route table: a method, a pattern such as `/api/channels/{id}/timeline`, a handler.
public struct Route: Sendable {
  public typealias Handler = @Sendable (HTTPRequest, PathParameters, HTTPResponder) -> Void

  public let method: String
  public let pattern: String
  let handler: Handler

  public init(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
    self.method = method
    self.pattern = pattern
    self.handler = handler
  }
}

/// The decoded segments that stood where a pattern has `{names}`.
public struct PathParameters: Sendable, Equatable {
  private let values: [String: String]

  public init(_ values: [String: String]) {
    self.values = values
  }

  /// The value of one of the pattern's names; asking for a name it lacks is a programming error.
  public subscript(name: String) -> String {
    guard let value = values[name] else {
      preconditionFailure("the route's pattern has no parameter {\(name)}")
    }
    return value
  }
}

/// Finds the route of a request by its decoded segments.
///
/// A literal segment is preferred to a parameter, whatever the method; a parameter takes any one
/// segment that is not empty. A path without a route is 404; one whose routes lack the method is
/// 405 with `Allow`. `HEAD` goes where `GET` goes, `OPTIONS` is answered here.
public struct Router: Sendable {
  private struct Node {
    var literals: [String: Node] = [:]
    var parameter: [Node] = []
    /// By method, the index in the table.
    var routes: [String: Int] = [:]
  }

  private let table: [Route]
  private let root: Node
  private let unrouted: @Sendable (HTTPRequest, HTTPResponse) -> HTTPResponse

  /// A table of routes; two that can't be told apart, or a malformed pattern, trap.
  ///
  /// `unrouted` may put another answer in place of the router's own 204, 404 and 405.
  public init(
    _ table: [Route],
    unrouted: @escaping @Sendable (HTTPRequest, HTTPResponse) -> HTTPResponse = { $1 }
  ) {
    self.table = table
    self.unrouted = unrouted
    var root = Node()
    for (index, route) in table.enumerated() {
      precondition(route.method.isToken, "malformed method in a route: \(route.method)")
      Router.insert(index, route, Router.parts(route.pattern)[...], &root)
    }
    self.root = root
  }

  /// Methods and patterns in the table's order, to be compared with a description of the API.
  public var routes: [(method: String, pattern: String)] { table.map { ($0.method, $0.pattern) } }

  /// Routes one request; this is a server's handler.
  public func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
    switch find(request) {
    case .route(let route, let parameters):
      route.handler(request, parameters, responder)
    case .answer(let response):
      responder.send(unrouted(request, response))
    }
  }

  enum Found {
    case route(Route, PathParameters)
    case answer(HTTPResponse)
  }

  func find(_ request: HTTPRequest) -> Found {
    if request.path == "*" {
      return .answer(.empty(204, headers: ["Allow": allow(Set(table.map(\.method)))]))
    }
    guard let routes = Router.routes(request.segments[...], root) else {
      return .answer(.problem(404))
    }
    let method = request.method
    if let index = routes[method] ?? (method == "HEAD" ? routes["GET"] : nil) {
      let route = table[index]
      return .route(route, Router.parameters(route.pattern, request.segments))
    }
    let allowed = allow(Set(routes.keys))
    if method == "OPTIONS" { return .answer(.empty(204, headers: ["Allow": allowed])) }
    var refusal = HTTPResponse.problem(405)
    refusal.headers.add("Allow", allowed)
    return .answer(refusal)
  }

  private func allow(_ methods: Set<String>) -> String {
    var methods = methods.union(["OPTIONS"])
    if methods.contains("GET") { methods.insert("HEAD") }
    return methods.sorted().joined(separator: ", ")
  }

  /// The routes of the most literal node that the segments lead to; nil for none.
  private static func routes(_ segments: ArraySlice<String>, _ node: Node) -> [String: Int]? {
    guard let first = segments.first else { return node.routes.isEmpty ? nil : node.routes }
    if let next = node.literals[first], let found = routes(segments.dropFirst(), next) {
      return found
    }
    guard let next = node.parameter.first, !first.isEmpty else { return nil }
    return routes(segments.dropFirst(), next)
  }

  private static func insert(
    _ index: Int, _ route: Route, _ parts: ArraySlice<String>, _ node: inout Node
  ) {
    guard let first = parts.first else {
      precondition(
        node.routes.updateValue(index, forKey: route.method) == nil,
        "two routes for \(route.method) \(route.pattern)")
      return
    }
    if parameterName(first) != nil {
      if node.parameter.isEmpty { node.parameter.append(Node()) }
      insert(index, route, parts.dropFirst(), &node.parameter[0])
    } else {
      insert(index, route, parts.dropFirst(), &node.literals[first, default: Node()])
    }
  }

  private static func parameters(_ pattern: String, _ segments: [String]) -> PathParameters {
    var values: [String: String] = [:]
    for (part, segment) in zip(parts(pattern), segments) {
      if let name = parameterName(part) { values[name] = segment }
    }
    return PathParameters(values)
  }

  private static func parts(_ pattern: String) -> [String] {
    precondition(pattern.hasPrefix("/"), "a pattern begins with a slash: \(pattern)")
    guard pattern != "/" else { return [] }
    let parts = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    precondition(!parts.contains(""), "a pattern has no empty segment: \(pattern)")
    return parts.map(String.init)
  }

  private static func parameterName(_ part: String) -> String? {
    guard part.hasPrefix("{"), part.hasSuffix("}"), part.count > 2 else { return nil }
    return String(part.dropFirst().dropLast())
  }
}
