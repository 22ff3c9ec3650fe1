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
  }
}

extension StoreError {
  var isTooLarge: Bool {
    if case .tooLarge = self { return true }
    return false
  }
}
