import Foundation
import JSON
import Testing

@testable import Service

@Suite struct OpenAPITests {
  private static let document: JSONValue = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../schemas/openapi.json")
    let bytes = (try? Data(contentsOf: file.standardized)).map { [UInt8]($0) } ?? []
    return (try? JSONValue.parse(bytes, limits: JSONLimits(bytes: 1 << 20, depth: 64))) ?? .null
  }()

  private static var operations: [(method: String, path: String, operation: JSONValue)] {
    (document["paths"]?.members ?? []).flatMap { path in
      (path.value.members ?? []).map { ($0.name.uppercased(), path.name, $0.value) }
    }
  }

  @Test("does: every route is described, and everything described is a route")
  func routes() {
    let described = Set(Self.operations.map { "\($0.method) \($0.path)" })
    let routed = Set(Edge.routes.map { "\($0.method) \($0.pattern)" })
    #expect(described == routed)
  }

  @Test("does: who may use a route is described as the table has it")
  func access() {
    for route in EdgeRoute.all {
      let operation = Self.operations.first {
        $0.method == route.method && $0.path == route.pattern
      }
      let schemes = (operation?.operation["security"]?.items ?? [])
        .map { $0.members?.map(\.name) ?? [] }
      let wanted: [[String]] =
        switch route.access {
        case .open: []
        case .signed: [["noticeSignature"]]
        case .secret: [["telegramSecret"]]
        case .reads: [["serviceKey"], ["account"], ["accountCookie"], []]
        case .writes: [["serviceKey"]]
        case .owns: [["serviceKey"], ["account"], ["accountCookie"]]
        case .account, .session: [["account"], ["accountCookie"]]
        case .audits: [["operatorKey"], ["approverKey"], ["account"], ["accountCookie"]]
        case .approves: [["approverKey"], ["account"], ["accountCookie"]]
        case .operates: [["operatorKey"], ["account"], ["accountCookie"]]
        case .grants: [["operatorKey"]]
        }
      #expect(schemes == wanted, "\(route.pattern)")
    }
  }

  @Test("does: asof and dry_run are described where the table has them, and else why not")
  func supposing() {
    for route in EdgeRoute.all {
      let operation = Self.operations.first {
        $0.method == route.method && $0.path == route.pattern
      }?.operation
      let isRead = route.method == "GET"
      let wanted = "#/components/parameters/" + (isRead ? "AsOf" : "DryRun")
      let isTaken = (operation?["parameters"]?.items ?? []).contains { $0["$ref"]?.text == wanted }
      let refused = operation?[isRead ? "x-asof-refused" : "x-dry-run-refused"]?.text
      if case .never(let why) = route.supposing {
        #expect(!isTaken && refused == why, "\(route.pattern)")
      } else {
        #expect(isTaken && refused == nil, "\(route.pattern)")
      }
    }
  }

  @Test("does: every reference leads somewhere, and every operation has a name of its own")
  func references() {
    func walk(_ value: JSONValue) {
      switch value {
      case .object(let members):
        for member in members {
          if member.name == "$ref", let path = member.value.text {
            let parts = path.split(separator: "/").dropFirst()
            let target = parts.reduce(Optional(Self.document)) { $0?[String($1)] }
            #expect(target != nil, "\(path)")
          }
          walk(member.value)
        }
      case .array(let items): items.forEach(walk)
      case .null, .bool, .number, .string: break
      }
    }
    walk(Self.document)
    let names = Self.operations.compactMap { $0.operation["operationId"]?.text }
    #expect(Set(names).count == Edge.routes.count)
  }

  @Test("does: path parameters are described, and only those")
  func parameters() {
    for (_, path, operation) in Self.operations {
      let inPath = path.split(separator: "/").filter { $0.hasPrefix("{") }
        .map { String($0.dropFirst().dropLast()) }
      #expect(Self.parameters(of: operation, in: "path") == inPath, "\(path)")
    }
  }

  @Test("does: the names that a query may have are described, and only those")
  func queries() {
    for route in EdgeRoute.all {
      let operation = Self.operations.first {
        $0.method == route.method && $0.path == route.pattern
      }?.operation
      let described = Self.parameters(of: operation ?? .null, in: "query")
        .filter { $0 != "asof" && $0 != "dry_run" }
      #expect(Set(described) == Set(route.query ?? []), "\(route.method) \(route.pattern)")
    }
  }

  /// Names of an operation's parameters in one place, as they stand.
  private static func parameters(of operation: JSONValue, in place: String) -> [String] {
    (operation["parameters"]?.items ?? []).compactMap { item in
      let parts = item["$ref"]?.text?.split(separator: "/").dropFirst() ?? []
      let value = parts.isEmpty ? item : parts.reduce(Optional(document)) { $0?[String($1)] }
      return value?["in"]?.text == place ? value?["name"]?.text : nil
    }
  }

  @Test("does: the registration's fields are those the route asks for")
  func registration() {
    let described = Self.document["components"]?["schemas"]?["Registration"]?["properties"]
    let names = Set(described?.members?.map(\.name) ?? [])
    var reader = FieldReader(.object(names.map { JSONMember($0, .null) }))
    _ = reader.registration()
    let unknown = reader.problem()?.errors.filter { $0.problem.contains("no field") } ?? []
    #expect(unknown.isEmpty)
    for name in Bodies.registrationFields().keys { #expect(names.contains(name), "\(name)") }
  }
}
