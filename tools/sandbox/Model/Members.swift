import JSON
import Kernel

/// An object's members under way, as providers write them: what isn't known is null.
struct Members {
  private(set) var list: [JSONMember]

  init(_ list: [JSONMember] = []) { self.list = list }

  mutating func add(_ name: String, _ value: JSONValue) { list.append(JSONMember(name, value)) }

  mutating func text(_ name: String, _ value: String?) {
    add(name, value.map { .string($0) } ?? .null)
  }

  mutating func time(_ name: String, _ value: Int?) { text(name, value.map(isoTime)) }

  mutating func amount(_ name: String, _ value: Money?) {
    add(name, value.map { .number(amountToken($0)) } ?? .null)
  }

  var object: JSONValue { .object(list) }
}
