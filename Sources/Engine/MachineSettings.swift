/// How the machine groups and sends.
public struct MachineSettings: Sendable {
  /// Commands one group commit takes at most.
  public var groupMost = 1_000
  public var lanes = LaneLimits()

  public init() {}
}
