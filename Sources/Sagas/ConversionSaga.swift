public import Kernel

/// Turns received coin into USDT, of one accumulation or of a pool, through a split of its own.
///
///     idle → asking → splitting → done        failed: the split gave up before any money left
///
/// A failed one may be tried again by a person, as another conversion of the same payments.
/// USDT that arrived as USDT needs no conversion and starts none.
public enum ConversionSaga: Saga {
  public enum State: UInt8, Hashable, Sendable { case idle, asking, splitting, done, failed, held }
  public static let initial = State.idle
  public static func isOver(_ state: State) -> Bool { state == .done || state == .failed }

  public static func react(_ state: State, _ event: LedgerEvent, _ terms: SagaTerms)
    -> (State, [LedgerCommand])
  {
    switch (state, event) {
    case (.idle, .accumulation(.locked(let e))):
      e.net.asset.isTether || terms.isPooling
        ? (.done, []) : (.asking, [.conversion(.request(e.channel, e.payment))])
    case (.idle, .conversion(.requested(let e))), (.asking, .conversion(.requested(let e))):
      (.splitting, [.split(.request(.conversion(e.conversion), terms.flow))])
    case (.splitting, .split(.requested)): (.splitting, [])
    case (.splitting, .split(.completed(let e))):
      (.splitting, completion(e))
    case (.splitting, .split(.failed(let e))):
      (.splitting, failure(e))
    case (.splitting, .split(.refunded(let e))): (.splitting, refund(e))
    case (.splitting, .conversion(.shared)): (.splitting, [])
    case (.splitting, .conversion(.completed)): (.done, [])
    case (.splitting, .conversion(.failed)): (.failed, [])
    // Another one stands in its place now, and has a saga of its own.
    case (.idle, .conversion(.retried)): (.failed, [])
    case (.done, _): (.done, [])
    case (.failed, _): (.failed, [])
    case (.held, _), (.idle, _), (.asking, _), (.splitting, _): (.held, [])
    }
  }

  private static func completion(_ e: SplitEvent.Completed) -> [LedgerCommand] {
    guard let id = e.purpose.conversion else { return [] }
    return [.conversion(.complete(id, e.split, received: e.delivered))]
  }

  private static func refund(_ e: SplitEvent.Refunded) -> [LedgerCommand] {
    guard let id = e.purpose.conversion else { return [] }
    return [.conversion(.fail(id, reason: "the swap provider sent it back"))]
  }

  private static func failure(_ e: SplitEvent.Failed) -> [LedgerCommand] {
    guard let id = e.purpose.conversion else { return [] }
    return [.conversion(.fail(id, reason: e.reason))]
  }
}
