public import Kernel

/// A process as one table of transitions; nothing here waits, calls or reads a clock.
public protocol Saga {
  associatedtype State: Hashable, Sendable
  static var initial: State { get }
  /// Whether nothing follows from the state any more: such a one is forgotten.
  static func isOver(_ state: State) -> Bool
  /// The state after `event`, and what is asked of the ledger because of it.
  static func react(_ state: State, _ event: LedgerEvent, _ terms: SagaTerms)
    -> (State, [LedgerCommand])
}

/// What sagas take from configuration.
public struct SagaTerms: Hashable, Sendable {
  /// How swaps are priced (C-18).
  public let flow: SwapFlow
  /// Whether there is a bot that lets people into channels, and takes them out again.
  public let hasBot: Bool
  /// Whether received coin waits for others of its kind before it is converted (C-8): the run over
  /// the pools asks then, and no saga.
  public let isPooling: Bool
  /// Whether payments that aren't over are asked after, for the notices that never come.
  public let isPolling: Bool

  public init(
    flow: SwapFlow, hasBot: Bool = false, isPooling: Bool = false, isPolling: Bool = false
  ) {
    self.flow = flow
    self.hasBot = hasBot
    self.isPooling = isPooling
    self.isPolling = isPolling
  }
}
