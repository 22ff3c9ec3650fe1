/// Bytes of canonical JSON in the making: the pieces that RFC 8785 leaves no choice about.
///
/// Each piece is written into room made for the whole of it, once.
public struct CanonicalText: Sendable {
  public var bytes: [UInt8] = []

  public init() {}

  /// Integers any JSON reader reads exactly.
  public static let integers = -9_007_199_254_740_991...9_007_199_254_740_991

  public mutating func put(_ byte: UInt8) { bytes.append(byte) }

  /// Bytes that stand in the text already, once more.
  public mutating func put(again range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "no such bytes")
    let back = bytes.count - range.lowerBound
    write(most: range.count) { out in
      out.copyMemory(from: out - back, byteCount: range.count)
      return range.count
    }
  }

  /// Room that is filled in later.
  public mutating func put(zeros count: Int) {
    write(most: count) { out in
      out.initializeMemory(as: UInt8.self, repeating: 0, count: count)
      return count
    }
  }

  /// Text that needs no escapes and no quotes.
  public mutating func put(raw text: StaticString) {
    let count = text.utf8CodeUnitCount
    write(most: count) { out in
      out.copyMemory(from: text.utf8Start, byteCount: count)
      return count
    }
  }

  /// A name of plain ASCII in quotes and its colon, behind a comma unless it is the first.
  mutating func put(key: StaticString, isFirst: Bool) {
    let count = key.utf8CodeUnitCount
    write(most: count + 4) { out in
      var end = 0
      if !isFirst {
        out.storeBytes(of: UInt8(ascii: ","), as: UInt8.self)
        end = 1
      }
      out.storeBytes(of: UInt8(ascii: "\""), toByteOffset: end, as: UInt8.self)
      (out + end + 1).copyMemory(from: key.utf8Start, byteCount: count)
      end += count + 1
      out.storeBytes(of: UInt16(0x3a22).littleEndian, toByteOffset: end, as: UInt16.self)
      return end + 2
    }
  }

  public mutating func put(quoted text: String) {
    // As it lies there: what may be changed into another form is a copy first.
    let isPut: Void? = text.utf8.withContiguousStorageIfAvailable {
      put(quoted: UnsafeRawBufferPointer($0))
    }
    guard isPut == nil else { return }
    var text = text
    text.withUTF8 { put(quoted: UnsafeRawBufferPointer($0)) }
  }

  /// Text in quotes that is known to need no escapes.
  mutating func put(plain text: String) {
    var text = text
    text.withUTF8 { put(plain: UnsafeRawBufferPointer($0)) }
  }

  /// The same of an id's letters.
  mutating func put(_ letters: ShortText) {
    let count = letters.count
    write(most: count + 2) { out in
      out.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
      letters.copy(to: UnsafeMutableRawBufferPointer(start: out + 1, count: count))
      out.storeBytes(of: UInt8(ascii: "\""), toByteOffset: count + 1, as: UInt8.self)
      return count + 2
    }
  }

  private mutating func put(plain text: UnsafeRawBufferPointer) {
    write(most: text.count + 2) { out in
      out.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
      if let base = text.baseAddress { (out + 1).copyMemory(from: base, byteCount: text.count) }
      out.storeBytes(of: UInt8(ascii: "\""), toByteOffset: text.count + 1, as: UInt8.self)
      return text.count + 2
    }
  }

  /// Text in quotes, of bytes that are UTF-8.
  public mutating func put(quoted text: UnsafeRawBufferPointer) {
    guard Escapes.areNeeded(for: text) else { return put(plain: text) }
    // No byte becomes more than six; eight more, as words are written whole.
    write(most: text.count * 6 + 10) { out in
      out.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
      let count = Escapes.write(text, to: out + 1)
      out.storeBytes(of: UInt8(ascii: "\""), toByteOffset: count + 1, as: UInt8.self)
      return count + 2
    }
  }

  public mutating func put(_ number: Int) {
    precondition(Self.integers.contains(number), "\(number) is not exact in JSON")
    if number < 0 { put(UInt8(ascii: "-")) }
    put(number.magnitude)
  }

  mutating func put(_ number: UInt) {
    guard number >= 10 else { return put(UInt8(ascii: "0") + UInt8(number)) }
    var count = 0
    var rest = number
    while rest > 0 {
      count += 1
      rest /= 10
    }
    write(most: count) { out in
      var rest = number
      for place in (0..<count).reversed() {
        out.storeBytes(
          of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: place, as: UInt8.self)
        rest /= 10
      }
      return count
    }
  }

  /// Lets `fill` write up to `most` bytes behind the others, and tell how many it did.
  @inline(__always)
  mutating func write(most: Int, _ fill: (UnsafeMutableRawPointer) -> Int) {
    bytes.append(addingCapacity: most) { room in
      room.withUnsafeMutableBufferPointer { buffer, count in
        guard let base = buffer.baseAddress else { return }
        count += fill(UnsafeMutableRawPointer(base + count))
      }
    }
  }
}
