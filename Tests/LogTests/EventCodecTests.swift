import Testing

@testable import Kernel
@testable import Log

@Suite struct EventCodecTests {
  @Test("lists: every fact's keys in the order of RFC 8785")
  func keyOrder() {
    for (name, event) in LedgerEvent.blanks {
      var keys = KeyOrder()
      var event = event
      event.list(&keys)
      #expect(keys.isAscending, "\(name): \(keys.names)")
    }
  }
}

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

extension EventCodecTests {
  @Test("reads: exactly what it wrote, for every fact")
  func roundTrip() throws {
    for event in samples {
      let body = EventCodec.body(of: event)
      let read = try EventCodec.event(named: event.name, body: body)
      #expect(read == event)
      #expect(EventCodec.body(of: read) == body)
    }
  }
}
