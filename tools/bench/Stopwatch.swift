import Glibc
import Kernel

/// Time by three clocks, in seconds: the wall's, this thread's processor's, this process'.
struct Stopwatch {
  static func wall() -> Double { read(CLOCK_MONOTONIC) }
  static func thread() -> Double { read(CLOCK_THREAD_CPUTIME_ID) }
  static func process() -> Double { read(CLOCK_PROCESS_CPUTIME_ID) }

  /// The wall clock as the ledger has it.
  static let instant: @Sendable () -> Instant = {
    Instant(microseconds: Int64(read(CLOCK_REALTIME) * 1e6))
  }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Seconds of this thread's processor that some work took.
  static func thread<T, E: Error>(_ seconds: inout Double, _ work: () throws(E) -> T) throws(E) -> T
  {
    let start = thread()
    defer { seconds += thread() - start }
    return try work()
  }
}

/// Times of many single things, in seconds.
struct Latencies: Sendable {
  private(set) var all: [Double] = []

  mutating func add(_ seconds: Double) { all.append(seconds) }
  mutating func add(_ others: Latencies) { all += others.all }

  /// Microseconds that a part (0 to 1) of them stayed within.
  func microseconds(_ part: Double) -> Double {
    guard !all.isEmpty else { return 0 }
    let sorted = all.sorted()
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))] * 1e6
  }
}

/// The one in the middle; of an even number the lower.
func median<T>(_ values: [T], by key: (T) -> Double) -> T {
  precondition(!values.isEmpty, "the median of nothing")
  return values.sorted { key($0) < key($1) }[(values.count - 1) / 2]
}
