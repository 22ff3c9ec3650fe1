import Foundation
import Synchronization

/// Work on a thread of its own, whose end is waited for.
public final class OnThread: Sendable {
  private let ended = DispatchSemaphore(value: 0)
  private let failure = Mutex<String?>(nil)

  public struct Failed: Error { let what: String }

  public init(_ work: @escaping @Sendable () throws -> Void) {
    Thread { [self] in
      do { try work() } catch { failure.withLock { $0 = "\(error)" } }
      ended.signal()
    }.start()
  }

  public func join() throws {
    ended.wait()
    if let what = failure.withLock({ $0 }) { throw Failed(what: what) }
  }
}
