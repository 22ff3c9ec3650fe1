import Kernel

/// The visitor that writes a fact's fields as canonical JSON.
///
/// Keys are plain ASCII and listed in their canonical order already (a test holds that).
struct BodyWriter: Fields {
  var out = CanonicalText()
  private var isFirst = true

  /// Appends the whole body.
  mutating func write(_ event: LedgerEvent) {
    var event = event
    open()
    event.list(&self)
    close()
  }

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    put(key)
    put(value, key)
  }

  mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    guard let value else { return }
    put(key)
    put(value, key)
  }

  mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) {
    put(key)
    out.put(UInt8(ascii: "["))
    for index in value.indices {
      if index > 0 { out.put(UInt8(ascii: ",")) }
      put(value[index], key)
    }
    out.put(UInt8(ascii: "]"))
  }

  mutating func integer(_ key: StaticString, _ value: inout Int) {
    put(key)
    out.put(value)
  }

  mutating func integer(_ key: StaticString, _ value: inout Int?) {
    guard let value else { return }
    put(key)
    out.put(value)
  }

  mutating func flag(_ key: StaticString, _ value: inout Bool) {
    put(key)
    out.put(raw: value ? "true" : "false")
  }

  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {
    put(key)
    put(value)
  }

  mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {
    guard let value else { return }
    put(key)
    put(value)
  }

  mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {
    put(key)
    out.put(UInt8(ascii: "["))
    for index in value.indices {
      if index > 0 { out.put(UInt8(ascii: ",")) }
      put(value[index])
    }
    out.put(UInt8(ascii: "]"))
  }

  mutating func refuse(_ key: StaticString) {
    preconditionFailure("an invalid \(key) reached the log")
  }

  /// Starts an object.
  mutating func open() {
    out.put(UInt8(ascii: "{"))
    isFirst = true
  }

  /// Ends an object.
  mutating func close() {
    out.put(UInt8(ascii: "}"))
    isFirst = false
  }

  /// Writes a key with its comma; its value must follow.
  mutating func put(_ key: StaticString) {
    out.put(raw: isFirst ? "\"" : ",\"")
    out.put(raw: key)
    out.put(raw: "\":")
    isFirst = false
  }

  private mutating func put<T: TextValue>(_ value: T, _ key: StaticString) {
    let words = value.text
    // Only a blank has no text and can't be read back; an instant can lie beyond its fixed form.
    let isValue =
      words.isEmpty || T.self == Instant.self ? T(text: words) == value : true
    precondition(isValue, "a blank \(key) reached the log")
    out.put(quoted: words)
  }

  private mutating func put<G: FieldGroup>(_ value: G) {
    var value = value
    open()
    value.list(&self)
    close()
  }
}
