/// The visitor that writes a fact's fields as canonical JSON.
///
/// Keys are plain ASCII and listed in their canonical order already (a test holds that).
public struct BodyWriter: Fields, Sendable {
  public var out = CanonicalText()
  private var isFirst = true

  public init() {}

  /// Appends the whole body.
  public mutating func write(_ event: LedgerEvent) {
    open()
    event.write(to: &self)
    close()
  }

  /// Writes the fields of a fact where it is: a copy would count a reference for each of its texts.
  @inline(__always)
  mutating func write<F: Fact>(_ fact: borrowing F) {
    withUnsafeBytes(of: fact) { bytes in
      guard let base = bytes.baseAddress else { return }
      withUnsafeTemporaryAllocation(of: F.self, capacity: 1) { lent in
        guard let room = lent.baseAddress else { return }
        // Lent, not copied: the bits, without a count of what they refer to. A listing gives a
        // writer's fields back as they were, and what is written over would be let go twice: that
        // the bits are the same behind it is looked at, before anybody can.
        let raw = UnsafeMutableRawPointer(room)
        raw.copyMemory(from: base, byteCount: bytes.count)
        room.pointee.list(&self)
        let after = UnsafeRawBufferPointer(start: raw, count: bytes.count)
        precondition(Mix.areSame(after, bytes), "a listing changed what is written")
      }
    }
  }

  @inlinable public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    put(key)
    put(value, key)
  }

  @inlinable public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    guard let value else { return }
    put(key)
    put(value, key)
  }

  @inlinable public mutating func texts<T: TextValue>(_ key: StaticString, _ value: inout [T]) {
    put(key)
    out.put(UInt8(ascii: "["))
    for index in value.indices {
      if index > 0 { out.put(UInt8(ascii: ",")) }
      put(value[index], key)
    }
    out.put(UInt8(ascii: "]"))
  }

  public mutating func integer(_ key: StaticString, _ value: inout Int) {
    put(key)
    out.put(value)
  }

  public mutating func integer(_ key: StaticString, _ value: inout Int?) {
    guard let value else { return }
    put(key)
    out.put(value)
  }

  public mutating func flag(_ key: StaticString, _ value: inout Bool) {
    put(key)
    out.put(raw: value ? "true" : "false")
  }

  @inlinable public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {
    put(key)
    put(value)
  }

  @inlinable public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G?) {
    guard let value else { return }
    put(key)
    put(value)
  }

  @inlinable public mutating func groups<G: FieldGroup>(_ key: StaticString, _ value: inout [G]) {
    put(key)
    out.put(UInt8(ascii: "["))
    for index in value.indices {
      if index > 0 { out.put(UInt8(ascii: ",")) }
      put(value[index])
    }
    out.put(UInt8(ascii: "]"))
  }

  public mutating func refuse(_ key: StaticString) {
    preconditionFailure("an invalid \(key) reached the log")
  }

  /// Starts an object.
  public mutating func open() {
    out.put(UInt8(ascii: "{"))
    isFirst = true
  }

  /// Ends an object.
  public mutating func close() {
    out.put(UInt8(ascii: "}"))
    isFirst = false
  }

  /// Writes a key with its comma; its value must follow.
  public mutating func put(_ key: StaticString) {
    out.put(key: key, isFirst: isFirst)
    isFirst = false
  }

  public mutating func money(_ key: StaticString, _ value: inout Money) {
    put(key)
    put(value, key)
  }

  public mutating func money(_ key: StaticString, _ value: inout Money?) {
    guard let value else { return }
    put(key)
    put(value, key)
  }

  @inlinable mutating func put<T: TextValue>(_ value: T, _ key: StaticString) {
    // Only a blank has no text and can't be read back; an instant can lie beyond its fixed form.
    precondition(value.isWritable, "a blank \(key) reached the log")
    value.write(to: &out)
  }

  private mutating func put(_ value: Money, _ key: StaticString) {
    precondition(value.asset != .none, "an invalid \(key) reached the log")
    value.write(to: &out)
  }

  @inlinable mutating func put<G: FieldGroup>(_ value: G) {
    var value = value
    open()
    value.list(&self)
    close()
  }
}
