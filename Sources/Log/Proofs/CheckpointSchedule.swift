public import Kernel

/// When a checkpoint is due: every 10 s where something changed, and at the end.
///
/// Pure: time is an input. The first change after a quiet while is signed at once.
public struct CheckpointSchedule: Sendable {
  public enum Input: Hashable, Sendable {
    /// The log is durable up to here.
    case committed(UInt64)
    case time
    /// Signed, and at the witness, up to here.
    case signed(UInt64)
    /// It couldn't be written; it is tried again when the next is due.
    case failed
    /// The log takes nothing more.
    case ending
  }

  public enum Output: Hashable, Sendable {
    case sign
  }

  public static let seconds: Int64 = 10

  private var head: UInt64
  private var signed: UInt64
  private var triedAt: Instant?

  /// Begins where the newest checkpoint stands.
  public init(signed: UInt64) {
    head = signed
    self.signed = signed
  }

  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .committed(let position): head = max(head, position)
    case .time: break
    case .signed(let position):
      signed = max(signed, position)
      return []
    case .failed: return []
    case .ending: return head > signed ? [.sign] : []
    }
    guard head > signed, dueAt(now) <= now else { return [] }
    triedAt = now
    return [.sign]
  }

  /// When it wants to be stepped again; nil while nothing changed.
  public func wakeAt(_ now: Instant) -> Instant? { head > signed ? dueAt(now) : nil }

  private func dueAt(_ now: Instant) -> Instant {
    // A clock that was set back must not silence the signer.
    guard let triedAt, triedAt <= now else { return now }
    return triedAt.adding(seconds: Self.seconds)
  }
}
