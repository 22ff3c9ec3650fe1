import Testing

@testable import Kernel

/// What a funded swap may come to, over every word of the provider's and every order of two.
@Suite struct SwapOutcomeTests {
  private static let words = [
    "new", "waiting", "confirming", "exchanging", "sending", "finished", "refunded", "failed",
    "verifying", "hold", "expired", "something new", "",
  ]
  private let swap = SwapID(composed: "s1")

  private func funded() -> (World, BatchID, SplitID) {
    var (world, batch, split) = World.sending()
    world.ask(.transfer(.confirm(split.transfer, World.mined(), amount: Sample.usdt("101.85"))))
    world.ask(.hostpay(.noteFunded(split)))
    return (world, batch, split)
  }

  private func refunded(
    _ split: SplitID, _ amount: String = "101.55", by transaction: String = "0xback"
  ) -> LedgerCommand {
    .split(.noteRefunded(split, swap, amount: amount, transaction: transaction))
  }

  @Test("does: of two words the one that is further back is recorded as that, and changes nothing")
  func ladder() {
    let ladder = ["new", "waiting", "confirming", "exchanging", "sending"]
    for first in Self.words {
      for second in Self.words {
        var (world, _, split) = funded()
        func say(_ word: String) -> Decision {
          world.ask(.split(.noteStatus(split, swap, status: word)))
        }
        #expect(say(first).names == ["split.swap_observed.v1"], "\(first)")
        let decision = say(second)
        let ranks = [first, second].map { word in
          ladder.firstIndex(of: word) ?? (["finished", "refunded"].contains(word) ? 5 : nil)
        }
        if first == second {
          #expect(decision.isIgnored)
        } else if let before = ranks[0], let now = ranks[1], now < before {
          #expect(decision.names == ["split.swap_regressed.v1"], "\(first), \(second)")
          // Said again and again it is recorded once, and the word before stands.
          #expect(say(second).isIgnored)
          #expect(say(first).isIgnored)
        } else {
          #expect(decision.names == ["split.swap_observed.v1"], "\(first), \(second)")
        }
        // Whatever was said, only an amount ends it, and it ends it once.
        let finished = world.ask(
          .split(.noteFinished(split, delivered: "0.62", payoutHash: "x")))
        #expect(finished.names == ["split.completed.v1"])
        #expect(world.ask(refunded(split)).isIgnored)
      }
    }
  }

