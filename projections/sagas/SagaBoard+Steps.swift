import Kernel

// What each step waits for, and for how long that is no news: one row a step of a process.

extension SagaBoard {
  /// What a step waits for.
  struct Expectation {
    let words: String
    /// Seconds from when the step began until it counts as stuck; 0 where a person is waited for.
    let seconds: Int64

    init(_ words: String, minutes: Int64) {
      self.words = words
      seconds = minutes * 60
    }

    static func person(_ words: String) -> Expectation { Expectation(words, minutes: 0) }
  }

  /// What a process waits for in a state; nil where nothing more happens.
  static func expectation(_ kind: Kind, _ state: State) -> Expectation? {
    switch kind {
    case .conversion: conversion(state)
    case .batch: batch(state)
    case .split: split(state)
    case .hostpay: hostpay(state)
    case .transfer: transfer(state)
    }
  }

  private static func conversion(_ state: State) -> Expectation? {
    switch state {
    case .requested: Expectation("its split: the coin is being turned into USDT", minutes: 360)
    // Its payments can't be paid out before somebody tries again.
    case .failed: .person("a person: retry it")
    case .opened, .estimating, .estimated, .opening, .watching, .checked, .signed, .handedOff,
      .nonceReserved, .cancelling, .held, .parked, .completed, .funded, .confirmed, .reverted,
      .cancelled, .retried, .refunded, .replaced:
      nil
    }
  }

  private static func batch(_ state: State) -> Expectation? {
    switch state {
    case .opened: Expectation("a split to take it over", minutes: 10)
    case .handedOff: Expectation("its split's delivery", minutes: 360)
    // Its members wait until somebody tries again, or more of them come.
    case .failed: .person("a person: retry it, or wait for more of its group")
    case .requested, .estimating, .estimated, .opening, .watching, .checked, .signed,
      .nonceReserved, .cancelling, .held, .parked, .completed, .funded, .confirmed, .reverted,
      .cancelled, .retried, .refunded, .replaced:
      nil
    }
  }

  private static func split(_ state: State) -> Expectation? {
    switch state {
    case .estimating: Expectation("the swap provider's estimate", minutes: 15)
    case .estimated: Expectation("the order of its swap", minutes: 5)
    case .opening: Expectation("the swap provider's answer to the order", minutes: 15)
    case .opened: Expectation("its deposit: one final transfer", minutes: 60)
    case .watching: Expectation("the swap provider to finish", minutes: 120)
    case .held: .person("a person: ask, release or retry it")
    case .requested, .checked, .signed, .handedOff, .nonceReserved, .cancelling, .parked,
      .completed, .failed, .funded, .confirmed, .reverted, .cancelled, .retried, .refunded,
      .replaced:
      nil
    }
  }

  private static func hostpay(_ state: State) -> Expectation? {
    switch state {
    case .requested: Expectation("the check that its swap waits, or its transfer", minutes: 15)
    case .checked: Expectation("its transfer to be final", minutes: 60)
    case .held: .person("a person: see its transfer, then retry the split")
    case .opened, .estimating, .estimated, .opening, .watching, .signed, .handedOff,
      .nonceReserved, .cancelling, .parked, .completed, .failed, .funded, .confirmed, .reverted,
      .cancelled, .retried, .refunded, .replaced:
      nil
    }
  }

  private static func transfer(_ state: State) -> Expectation? {
    switch state {
    case .requested: Expectation("its turn, money in the wallet, and a nonce", minutes: 15)
    case .nonceReserved: Expectation("its signature", minutes: 5)
    case .signed: Expectation("a final block with it", minutes: 60)
    case .cancelling: Expectation("a final block with it or its cancel", minutes: 60)
    case .parked: .person("a person: see why it was parked")
    case .held: .person("two people: weir approvals list")
    case .opened, .estimating, .estimated, .opening, .watching, .checked, .handedOff, .completed,
      .failed, .funded, .confirmed, .reverted, .cancelled, .retried, .refunded, .replaced:
      nil
    }
  }
}
