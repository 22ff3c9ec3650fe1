public import Kernel

/// Pays one batch through one split.
///
///     idle → splitting → processing → done        failed: nothing left, members are released
public enum BatchSaga: Saga {
  public enum State: UInt8, Hashable, Sendable {
    case idle, splitting, processing, done, failed, held
  }
  public static let initial = State.idle
  public static func isOver(_ state: State) -> Bool { state == .done || state == .failed }

  public static func react(_ state: State, _ event: LedgerEvent, _ terms: SagaTerms)
    -> (State, [LedgerCommand])
  {
    switch (state, event) {
    case (.idle, .batch(.opened(let e))):
      (.splitting, [.split(.request(.batch(e.batch), terms.flow))])
    case (.splitting, .split(.requested(let e))): (.splitting, handOff(e))
    case (.splitting, .batch(.handedOff)): (.processing, [])
    case (.processing, .split(.completed(let e))): (.processing, completion(e))
    case (.processing, .split(.failed(let e))), (.splitting, .split(.failed(let e))):
      (state, failure(e))
    case (.processing, .split(.refunded(let e))), (.splitting, .split(.refunded(let e))):
      (state, refund(e))
    case (.processing, .batch(.completed)): (.done, [])
    case (.processing, .batch(.failed)), (.splitting, .batch(.failed)): (.failed, [])
    // Another one stands in its place now, and has a saga of its own.
    case (.idle, .batch(.retried)): (.failed, [])
    case (.done, _): (.done, [])
    case (.failed, _): (.failed, [])
    case (.held, _), (.idle, _), (.splitting, _), (.processing, _): (.held, [])
    }
  }

  private static func handOff(_ e: SplitEvent.Requested) -> [LedgerCommand] {
    guard let id = e.purpose.batch else { return [] }
    return [.batch(.handOff(id, e.split))]
  }

  private static func completion(_ e: SplitEvent.Completed) -> [LedgerCommand] {
    guard let id = e.purpose.batch else { return [] }
    return [
      .batch(.complete(id, e.split, delivered: e.delivered, transaction: e.transaction))
    ]
  }

  private static func refund(_ e: SplitEvent.Refunded) -> [LedgerCommand] {
    guard let id = e.purpose.batch else { return [] }
    return [.batch(.fail(id, reason: "the swap provider sent it back"))]
  }

  private static func failure(_ e: SplitEvent.Failed) -> [LedgerCommand] {
    guard let id = e.purpose.batch else { return [] }
    return [.batch(.fail(id, reason: e.reason))]
  }
}
