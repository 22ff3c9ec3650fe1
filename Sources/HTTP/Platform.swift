import Glibc

/// Milliseconds of a clock that never goes back.
func monotonicMilliseconds() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}

/// A number of seconds as milliseconds, within what a deadline can hold.
func milliseconds(_ seconds: Double) -> Int64 {
  Int64(max(0, min(seconds, 1e9)) * 1000)
}

/// Waits about so long; callers look at what they wait for afterwards.
func pause(milliseconds: Int) {
  usleep(UInt32(milliseconds) * 1000)
}

/// A write to a socket whose other end is gone must be an error, not the end of the process.
let signalPipeIsIgnored: Bool = {
  var action = sigaction()
  action.__sigaction_handler.sa_handler = SIG_IGN
  return sigaction(SIGPIPE, &action, nil) == 0
}()

/// One thread with a closure of its own; whoever starts it joins it.
// Unchecked: a pthread_t is a number on Linux, valid on every thread until joined.
struct NativeThread: @unchecked Sendable {
  private let handle: pthread_t

  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts the thread; nil when the system has none left.
  init?(_ body: @escaping @Sendable () -> Void) {
    let work = Unmanaged.passRetained(Work(body))
    var handle = pthread_t()
    let failure = pthread_create(
      &handle, nil,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard failure == 0 else {
      work.release()
      return nil
    }
    self.handle = handle
  }

  func join() {
    pthread_join(handle, nil)
  }

  func detach() {
    pthread_detach(handle)
  }

  var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }
}
