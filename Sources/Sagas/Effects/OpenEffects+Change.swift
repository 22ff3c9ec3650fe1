public import Kernel

extension OpenEffects {
  /// What one fact did to the calls.
  public struct Change: Hashable, Sendable {
    /// Keys of calls no longer owed.
    public var closed: [Subject] = []
    public var opened: [Effect] = []
    /// Keys of calls that are to be made now, if they are owed.
    public var hastened: [Subject] = []
  }
}
