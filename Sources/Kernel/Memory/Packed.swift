/// A few values in as few bytes as they need: what is kept of many things at once.
struct Packed {
  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(48) }

  mutating func number(_ value: Int) {
    natural(UInt64(bitPattern: Int64((value << 1) ^ (value >> 63))))
  }

  /// Nil as zero, all others one further from it.
  mutating func number(_ value: Int?) {
    guard let value else { return number(0) }
    number(value < 0 ? value : value + 1)
  }

  mutating func money(_ value: Money) {
    natural(UInt64(value.asset.index))
    number(Int(truncatingIfNeeded: value.units >> 64))
    natural(UInt64(truncatingIfNeeded: value.units))
  }

  mutating func word<W: Word>(_ value: W) {
    number(Array(W.allCases).firstIndex(of: value) ?? 0)
  }

  mutating func text(_ value: String) {
    natural(UInt64(value.utf8.count))
    bytes += value.utf8
  }

  /// Seven bits a byte, the lowest first.
  private mutating func natural(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Reads the same in the same order; bytes that are none of it give some value or other.
  struct Reader {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func number() -> Int {
      let bits = natural()
      return Int(bitPattern: UInt(bits >> 1)) ^ -Int(bits & 1)
    }

    mutating func number() -> Int? {
      let value: Int = number()
      return value == 0 ? nil : value < 0 ? value : value - 1
    }

    mutating func skipNumbers(_ count: Int) { for _ in 0..<count { _ = natural() } }

    /// An amount is its asset's place and two numbers.
    mutating func skipMoney() { skipNumbers(3) }

    mutating func share() -> BasisPoints { BasisPoints(number()) ?? .zero }

    mutating func money() -> Money {
      let asset = Asset(place: Int(natural())) ?? .none
      let high: Int = number()
      return Money(Int128(high) << 64 | Int128(natural()), asset)
    }

    mutating func word<W: Word>() -> W {
      let place: Int = number()
      let all = Array(W.allCases)
      return all.indices.contains(place) ? all[place] : .blank
    }

    mutating func text() -> String {
      let count = Int(natural())
      let start = min(at, bytes.count)
      at = min(bytes.count, start + count)
      return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func natural() -> UInt64 {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while at < bytes.count, shift < 64 {
        let byte = bytes[at]
        at += 1
        value |= UInt64(byte & 127) << shift
        if byte < 128 { break }
        shift += 7
      }
      return value
    }
  }
}
