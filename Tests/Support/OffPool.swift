import Foundation

/// Runs what blocks on a thread of its own: the tests' pool has as many threads as the machine has
/// cores, and a test that waits on one of them holds all the others up.
public func offPool<T: Sendable>(
  _ body: @escaping @Sendable () throws -> T
) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    let thread = Thread { continuation.resume(with: Result(catching: body)) }
    thread.stackSize = 8 << 20
    thread.start()
  }
}
