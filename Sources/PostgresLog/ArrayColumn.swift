/// An array in PostgreSQL's binary form, of one dimension, written element by element.
struct ArrayColumn: Sendable {
  enum Element: Int32, Sendable {
    case bytes = 17
    case integer = 20
    case count = 23
    case text = 25
    case instant = 1184

    /// The array's type.
    fileprivate var array: UInt32 {
      switch self {
      case .bytes: 1001
      case .integer: 1016
      case .count: 1007
      case .text: 1009
      case .instant: 1185
      }
    }
  }

  private let element: Element
  private var count = 0
  private var hasNull = false
  private var bytes: [UInt8] = []

  init(of element: Element) {
    self.element = element
    bytes.put(big: Int32(0))
    bytes.put(big: Int32(0))
    bytes.put(big: element.rawValue)
  }

  /// What was put before the last `seal`.
  var value: SQLValue { .encoded(element.array, bytes) }

  mutating func put(_ number: Int64) {
    begin(8)
    bytes.put(big: number)
  }

  mutating func put(_ number: Int32) {
    begin(4)
    bytes.put(big: number)
  }

  mutating func put(_ text: String) {
    let text = text.utf8
    begin(text.count)
    bytes.append(contentsOf: text)
  }

  mutating func put(_ content: [UInt8]) {
    begin(content.count)
    bytes.append(contentsOf: content)
  }

  /// Puts what is appended.
  mutating func put(_ write: (inout [UInt8]) -> Void) {
    begin(0)
    let start = bytes.count
    write(&bytes)
    bytes.set(big: Int32(bytes.count - start), at: start - 4)
  }

  mutating func putNull() {
    hasNull = true
    begin(-1)
  }

  /// Says in the array's head how many elements follow.
  mutating func seal() {
    // One without any has no dimension.
    guard count > 0 else { return }
    bytes.set(big: Int32(1), at: 0)
    bytes.set(big: Int32(hasNull ? 1 : 0), at: 4)
    bytes.set(big: Int32(count), at: 12)
  }

  private mutating func begin(_ length: Int) {
    if count == 0 {
      bytes.put(big: Int32(0))
      bytes.put(big: Int32(1))
    }
    count += 1
    bytes.put(big: Int32(length))
  }
}

extension [UInt8] {
  mutating func put(big number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
  }

  mutating func set(big number: Int32, at place: Int) {
    let number = number.bigEndian
    withUnsafeMutableBytes { $0.storeBytes(of: number, toByteOffset: place, as: Int32.self) }
  }
}
