import Testing

@testable import Kernel

/// What a person may do about splits, conversions and batches, over every place money can be at.
@Suite struct OperatorTests {
  /// How far a split's money is.
  enum Place: CaseIterable {
    case estimating, opened, requested, reserved, signed, confirmed, reverted, funded
  }

  private func world(_ place: Place, heldBy hold: Hold?) -> (World, SplitID) {
    var (world, _, split) = place == .estimating ? World.splitting() : World.swapping()
    let transfer = split.transfer
    let steps: [(Place, LedgerCommand)] = [
      (.requested, .hostpay(.request(split))), (.requested, .transfer(.request(split))),
      (.reserved, .transfer(.reserveNonce(transfer, World.quote))),
      (.signed, .transfer(.noteSigned(transfer, World.signed(7)))),
      (
        .confirmed, .transfer(.confirm(transfer, World.mined(), amount: Sample.usdt("101.85")))
      ), (.funded, .hostpay(.noteFunded(split))),
    ]
    let all: [Place] = [.estimating, .opened, .requested, .reserved, .signed, .confirmed, .funded]
    let isClosed = place == .reverted
    let last = all.firstIndex(of: isClosed ? .signed : place)!
    for (step, command) in steps where all.firstIndex(of: step)! <= last {
      #expect(!world.ask(command).events.isEmpty, "\(place): \(command)")
    }
    if place == .reverted { world.ask(.transfer(.noteReverted(transfer, World.mined()))) }
    switch hold {
    case .split: world.ask(.split(.hold(split, reason: "odd")))
    case .hostpay: world.ask(.hostpay(.hold(split, reason: "odd")))
    case nil: break
    }
    return (world, split)
  }

  enum Hold { case split, hostpay }

  private func asked(_ action: SplitAction, _ split: SplitID) -> LedgerCommand {
    .split(.operate(split, action, reason: "the provider says so"))
  }

