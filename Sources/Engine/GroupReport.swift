public import Kernel
import Log

/// What the loop tells of each group it has written; called on the loop's thread, so it is brief.
public struct GroupReport: Sendable {
  public let submissions: Int
  public let answers: [Answer]
  /// Durable now, in order.
  public let committed: [Recorded]
  public let troubles: [String]
  /// Deciding, encoding, writing and syncing.
  public let microseconds: Int64
  public let lanes: [LaneReport]

  /// What a lane was doing then.
  public struct LaneReport: Sendable {
    public let name: String
    public let waiting: Int
    public let running: Int
    public let isShut: Bool
    /// Nothing leaves before; nil for an open lane, and perhaps past for one that was shut.
    public let shutUntil: Instant?
    /// Calls without an answer in a row.
    public let failures: Int
    /// When something may leave next; nil where nothing waits or an answer must come first.
    public let nextAt: Instant?
    public let callsPerSecond: Int
    public let atOnce: Int
    /// Between two tries of one call.
    public let retrySeconds: Int

    init(_ name: String, _ lane: Lane, at now: Instant) {
      self.name = name
      waiting = lane.waitingCount
      running = lane.running
      isShut = lane.isShut(at: now)
      shutUntil = lane.shutUntil
      failures = lane.failuresInRow
      nextAt = lane.wakeAt(now)
      callsPerSecond = lane.limits.callsPerSecond
      atOnce = lane.limits.atOnce
      retrySeconds = lane.limits.retrySeconds
    }
  }
}

extension StoreError {
  var isTooLarge: Bool {
    if case .tooLarge = self { return true }
    return false
  }
}
