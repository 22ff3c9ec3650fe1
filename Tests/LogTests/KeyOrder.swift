@testable import Kernel

/// Collects keys; groups are looked into.
struct KeyOrder: Fields {
  var names: [String] = []
  var isAscending = true

  mutating func take(_ key: StaticString) {
    let name = key.description
    if let last = names.last, !Array(last.utf16).lexicographicallyPrecedes(Array(name.utf16)) {
      isAscending = false
    }
    if name.utf8.contains(where: { $0 < 0x21 || $0 > 0x7e || $0 == 0x22 || $0 == 0x5c }) {
      isAscending = false
    }
    names.append(name)
  }
  mutating func dive<G: FieldGroup>(_ value: G) {
    var inner = KeyOrder()
    var value = value
    value.list(&inner)
    if !inner.isAscending { isAscending = false }
  }
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) { take(key) }
  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) { take(key) }
  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) { take(key) }
  mutating func integer(_ key: StaticString, _ value: inout Int) { take(key) }
  mutating func integer(_ key: StaticString, _ value: inout Int?) { take(key) }
  mutating func flag(_ key: StaticString, _ value: inout Bool) { take(key) }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {
    take(key)
    dive(value)
  }
  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {
    take(key)
    dive(G.blank)
  }
  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {
    take(key)
    dive(G.blank)
  }
}