  @Test(
    "refuses: a retry wherever the split was paid or may yet be", arguments: Place.allCases)
  func retries(place: Place) {
    var (world, split) = world(place, heldBy: .split)
    let decision = world.ask(asked(.retry, split))
    switch place {
    case .estimating, .opened, .requested, .reverted:
      #expect(decision.names == ["split.retried.v1"], "\(place)")
      world.estimate(split)
      #expect(
        !world.openSwap(split, attempt: place == .estimating ? 1 : 2, swap: "s2").events.isEmpty)
      #expect(world.ask(.hostpay(.request(split))).names == ["hostpay.requested.v1"])
      #expect(world.ask(.transfer(.request(split))).names == ["transfer.requested.v1"])
      let next = TransferQuote(
        latestNonce: 8, pendingNonce: 8, gasLimit: 65_000, maxFeePerGas: "1",
        maxPriorityFeePerGas: "1")
      let isClosed = place == .reverted
      let quote = isClosed ? next : World.quote
      #expect(
        world.ask(.transfer(.reserveNonce(split.transfer, quote))).names
          == ["wallet.nonce_assigned.v1", "transfer.nonce_reserved.v1"])
      // What was signed for the closed nonce says nothing of the new one.
      let late = world.ask(
        .transfer(.confirm(split.transfer, World.mined(), amount: Sample.usdt("101.85"))))
      #expect(late.events.isEmpty)
    case .reserved, .signed: #expect(decision.refusal == .nonceOpen, "\(place)")
    case .confirmed, .funded: #expect(decision.refusal == .moneyMayHaveLeft, "\(place)")
    }
  }

  @Test(
    "does: a release lifts a hold where nothing was asked of the chain, or all was done",
    arguments: Place.allCases)
  func releases(place: Place) {
    var (world, split) = world(place, heldBy: .split)
    let decision = world.ask(asked(.release, split))
    switch place {
    case .estimating, .opened:
      #expect(decision.names == ["split.released.v1"])
      #expect(!world.estimate(split).events.isEmpty)
    case .funded:
      #expect(decision.names == ["split.released.v1"])
      #expect(world.ask(.transfer(.request(split))).isIgnored)
      let finished = world.ask(.split(.noteFinished(split, delivered: "1", payoutHash: nil)))
      #expect(finished.names == ["split.completed.v1"])
    case .requested, .reserved, .signed, .confirmed, .reverted:
      #expect(decision.refusal == .moneyMayHaveLeft, "\(place)")
    }
  }

  @Test("does: a hold stops what has no nonce, and claims to stop nothing else")
  func holds() {
    for place in Place.allCases {
      var (world, split) = world(place, heldBy: nil)
      let decision = world.ask(asked(.hold, split))
      switch place {
      case .estimating, .opened, .requested, .reverted:
        // What was reverted isn't tried again by itself anyhow.
        let stops = place == .reverted ? [] : ["ledger.attempts_stopped.v1"]
        #expect(decision.names == ["split.held.v1"] + stops, "\(place)")
        #expect(world.ask(asked(.hold, split)).isIgnored)
        #expect(world.estimate(split).isIgnored)
        #expect(world.ask(.transfer(.request(split))).events.isEmpty)
        let reserved = world.ask(.transfer(.reserveNonce(split.transfer, World.quote)))
        #expect(reserved.events.isEmpty, "\(place): \(reserved)")
      case .reserved, .signed: #expect(decision.refusal == .nonceOpen, "\(place)")
      case .confirmed, .funded: #expect(decision.refusal == .moneyMayHaveLeft, "\(place)")
      }
    }
  }

  @Test("does: what hostpay was held for is retried too; what nobody holds is neither")
  func hostpay() {
    for place in [Place.requested, .reverted] {
      var (world, split) = world(place, heldBy: .hostpay)
      #expect(
        world.ask(.transfer(.reserveNonce(split.transfer, World.quote))).events.isEmpty)
      #expect(world.ask(asked(.retry, split)).names == ["split.retried.v1"])
    }
    for place in Place.allCases {
      var (world, split) = world(place, heldBy: nil)
      #expect(world.ask(asked(.retry, split)).refusal == .notHeld, "\(place)")
      #expect(world.ask(asked(.release, split)).refusal == .notHeld, "\(place)")
      #expect(world.ask(asked(.ask, split)).names == ["split.asked.v1"], "\(place)")
    }
  }

  @Test("does: five swaps in vain, a retry, and five more before a person looks again")
  func attempts() {
    var (world, _, split) = World.splitting()
    for round in 0...1 {
      for attempt in 1...Limits.swapAttemptsMost {
        world.estimate(split)
        let number = round * Limits.swapAttemptsMost + attempt
        #expect(
          world.openSwap(split, attempt: number, swap: "s\(number)").names
            == ["split.swap_opened.v1"])
        world.ask(.split(.abandonSwap(split, attempt: number, reason: "expired")))
      }
      world.estimate(split)
      #expect(world.ask(.split(.intendSwap(split))).names == ["split.held.v1"])
      #expect(world.ask(asked(.retry, split)).names == ["split.retried.v1"])
    }
  }

  @Test("refuses: reasons that are none or too long, splits that ended, and those nobody knows")
  func refuses() {
    var (world, split) = world(.opened, heldBy: .split)
    #expect(world.ask(.split(.operate(split, .retry, reason: ""))).refusal == .textMissing)
    let long = String(repeating: "x", count: Limits.descriptionMost + 1)
    #expect(world.ask(.split(.operate(split, .retry, reason: long))).refusal == .textTooLong)
    #expect(world.ask(asked(.retry, SplitID(number: 9))).refusal == .splitUnknown)
    world.ask(.split(.fail(split, reason: "no pair")))
    for action in SplitAction.allCases {
      #expect(world.ask(asked(action, split)).refusal == .alreadyEnded, "\(action)")
    }
  }

  @Test("does: a payment whose transfer was cancelled is sent by another one, on a retry")
  func cancelled() {
    var world = World.registered(Sample.payout(.instant))
    world.claim()
    world.pay(1, tier: 2)
    let split = SplitID(number: 1)
    world.ask(.split(.request(.payment(Sample.payment(1)), .standard)))
    world.prepare(split, Sample.usdt("48.50"), to: Sample.wallet)
    #expect(world.ask(asked(.retry, split)).refusal == .notHeld)
    world.ask(.transfer(.cancel(split.transfer, .operator, reason: "not this one")))
    #expect(world.names.last == "split.held.v1")
    #expect(world.ask(asked(.retry, split)).names == ["split.retried.v1"])
    world.fund(split, Sample.usdt("48.50"), to: Sample.wallet, attempt: 2)
    let finished = world.ask(.split(.noteFinished(split, delivered: "49", payoutHash: nil)))
    #expect(finished.names == ["split.completed.v1"])
  }

  @Test("does: a direct split begins anew with its transfer")
  func direct() {
    var world = World.registered(Sample.payout(.threshold, asset: .usdt, wallet: Sample.payin))
    world.claim()
    for tier in 1...3 { world.pay(tier, tier: tier) }
    #expect(world.openDue().count == 1)
    let split = SplitID(number: 1)
    world.ask(.split(.request(.batch(BatchID(composed: "\(Sample.channel)-b1")), .standard)))
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    world.ask(.transfer(.park(split.transfer, reason: "would revert")))
    world.ask(.hostpay(.hold(split, reason: "would revert")))
    let events = world.ask(asked(.retry, split)).events
    guard case .split(.retried(let retried))? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(retried.next == .fund)
    #expect(world.ask(.hostpay(.request(split))).names == ["hostpay.requested.v1"])
    #expect(world.ask(.transfer(.request(split))).names == ["transfer.requested.v1"])
    #expect(
      world.ask(.transfer(.reserveNonce(split.transfer, World.quote))).names.count == 2)
  }
}
