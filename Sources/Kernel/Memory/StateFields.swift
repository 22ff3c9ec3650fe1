/// Takes a state's bytes as they are written.
public protocol StateSink: AnyObject {
  func put(_ bytes: UnsafeRawBufferPointer)
}

/// Gives a state's bytes back.
public protocol StateSource: AnyObject {
  /// Fills the whole buffer; false where there is no more, or it isn't what was written.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool
}

/// What walks over a state: writes it, reads it, or takes its shape.
///
/// Each state lists its parts once, `list(&fields)`, in one order, dictionaries by their keys:
/// equal states are equal bytes in every process. Reading never traps: what can't be read leaves
/// blanks, and `isSound` false. Open things are written as canonical facts, what is closed as pages
/// of plain values, little-endian as they lie in memory.
public struct StateFields {
  private enum Way {
    case writing(any StateSink)
    case reading(any StateSource)
    case shaping
  }

  private let way: Way
  /// False once something couldn't be read.
  public private(set) var isSound = true
  private var shape: UInt64 = 0

  public init(writing sink: any StateSink) { way = .writing(sink) }
  public init(reading source: any StateSource) { way = .reading(source) }
  private init() { way = .shaping }

  public var isReading: Bool {
    if case .reading = way { true } else { false }
  }

  /// A number that changes with what is listed and its order: bytes written under another one mean
  /// something else.
  ///
  /// Nil where something is listed that can't be written.
  public static func shape(_ list: (inout StateFields) -> Void) -> UInt64? {
    var fields = StateFields()
    // Amounts name their asset by its place.
    for asset in Asset.payable {
      fields.note("asset", asset.text.utf8.reduce(0) { $0 &* 31 + Int($1) })
    }
    list(&fields)
    return fields.isSound ? fields.shape : nil
  }

  /// What was read is no value of that kind.
  public mutating func refuse() { isSound = false }

  public mutating func number<N: FixedWidthInteger>(_ key: StaticString, _ value: inout N) {
    guard has(key, 1) else { return }
    var bits = Int64(truncatingIfNeeded: value).littleEndian
    switch way {
    case .writing: withUnsafeBytes(of: bits) { put($0) }
    case .reading:
      guard withUnsafeMutableBytes(of: &bits, { fill($0) }) else { return }
      value = N(truncatingIfNeeded: Int64(littleEndian: bits))
      if Int64(truncatingIfNeeded: value) != Int64(littleEndian: bits) { refuse() }
    case .shaping: break
    }
  }

  public mutating func number(_ key: StaticString, _ value: inout Int128) {
    var (high, low) = (Int64(truncatingIfNeeded: value >> 64), UInt64(truncatingIfNeeded: value))
    number(key, &high)
    number("low", &low)
    value = Int128(high) << 64 | Int128(low)
  }

  public mutating func flag(_ key: StaticString, _ value: inout Bool) {
    var number: UInt8 = value ? 1 : 0
    self.number(key, &number)
    value = number == 1
    if number > 1 { refuse() }
  }

