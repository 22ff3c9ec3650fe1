// What each step waits for, and for how long that is no news: one row a step of a process.

/// What a step waits for.
public struct StepExpectation: Sendable {
  public let words: String
  /// Seconds from when the step began until it counts as stuck; 0 where a person is waited for.
  public let seconds: Int64

  private init(_ words: String, minutes: Int64) {
    self.words = words
    seconds = minutes * 60
  }

  private static func person(_ words: String) -> Self { Self(words, minutes: 0) }

  /// What a process waits for in a state; nil where nothing more happens.
  public static func of(_ kind: StepKind, in state: StepState) -> Self? {
    switch kind {
    case .conversion: conversion(state)
    case .batch: batch(state)
    case .split: split(state)
    case .hostpay: hostpay(state)
    case .transfer: transfer(state)
    }
  }

  private static func conversion(_ state: StepState) -> Self? {
    switch state {
    case .requested: Self("its split: the coin is being turned into USDT", minutes: 360)
    // Its payments can't be paid out before somebody tries again.
    case .failed: .person("a person: retry it")
    case .opened, .estimating, .estimated, .opening, .watching, .checked, .signed, .handedOff,
      .nonceReserved, .cancelling, .held, .parked, .completed, .funded, .confirmed, .reverted,
      .cancelled, .retried, .refunded, .replaced:
      nil
    }
  }

  private static func batch(_ state: StepState) -> Self? {
    switch state {
    case .opened: Self("a split to take it over", minutes: 10)
    case .handedOff: Self("its split's delivery", minutes: 360)
    // Its members wait until somebody tries again, or more of them come.
    case .failed: .person("a person: retry it, or wait for more of its group")
    case .requested, .estimating, .estimated, .opening, .watching, .checked, .signed,
      .nonceReserved, .cancelling, .held, .parked, .completed, .funded, .confirmed, .reverted,
      .cancelled, .retried, .refunded, .replaced:
      nil
    }
  }

  private static func split(_ state: StepState) -> Self? {
    switch state {
    case .estimating: Self("the swap provider's estimate", minutes: 15)
    case .estimated: Self("the order of its swap", minutes: 5)
    case .opening: Self("the swap provider's answer to the order", minutes: 15)
    case .opened: Self("its deposit: one final transfer", minutes: 60)
    case .watching: Self("the swap provider to finish", minutes: 120)
    case .held: .person("a person: ask, release or retry it")
    case .requested, .checked, .signed, .handedOff, .nonceReserved, .cancelling, .parked,
      .completed, .failed, .funded, .confirmed, .reverted, .cancelled, .retried, .refunded,
      .replaced:
      nil
    }
  }

  private static func hostpay(_ state: StepState) -> Self? {
    switch state {
    case .requested: Self("the check that its swap waits, or its transfer", minutes: 15)
    case .checked: Self("its transfer to be final", minutes: 60)
    case .held: .person("a person: see its transfer, then retry the split")
    case .opened, .estimating, .estimated, .opening, .watching, .signed, .handedOff,
      .nonceReserved, .cancelling, .parked, .completed, .failed, .funded, .confirmed, .reverted,
      .cancelled, .retried, .refunded, .replaced:
      nil
    }
  }

  private static func transfer(_ state: StepState) -> Self? {
    switch state {
    case .requested: Self("its turn, money in the wallet, and a nonce", minutes: 15)
    case .nonceReserved: Self("its signature", minutes: 5)
    case .signed: Self("a final block with it", minutes: 60)
    case .cancelling: Self("a final block with it or its cancel", minutes: 60)
    case .parked: .person("a person: see why it was parked")
    case .held: .person("two people: weir approvals list")
    case .opened, .estimating, .estimated, .opening, .watching, .checked, .handedOff, .completed,
      .failed, .funded, .confirmed, .reverted, .cancelled, .retried, .refunded, .replaced:
      nil
    }
  }
}
