import Kernel
import Log

/// A log's facts in order, read and decoded by a thread of its own while the caller folds those
/// before.
final class FactsAhead: Sendable {
  private struct Shelf {
    var portions: [Portion] = []
    var failure: StoreError?
    var isLeft = false
  }

  /// Portions that wait at most.
  private static let most = 16
  private let shelf = Signal(Shelf())

  /// Facts after a position, to the last one that is asked for.
  init(_ store: any EventStore, after position: UInt64, to last: UInt64) {
    guard position < last else { return }
    onThread { [shelf] in Self.read(store, after: position, to: last, onto: shelf) }
  }

  deinit { shelf.post { $0.isLeft = true } }

  /// The next portion, never empty; waits for it.
  func next() throws(StoreError) -> Portion {
    let taken: Result<Portion, StoreError>? = shelf.wait(microseconds: nil) { shelf in
      if !shelf.portions.isEmpty { return .success(shelf.portions.removeFirst()) }
      return shelf.failure.map { .failure($0) }
    }
    guard let taken else { preconditionFailure("waiting for ever ended") }
    shelf.post { _ in }
    return try taken.get()
  }

  private static func read(
    _ store: any EventStore, after position: UInt64, to last: UInt64, onto shelf: Signal<Shelf>
  ) {
    var position = position
    var portion = Portion()
    do throws(StoreError) {
      while position < last, !shelf.withLock({ $0.isLeft }) {
        let before = position
        let limit = Int(min(4_096, last - position))
        position = try store.replay(after: position, limit: limit, wanting: .all) { recorded in
          portion.add(recorded)
          if portion.isFull {
            put(portion, onto: shelf)
            portion = Portion()
          }
        }
        precondition(position > before, "the store has no event after \(before)")
      }
      if !portion.isEmpty { put(portion, onto: shelf) }
    } catch {
      shelf.post { $0.failure = error }
    }
  }

  private static func put(_ portion: Portion, onto shelf: Signal<Shelf>) {
    _ = shelf.wait(microseconds: nil) { shelf -> Bool? in
      guard shelf.portions.count < most || shelf.isLeft else { return nil }
      shelf.portions.append(portion)
      return true
    }
    shelf.post { _ in }
  }
}

/// Some facts on their way from one thread to another, handed over without a copy.
///
// Unchecked: one thread at a time has it, that which fills it, then that which empties it.
final class Portion: @unchecked Sendable {
  /// Small enough to lie in the processor's cache between the two.
  private static let size = 256
  private let facts = UnsafeMutablePointer<Recorded>.allocate(capacity: size)
  private var count = 0

  deinit {
    facts.deinitialize(count: count)
    facts.deallocate()
  }

  var isEmpty: Bool { count == 0 }
  var isFull: Bool { count == Self.size }

  func add(_ recorded: Recorded) {
    (facts + count).initialize(to: recorded)
    count += 1
  }

  /// Shows every fact, in order.
  func each(_ take: (Recorded) -> Void) {
    for index in 0..<count { take((facts + index).pointee) }
  }

  /// Gives every fact away, in order.
  func empty(_ take: (Recorded) -> Void) {
    let filled = count
    count = 0
    for index in 0..<filled { take((facts + index).move()) }
  }
}
