import Log
import PostgresLog

/// A node that waits until no other serves its log: what becomes of the lane of a database's log.
///
/// Waiting saves work and no more: who serves is decided by who takes the lane, and whoever had it
/// before appends nothing from then on, however late it wakes.
public struct Standby {
  private let watch: LaneWatch
  private let node: String

  /// Nil where the log is in files, which another node can't serve; throws where this node's role
  /// may not use the inbox, or other nodes' calls.
  public init?(_ configuration: Configuration) throws(WeirFailure) {
    guard let url = configuration.store else { return nil }
    watch = LaneWatch(url)
    do throws(StoreError) {
      node = try Weir.node(DataFolder(configuration.data))
      try PostgresInbox.check(url)
      try PostgresCalls.check(url)
    } catch { throw .store(error) }
  }

  /// The other node that serves; nil where none does.
  ///
  /// Throws where the server can't be asked.
  public func holder() throws(WeirFailure) -> String? {
    do throws(StoreError) {
      let holder = try watch.holder()
      return holder == node ? nil : holder
    } catch { throw .store(error) }
  }

  /// Waits until a lane is let go of, or so long; whether one was.
  public func wait(milliseconds: Int) -> Bool { watch.wait(milliseconds: milliseconds) }
}
