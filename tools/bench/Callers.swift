import Glibc
import Synchronization

/// Threads that do the same thing, each with a number from 0.
enum Callers {
  /// Runs `body` on so many threads and waits for all of them.
  static func run(
    _ count: Int, _ body: @escaping @Sendable (Int) -> Void
  ) throws(BenchFailure) {
    var threads: [pthread_t] = []
    for number in 0..<count {
      let work = Unmanaged.passRetained(Work { body(number) })
      var thread = pthread_t()
      let code = pthread_create(&thread, nil, start, work.toOpaque())
      guard code == 0 else {
        work.release()
        for thread in threads { pthread_join(thread, nil) }
        throw .failed("no thread \(number): \(String(cString: strerror(code)))")
      }
      threads.append(thread)
    }
    for thread in threads { pthread_join(thread, nil) }
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
    {
      guard let work = $0 else { return nil }
      Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body()
      return nil
    }
}