  public mutating func bytes(_ key: StaticString, _ value: inout [UInt8]) {
    guard has(key, 2) else { return }
    var count = value.count
    number("count", &count)
    guard isReading else {
      value.withUnsafeBytes { put($0) }
      return
    }
    guard isSound, (0...(1 << 24)).contains(count) else { return refuse() }
    value = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = fill(UnsafeMutableRawBufferPointer(buffer)) ? count : 0
    }
  }

  public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T) {
    var bytes = isReading ? [] : Array(value.text.utf8)
    self.bytes(key, &bytes)
    guard isReading, isSound else { return }
    guard let found = bytes.withUnsafeBytes({ T(utf8: $0) }) else { return refuse() }
    value = found
  }

  public mutating func text<T: TextValue>(_ key: StaticString, _ value: inout T?) {
    optional(key, &value, blank: .blank) { $1.text("text", &$0) }
  }

  public mutating func optional<T>(
    _ key: StaticString, _ value: inout T?, blank: T, _ item: (inout T, inout StateFields) -> Void
  ) {
    var isThere = value != nil
    flag(key, &isThere)
    guard isShaping || isThere && isSound else {
      value = nil
      return
    }
    var found = value ?? blank
    item(&found, &self)
    if isReading { value = found }
  }

  public mutating func list<T>(
    _ key: StaticString, _ values: inout [T], blank: T,
    _ item: (inout T, inout StateFields) -> Void
  ) {
    var count = values.count
    number(key, &count)
    if isShaping {
      var blank = blank
      return item(&blank, &self)
    }
    guard isReading else {
      for index in values.indices { item(&values[index], &self) }
      return
    }
    values = []
    while isSound, values.count < count {
      var value = blank
      item(&value, &self)
      values.append(value)
    }
  }

  /// Many numbers as they lie in memory.
  public mutating func plain<N: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ key: StaticString, _ values: inout [N]
  ) {
    var column = Column<N>()
    if !isReading { for value in values { column.append(value) } }
    column.list(key, &self)
    if isReading { values = (0..<column.count).map { column[$0] } }
  }

  /// A dictionary, in the order of its keys.
  public mutating func map<K: Hashable & Comparable, V>(
    _ key: StaticString, _ values: inout [K: V], blank: (K, V),
    _ item: (inout K, inout V, inout StateFields) -> Void
  ) {
    var pairs = isReading ? [] : values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    list(key, &pairs, blank: blank) { item(&$0.0, &$0.1, &$1) }
    guard isReading else { return }
    values = Dictionary(pairs) { first, _ in first }
    if values.count != pairs.count { refuse() }
  }

  /// A fact of any kind, by its stored name and its canonical body.
  public mutating func event(_ key: StaticString, _ value: inout LedgerEvent?) {
    var name = value?.name ?? ""
    var body: [UInt8] = []
    if !isReading, let value {
      var writer = BodyWriter()
      writer.write(value)
      body = writer.out.bytes
    }
    text(key, &name)
    bytes("body", &body)
    guard isReading, isSound else { return }
    value = FactForm.named(name).flatMap { form in
      body.withUnsafeBytes { try? form.read($0) }
    }
    if value == nil { refuse() }
  }

  /// A place in the shape, and whether there is more to do.
  private mutating func has(_ key: StaticString, _ kind: Int) -> Bool {
    note(key, kind)
    return isSound && !isShaping
  }

  private var isShaping: Bool {
    if case .shaping = way { true } else { false }
  }

  private mutating func note(_ key: StaticString, _ kind: Int) {
    guard isShaping else { return }
    shape = key.withUTF8Buffer { Mix.sum(UnsafeRawBufferPointer($0), from: shape ^ UInt64(kind)) }
  }
}

extension StateFields {
  /// How many values of a size follow as bytes; false where there is nothing to do with them.
  mutating func plain(_ key: StaticString, _ count: inout Int, size: Int) -> Bool {
    note(key, size)
    number("count", &count)
    if count < 0 { refuse() }
    return isSound && !isShaping
  }

  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    if case .writing(let sink) = way { sink.put(bytes) }
  }

  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    guard case .reading(let source) = way, isSound, source.fill(buffer) else {
      isSound = false
      return false
    }
    return true
  }

  /// One of a closed set, by its raw number.
  public mutating func choice<C: RawRepresentable>(_ key: StaticString, _ value: inout C)
  where C.RawValue: FixedWidthInteger {
    var number = value.rawValue
    self.number(key, &number)
    guard let found = C(rawValue: number) else { return refuse() }
    value = found
  }

  mutating func money(_ key: StaticString, _ value: inout Money) {
    var (units, asset) = (value.units, value.asset)
    number(key, &units)
    self.asset("asset", &asset)
    value = Money(units, asset)
  }

  public mutating func money(_ key: StaticString, _ value: inout Money?) {
    optional(key, &value, blank: .blank) { $1.money("money", &$0) }
  }

  mutating func asset(_ key: StaticString, _ value: inout Asset) {
    var place = Int(value.index)
    number(key, &place)
    guard let asset = Asset(place: place) else { return refuse() }
    value = asset
  }

  /// A value of a fact, as its canonical JSON.
  public mutating func group<G: FieldGroup>(_ key: StaticString, _ value: inout G) {
    json(key, &value, blank: .blank) {
      $0.list(&$1)
    } read: {
      $0.list(&$1)
    }
  }

  mutating func fact<F: BlankFact>(_ key: StaticString, _ value: inout F) {
    json(key, &value, blank: F()) {
      $0.list(&$1)
    } read: {
      $0.list(&$1)
    }
  }

  mutating func fact<F: BlankFact>(_ key: StaticString, _ value: inout F?) {
    optional(key, &value, blank: F()) { $1.fact("fact", &$0) }
  }

  private mutating func json<T>(
    _ key: StaticString, _ value: inout T, blank: T, write: (inout T, inout BodyWriter) -> Void,
    read: (inout T, inout BodyReader) -> Void
  ) {
    var body: [UInt8] = []
    if !isReading, !isShaping {
      var writer = BodyWriter()
      writer.open()
      write(&value, &writer)
      writer.close()
      body = writer.out.bytes
    }
    bytes(key, &body)
    guard isReading, isSound else { return }
    var found = blank
    let isRead = body.withUnsafeBytes { bytes in
      var reader = BodyReader(bytes)
      reader.open()
      read(&found, &reader)
      reader.end()
      return reader.failure == nil
    }
    guard isRead else { return refuse() }
    value = found
  }
}
