import Kernel

/// How a lane sends its calls: the old platform's queue rules (domain 1.1, C-10).
public struct LaneLimits: Hashable, Sendable {
  public var callsPerSecond = 10
  public var atOnce = 50
  /// Lanes of fewer calls a second, by name.
  public var slower: [String: Int] = [:]
  /// Between two tries of one call, always the same.
  public var retrySeconds = 60
  /// From the intent on; after it a call is given up, unless it is endless.
  public var horizonSeconds = 86_400
  /// Tries without an answer, of this process, before a call is given up: the time before them may
  /// be a clock's leap, or one in which nobody tried.
  public var triesLeast = 10
  /// A call that is owed for so long is told of, and again after as long.
  public var tellSeconds = 3_600
  /// Calls without an answer in a row that open the breaker.
  public var breakerFailures = 10
  /// How long an open breaker lets nothing through; then one call tries.
  public var breakerSeconds = 30

  public init() {}

  /// The same for one lane.
  func of(_ lane: String) -> LaneLimits {
    var limits = self
    limits.callsPerSecond = slower[lane] ?? callsPerSecond
    return limits
  }
}

/// A bounded, rate-limited queue of outside calls, as a value: time comes in, keys go out.
struct Lane: Sendable {
  private struct Waiting: Sendable {
    let key: Subject
    let notBefore: Instant
    let sequence: Int
  }

  let limits: LaneLimits
  /// Soonest first, then oldest.
  private var waiting: [Waiting] = []
  private(set) var running = 0
  private var sequence = 0
  /// Calls that may leave now, in millionths.
  private var allowance: Int64
  private var allowanceAt: Instant?
  private(set) var failuresInRow = 0
  /// Nothing leaves before: the breaker is open.
  private var brokenUntil: Instant?
  /// Nothing leaves before: the provider's own word, which no other call's answer takes back.
  private var askedUntil: Instant?

  init(limits: LaneLimits) {
    self.limits = limits
    allowance = Int64(limits.callsPerSecond) * 1_000_000
  }

  var waitingCount: Int { waiting.count }
  func isShut(at now: Instant) -> Bool { shutUntil.map { now < $0 } ?? false }
  var shutUntil: Instant? { [brokenUntil, askedUntil].compactMap { $0 }.max() }

  mutating func add(_ key: Subject, notBefore: Instant) {
    let entry = Waiting(key: key, notBefore: notBefore, sequence: sequence)
    sequence += 1
    // From the end: what comes is mostly what leaves last.
    let before = waiting.lastIndex { $0.notBefore <= notBefore }
    waiting.insert(entry, at: before.map { $0 + 1 } ?? 0)
  }

  mutating func remove(_ key: Subject) { waiting.removeAll { $0.key == key } }

  /// Keys that may leave now, within rate, number at once, breaker and Retry-After.
  mutating func next(at now: Instant) -> [Subject] {
    guard !isShut(at: now) else { return [] }
    refill(now)
    // After a shut time one call tries; the others follow its answer.
    let most = failuresInRow >= limits.breakerFailures ? 1 : limits.atOnce
    var keys: [Subject] = []
    while let first = waiting.first, first.notBefore <= now, running < most,
      allowance >= 1_000_000
    {
      waiting.removeFirst()
      allowance -= 1_000_000
      running += 1
      keys.append(first.key)
    }
    return keys
  }

  mutating func noteAnswer() {
    running -= 1
    failuresInRow = 0
    brokenUntil = nil
  }

  /// A call is not waited for any more; that says nothing about the other side.
  mutating func noteGone() { running -= 1 }

  /// The clock was set back: what is to wait waits as long as it would have.
  mutating func setBack(microseconds: Int64) {
    func moved(_ time: Instant) -> Instant {
      Instant(microseconds: time.microseconds - microseconds)
    }
    waiting = waiting.map {
      Waiting(key: $0.key, notBefore: moved($0.notBefore), sequence: $0.sequence)
    }
    allowanceAt = allowanceAt.map(moved)
    brokenUntil = brokenUntil.map(moved)
    askedUntil = askedUntil.map(moved)
  }

  /// A call ended without an answer; `retryAfter` is the provider's own word.
  mutating func noteFailure(retryAfter: Int?, at now: Instant) {
    running -= 1
    failuresInRow += 1
    if failuresInRow >= limits.breakerFailures {
      brokenUntil = now.adding(seconds: Int64(limits.breakerSeconds))
    }
    if let retryAfter {
      let until = now.adding(seconds: Int64(retryAfter))
      askedUntil = max(askedUntil ?? until, until)
    }
  }

  /// When something may leave next; nil where nothing waits or an answer must come first.
  func wakeAt(_ now: Instant) -> Instant? {
    guard let first = waiting.first else { return nil }
    let most = failuresInRow >= limits.breakerFailures ? 1 : limits.atOnce
    guard running < most else { return nil }
    var time = max(first.notBefore, now)
    if let shutUntil, time < shutUntil { time = shutUntil }
    if allowance < 1_000_000, let allowanceAt {
      let missing = 1_000_000 - allowance
      let wait = missing / Int64(limits.callsPerSecond) + 1
      time = max(time, Instant(microseconds: allowanceAt.microseconds + wait))
    }
    return time
  }

  private mutating func refill(_ now: Instant) {
    let most = Int64(limits.callsPerSecond) * 1_000_000
    if let before = allowanceAt, before < now {
      let passed = min(now.microseconds - before.microseconds, 1_000_000)
      allowance = min(most, allowance + passed * Int64(limits.callsPerSecond))
    }
    if allowanceAt.map({ $0 < now }) ?? true { allowanceAt = now }
  }
}
