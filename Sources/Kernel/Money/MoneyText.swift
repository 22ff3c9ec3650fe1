extension Money {
  /// The amount alone, in the asset's own unit: at least two decimals where the asset has them, and
  /// no further trailing zeros: `48.50`, `0.00026959`, `1352956.11111111`.
  public var amountText: String { DecimalText.text(units, scale: asset.decimals) }

  /// Reads an amount exactly: digits, at most one point, an optional sign; no exponent, no more
  /// decimals than the asset has, or it isn't read at all.
  public init?(_ text: String, _ asset: Asset) {
    guard let units = DecimalText.units(text, scale: asset.decimals) else { return nil }
    self.init(units, asset)
  }

  /// Reads an amount as a provider prints it, cutting what lies below the asset's smallest unit.
  public init?(truncating text: String, _ asset: Asset) {
    guard let units = DecimalText.units(text, scale: asset.decimals, cutting: true) else {
      return nil
    }
    self.init(units, asset)
  }
}

/// Decimal text and whole units, both ways, exactly.
public enum DecimalText {
  /// Whole units as decimal text with at least `min(2, scale)` decimals.
  public static func text(_ units: Int128, scale: Int) -> String {
    // 39 digits of an Int128, or the scale's and one before the point; a point and a sign.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 42 + scale) { out in
      var rest = units.magnitude
      var start = out.count
      func put(_ byte: UInt8) {
        start -= 1
        out[start] = byte
      }
      // From the last digit on.
      var hasFraction = false
      for place in (0..<scale).reversed() {
        let digit = lastDigit(&rest)
        guard hasFraction || digit != 48 || place < 2 else { continue }
        hasFraction = true
        put(digit)
      }
      if hasFraction { put(UInt8(ascii: ".")) }
      repeat { put(lastDigit(&rest)) } while rest > 0
      if units < 0 { put(UInt8(ascii: "-")) }
      return String(decoding: UnsafeBufferPointer(rebasing: out[start...]), as: UTF8.self)
    }
  }

  private static func lastDigit(_ rest: inout UInt128) -> UInt8 {
    // Most amounts fit into a word, which divides ten times as fast.
    if let small = UInt64(exactly: rest) {
      rest = UInt128(small / 10)
      return UInt8(48 + small % 10)
    }
    let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
    rest = quotient
    return UInt8(48 + digit)
  }

  /// Decimal text as whole units of 10^-scale; nil where it is no plain decimal, overflows, or has
  /// more decimals than the scale (unless cut).
  public static func units(_ text: String, scale: Int, cutting: Bool = false) -> Int128? {
    var value: Int128 = 0
    var decimals = -1
    var count = 0
    var body = text.utf8[...]
    let isNegative = body.first == UInt8(ascii: "-")
    if isNegative { body = body.dropFirst() }
    for byte in body {
      if byte == UInt8(ascii: ".") {
        guard decimals < 0, count > 0 else { return nil }
        decimals = 0
        continue
      }
      guard byte >= 48, byte <= 57 else { return nil }
      count += 1
      if decimals >= 0 {
        decimals += 1
        if decimals > scale {
          guard cutting || byte == 48 else { return nil }
          continue
        }
      }
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int128(byte - 48))
      guard !over, !carry else { return nil }
      value = sum
    }
    guard count > 0, decimals != 0 else { return nil }
    for _ in 0..<max(0, scale - max(0, min(decimals, scale))) {
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      guard !over else { return nil }
      value = product
    }
    return isNegative ? -value : value
  }
}
