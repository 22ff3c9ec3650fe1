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

  // Without an array: every event that is read has an instant in it.
  private static func read(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    guard bytes.count == 27, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "."), bytes[26] == UInt8(ascii: "Z")
    else { return nil }
    func number(_ range: Range<Int>) -> Int64? {
      var value: Int64 = 0
      for index in range {
        guard bytes[index] >= 48, bytes[index] <= 57 else { return nil }
        value = value * 10 + Int64(bytes[index] - 48)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      let micro = number(20..<26),
      year >= 1970, (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year),
      hour < 24, minute < 60, second < 60
    else { return nil }
    let days = dayNumber(year: year, month: month, day: day)
    return ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + micro
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
