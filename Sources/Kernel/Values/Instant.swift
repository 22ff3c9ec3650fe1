/// A point of time in UTC, in microseconds since 1970, that somebody passed in.
///
/// As text it has one fixed form of 27 characters, `2026-11-24T16:47:11.123456Z`, which sorts as
/// the instants do. Years 1970 to 9999.
public struct Instant: TextValue, Comparable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  public static var blank: Instant { Instant(microseconds: -1) }
  public static let perDay: Int64 = 86_400_000_000

  public func adding(seconds: Int64) -> Instant {
    Instant(microseconds: microseconds + seconds * 1_000_000)
  }

  /// Later by whole days of 86,400 seconds (subscription times are counted so; C-23).
  public func adding(days: Int) -> Instant { adding(seconds: Int64(days) * 86_400) }

  public static func < (left: Instant, right: Instant) -> Bool {
    left.microseconds < right.microseconds
  }
}
