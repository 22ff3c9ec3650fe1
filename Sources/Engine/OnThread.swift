import Glibc

/// Does some work on a thread of its own that nobody waits for.
func onThread(_ work: @escaping @Sendable () -> Void) {
  var thread = pthread_t()
  let work = Unmanaged.passRetained(Held(work))
  let code = pthread_create(
    &thread, nil,
    { held in
      guard let held else { return nil }
      Unmanaged<Held>.fromOpaque(held).takeRetainedValue().work()
      return nil
    }, work.toOpaque())
  precondition(code == 0, "the system gives no thread: error \(code)")
  pthread_detach(thread)
}

private final class Held: Sendable {
  let work: @Sendable () -> Void
  init(_ work: @escaping @Sendable () -> Void) { self.work = work }
}
