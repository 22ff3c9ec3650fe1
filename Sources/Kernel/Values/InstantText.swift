extension Instant {
  /// Reads the fixed form only; another spelling of the same time is refused.
  public init?(text: String) {
    var text = text
    guard let microseconds = text.withUTF8({ Self.read(UnsafeRawBufferPointer($0)) }) else {
      return nil
    }
    self.init(microseconds: microseconds)
  }

  public init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard let microseconds = Self.read(bytes) else { return nil }
    self.init(microseconds: microseconds)
  }

  /// Whether the time is one that the fixed form can say.
  public var isWritable: Bool { microseconds >= 0 && microseconds < Self.end }

  // The first microsecond of the year 10000.
  private static let end: Int64 = 253_402_300_800_000_000

  // By words: every event that is read has an instant in it.
  private static func read(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    guard bytes.count == 27 else { return nil }
    // Each pair of digits as one byte, at the place of its first; the marks between are taken out.
    func pairs(_ offset: Int, _ marks: UInt64, at places: UInt64) -> UInt64? {
      let word = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let digits = word ^ marks
      // Nothing is left of the marks; 0 to 9 is where six more doesn't reach 16.
      guard digits & places == 0,
        (digits | (digits &+ 0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == 0
      else { return nil }
      return digits &* 10 &+ (digits >> 8)
    }
    // `2026-11-`, `24T16:47`, `:11.1234` and `.123456Z`: a digit's byte is 0x30 and the digit.
    guard let date = pairs(0, 0x2d30_302d_3030_3030, at: 0xff00_00ff_0000_0000),
      let time = pairs(8, 0x3030_3a30_3054_3030, at: 0x0000_ff00_00ff_0000),
      let second = pairs(16, 0x3030_3030_2e30_303a, at: 0x0000_0000_ff00_00ff),
      let micro = pairs(19, 0x5a30_3030_3030_302e, at: 0xff00_0000_0000_00ff)
    else { return nil }
    func value(_ pairs: UInt64, _ place: UInt64) -> Int64 { Int64(pairs >> (place * 8) & 0xff) }
    let year = value(date, 0) * 100 + value(date, 2)
    let month = value(date, 5)
    let day = value(time, 0)
    guard year >= 1970, month >= 1, month <= 12, day >= 1, day <= Self.days(in: month, of: year),
      value(time, 3) < 24, value(time, 6) < 60, value(second, 1) < 60
    else { return nil }
    let hours = dayNumber(year: year, month: month, day: day) * 24 + value(time, 3)
    let seconds = (hours * 60 + value(time, 6)) * 60 + value(second, 1)
    return seconds * 1_000_000 + value(micro, 1) * 10_000 + value(micro, 3) * 100 + value(micro, 5)
  }

  public var text: String {
    precondition(microseconds >= 0, "an instant before 1970 reached text")
    return String(unsafeUninitializedCapacity: 27) { out in
      guard let base = out.baseAddress else { return 0 }
      put(to: UnsafeMutableRawPointer(base))
      return 27
    }
  }

  public func write(to out: inout CanonicalText) {
    out.write(most: 29) { out in
      out.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
      put(to: out + 1)
      out.storeBytes(of: UInt8(ascii: "\""), toByteOffset: 28, as: UInt8.self)
      return 29
    }
  }

  /// Writes the 27 bytes of the fixed form.
  private func put(to out: UnsafeMutableRawPointer) {
    let seconds = microseconds / 1_000_000
    let (year, month, day) = Self.date(ofDay: seconds / 86_400)
    let ofDay = seconds % 86_400
    func put(_ value: Int64, _ places: Range<Int>, _ end: UInt8) {
      var rest = value
      for place in places.reversed() {
        out.storeBytes(of: UInt8(48 + rest % 10), toByteOffset: place, as: UInt8.self)
        rest /= 10
      }
      out.storeBytes(of: end, toByteOffset: places.upperBound, as: UInt8.self)
    }
    put(year, 0..<4, UInt8(ascii: "-"))
    put(month, 5..<7, UInt8(ascii: "-"))
    put(day, 8..<10, UInt8(ascii: "T"))
    put(ofDay / 3600, 11..<13, UInt8(ascii: ":"))
    put(ofDay / 60 % 60, 14..<16, UInt8(ascii: ":"))
    put(ofDay % 60, 17..<19, UInt8(ascii: "."))
    put(microseconds % 1_000_000, 20..<26, UInt8(ascii: "Z"))
  }

  // Days since 1970-01-01 of a civil date, by counting from the first of March of year 0.
  private static func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func date(ofDay number: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = number + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthIndex = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
    let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    if month == 2 { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }
}