  @Test("does: far less than was promised waits for a person, and so does a payout unseen twice")
  func slips() {
    for isUnseen in [false, true] {
      var (world, batch, split) = funded()
      func finish(_ amount: String, isUnseen: Bool = false) -> Decision {
        world.ask(
          .split(
            .noteFinished(split, delivered: amount, payoutHash: "0xout", isUnseen: isUnseen)))
      }
      if isUnseen {
        // Once it may be a node that lags.
        #expect(finish("0.6241", isUnseen: true).names == ["split.swap_observed.v1"])
        #expect(finish("0.6241", isUnseen: true).names == ["split.held.v1"])
        #expect(finish("0.6241", isUnseen: true).isIgnored)
      } else {
        #expect(finish("0.56").names == ["split.swap_observed.v1", "split.held.v1"])
        #expect(finish("0.56").isIgnored)
        // Nothing is taken for delivered meanwhile, and nothing is paid again.
        #expect(world.ask(.split(.operate(split, .retry, reason: "again"))).events.isEmpty)
      }
      #expect(world.ask(.batch(.fail(batch, reason: "x"))).refusal == .moneyMayHaveLeft)
      #expect(LedgerState.read(world.state.listed)?.listed == world.state.listed)
      #expect(
        world.ask(.split(.operate(split, .release, reason: "it is so"))).names
          == ["split.released.v1"])
      let accepted = isUnseen ? finish("0.6241", isUnseen: true) : finish("0.56")
      #expect(accepted.names == ["split.completed.v1"])
    }
    // A tenth less is the market's; and what is seen after all needs nobody.
    var (world, _, split) = funded()
    let near = LedgerCommand.split(.noteFinished(split, delivered: "0.5618", payoutHash: "0xout"))
    #expect(world.ask(near).names == ["split.completed.v1"])
    (world, _, split) = funded()
    for _ in 0..<2 {
      world.ask(
        .split(
          .noteFinished(split, delivered: "0.6241", payoutHash: "0xout", isUnseen: true)))
    }
    #expect(world.ask(near).names == ["split.completed.v1"])
  }

  @Test("does: a word beside the way doesn't make going back look like going on")
  func aside() {
    var (world, _, split) = funded()
    for word in ["sending", "verifying"] {
      world.ask(.split(.noteStatus(split, swap, status: word)))
    }
    let back = world.ask(.split(.noteStatus(split, swap, status: "waiting")))
    #expect(back.names == ["split.swap_regressed.v1"])
    let on = world.ask(.split(.noteStatus(split, swap, status: "sending")))
    #expect(on.names == ["split.swap_observed.v1"])
  }

  @Test("does: what comes back is booked with its loss, and the members are owed in full again")
  func refunds() {
    var (world, batch, split) = funded()
    let custody = world.state.books.balance(.custody, .usdt)
    #expect(world.state.books.balance(.transit(Sample.channel), .usdt) == Sample.usdt("101.85"))
    #expect(world.ask(refunded(split)).names == ["split.refunded.v1"])
    #expect(world.ask(refunded(split)).isIgnored)
    #expect(
      world.ask(.split(.noteFinished(split, delivered: "1", payoutHash: nil))).isIgnored)
    #expect(
      world.state.books.balance(.custody, .usdt) == custody + Sample.usdt("101.55"))
    #expect(world.state.books.balance(.fx, .usdt) == Sample.usdt("0.30"))
    #expect(world.state.books.balance(.transit(Sample.channel), .usdt).units == 0)
    #expect(
      world.ask(.batch(.fail(batch, reason: "refunded"))).names
        == ["batch.failed.v1", "accumulation.released.v1"])
    #expect(world.payable() == Sample.usdt("101.85"))
    // Nothing is paid again before a person says so, or there is more to pay.
    #expect(world.openDue().isEmpty)
    let again = world.ask(.batch(.retry(batch, reason: "the pair is open again")))
    #expect(again.names.count == 3)
    let next = BatchID(composed: "\(Sample.channel)-b2")
    #expect(
      world.ask(.split(.request(.batch(next), .fixedRate))).names == ["split.requested.v1"])
    #expect(world.state.split(of: .batch(next)) == SplitID(number: 2))
  }

  @Test("does: a refund of everything is no loss")
  func whole() {
    var (world, _, split) = funded()
    #expect(world.ask(refunded(split, "101.85")).names == ["split.refunded.v1"])
    #expect(world.state.books.balance(.fx, .usdt).units == 0)
  }

  @Test("refuses: refunds without evidence, of more than was sent, before it was, of other swaps")
  func evidence() {
    for amount in ["", "x", "0", "-1", "101.86", "1e9"] {
      var (world, _, split) = funded()
      #expect(world.ask(refunded(split, amount)).names == ["split.held.v1"], "\(amount)")
      // Asked again and again, it is held once.
      #expect(world.ask(refunded(split, amount)).isIgnored, "\(amount)")
      // Right at last, it ends what was held.
      #expect(world.ask(refunded(split)).names == ["split.refunded.v1"])
    }
    var (world, batch, split) = funded()
    #expect(world.ask(refunded(split, by: "")).refusal == .textMissing)
    let other = LedgerCommand.split(
      .noteRefunded(split, SwapID(composed: "s2"), amount: "1", transaction: "0x"))
    #expect(world.ask(other).refusal == .splitElsewhere)
    #expect(world.ask(refunded(SplitID(number: 9))).refusal == .splitUnknown)
    #expect(world.ask(.batch(.fail(batch, reason: "x"))).refusal == .moneyMayHaveLeft)
    var (early, _, unpaid) = World.sending()
    #expect(early.ask(refunded(unpaid)).refusal == .splitElsewhere)
    #expect(early.ask(.batch(.fail(batch, reason: "x"))).refusal == .moneyMayHaveLeft)
  }

  @Test("does: a payment that was to be paid at once gets another split, by a person's word, once")
  func instant() {
    var world = World.registered(Sample.payout(.instant))
    world.claim()
    world.pay(1, tier: 2)
    let purpose = SplitPurpose.payment(Sample.payment(1))
    let (first, second) = (SplitID(number: 1), SplitID(number: 2))
    world.ask(.split(.request(purpose, .standard)))
    let retry = LedgerCommand.split(.operate(first, .retry, reason: "it is open again"))
    let source = Sample.usdt("48.50")
    world.fund(first, source, to: Sample.wallet)
    #expect(world.ask(retry).refusal == .notHeld)
    world.ask(
      .split(
        .noteRefunded(
          first, SwapID(composed: "sw\(first)"), amount: "48.20", transaction: "0xback")))
    #expect(world.ask(.split(.request(purpose, .standard))).isIgnored)
    for action in [SplitAction.ask, .hold, .release] {
      let decision = world.ask(.split(.operate(first, action, reason: "x")))
      #expect(decision.refusal == .alreadyEnded, "\(action)")
    }
    #expect(world.ask(retry).names == ["split.replaced.v1", "split.requested.v1"])
    #expect(world.ask(retry).refusal == .alreadyEnded)
    #expect(world.state.split(of: purpose) == second)
    world.fund(second, source, to: Sample.wallet, nonce: 8)
    let finished = world.ask(.split(.noteFinished(second, delivered: "49", payoutHash: nil)))
    #expect(finished.names == ["split.completed.v1"])
    #expect(world.state.books.settled(Sample.channel, .usdt) == source)
    #expect(world.state.books.balance(.reserved(Sample.channel), .usdt).units == 0)
    #expect(world.state.books.balance(.fx, .usdt) == Sample.usdt("0.30"))
    // A batch's and a conversion's refunded split is theirs to replace.
    var (other, _, split) = funded()
    other.ask(refunded(split))
    #expect(
      other.ask(.split(.operate(split, .retry, reason: "x"))).refusal == .alreadyEnded)
  }

  @Test("refuses: deposit addresses that are token contracts, in any case of letters")
  func contracts() {
    for address in Asset.payable.compactMap(\.contract) {
      for payin in [address, address.lowercased(), address.uppercased()] {
        var (world, _, split) = World.splitting()
        world.estimate(split)
        #expect(world.openSwap(split, payin: payin).names == ["split.held.v1"], "\(payin)")
      }
    }
  }
}
