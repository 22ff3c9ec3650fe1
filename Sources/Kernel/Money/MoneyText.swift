extension Money {
  /// The amount alone, in the asset's own unit: at least two decimals where the asset has them, and
  /// no further trailing zeros: `48.50`, `0.00026959`, `1352956.11111111`.
  public var amountText: String { DecimalText.text(units, scale: asset.decimals) }

  /// Appends `{"amount":"24.25","asset":"USDT-ETH"}`.
  public func write(to out: inout CanonicalText) {
    out.put(raw: "{\"amount\":\"")
    let scale = asset.decimals
    out.write(most: DecimalText.room(scale: scale)) {
      DecimalText.put(units, scale: scale, to: $0)
    }
    out.put(raw: "\",\"asset\":")
    asset.write(to: &out)
    out.put(UInt8(ascii: "}"))
  }

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
    // By way of the stack: a string asked for so much room would not be a small one.
    withUnsafeTemporaryAllocation(byteCount: room(scale: scale), alignment: 1) { out in
      guard let base = out.baseAddress else { return "" }
      let count = put(units, scale: scale, to: base)
      return String(decoding: UnsafeRawBufferPointer(rebasing: out[..<count]), as: UTF8.self)
    }
  }

  /// Bytes that an amount's text has at most: a sign, a point, and all digits.
  static func room(scale: Int) -> Int { 42 + scale }

  /// Writes the same text; gives its length.
  static func put(_ units: Int128, scale: Int, to out: UnsafeMutableRawPointer) -> Int {
    withUnsafeTemporaryAllocation(byteCount: room(scale: scale), alignment: 1) { digits in
      let all = digits.count
      var start = all
      func put(_ number: UInt64, atLeast least: Int) {
        var rest = number
        let most = start - least
        while rest > 0 || start > most {
          start -= 1
          digits[start] = UInt8(48 + rest % 10)
          rest /= 10
        }
      }
      var rest = units.magnitude
      while rest > UInt128(UInt64.max) {
        let (more, part) = rest.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
        put(UInt64(part), atLeast: 18)
        rest = more
      }
      put(UInt64(rest), atLeast: 0)
      if all - start <= scale { put(0, atLeast: scale + 1 - (all - start)) }
      let point = all - scale
      var end = all
      while end > point + min(2, scale), digits[end - 1] == 48 { end -= 1 }
      var count = 0
      func add(_ byte: UInt8) {
        out.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
      }
      if units < 0 { add(UInt8(ascii: "-")) }
      for index in start..<point { add(digits[index]) }
      if end > point { add(UInt8(ascii: ".")) }
      for index in point..<end { add(digits[index]) }
      return count
    }
  }

  /// Units of a text in the one form that `text` gives; nil for any other spelling.
  static func canonicalUnits(_ text: UnsafeRawBufferPointer, scale: Int) -> Int128? {
    var whole: UInt64 = 0
    let point = digits(text, from: 0, to: &whole)
    // Up to 19 digits fit one word, and so do 18 decimals.
    guard point <= 19, scale <= 18, text.first != UInt8(ascii: "-") else {
      guard let text = String(utf8: text), let units = units(text, scale: scale),
        self.text(units, scale: scale) == text
      else { return nil }
      return units
    }
    guard point > 0, point == 1 || text[0] != 48 else { return nil }
    let least = min(2, scale)
    guard least > 0 else { return point == text.count ? Int128(whole) : nil }
    let decimals = text.count - point - 1
    var part: UInt64 = 0
    guard decimals >= least, decimals <= scale, text[point] == UInt8(ascii: "."),
      digits(text, from: point + 1, to: &part) == decimals,
      decimals == least || text[text.count - 1] != 48
    else { return nil }
    let (high, low) = whole.multipliedFullWidth(by: powersOfTen[scale])
    return (Int128(high) << 64 | Int128(low)) + Int128(part * powersOfTen[scale - decimals])
  }

  /// How many digits stand from a place on, and their value where they are no more than 19.
  private static func digits(
    _ text: UnsafeRawBufferPointer, from start: Int, to value: inout UInt64
  ) -> Int {
    var index = start
    while index < text.count, case let digit = text[index] &- 48, digit <= 9 {
      value = value &* 10 &+ UInt64(digit)
      index += 1
    }
    return index - start
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

/// 1 to 10^18.
private let powersOfTen: [UInt64] = [
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
  10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
  1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
  1_000_000_000_000_000_000,
]
