import Testing

@testable import Kernel

@Suite struct TransferDeciderTests {
  @Test("does: obligation, nonce, signature, finality, each once")
  func line() {
    var (world, _, split) = World.swapping()
    let id = split.transfer
    #expect(world.ask(.transfer(.request(split))).refusal == .hostpayUnknown)
    world.ask(.hostpay(.request(split)))
    #expect(world.ask(.transfer(.request(split))).names == ["transfer.requested.v1"])
    #expect(world.ask(.transfer(.request(split))).isIgnored)
    let reserve = LedgerCommand.transfer(.reserveNonce(id, World.quote))
    #expect(
      world.ask(reserve).names == ["wallet.nonce_assigned.v1", "transfer.nonce_reserved.v1"])
    #expect(world.ask(reserve).isIgnored)
    let confirm = LedgerCommand.transfer(
      .confirm(id, World.mined(), amount: Sample.usdt("101.85")))
    #expect(world.ask(confirm).isIgnored)
    #expect(world.ask(.transfer(.noteSigned(id, World.signed(8)))).refusal == .transferElsewhere)
    #expect(
      world.ask(.transfer(.noteSigned(id, World.signed(7, attempt: 2)))).refusal
        == .transferElsewhere)
    let sign = LedgerCommand.transfer(.noteSigned(id, World.signed(7)))
    #expect(world.ask(sign).names == ["transfer.signed.v1"])
    #expect(world.ask(sign).isIgnored)
    #expect(world.ask(.hostpay(.noteFunded(split))).refusal == .transferElsewhere)
    #expect(world.ask(confirm).names == ["transfer.confirmed.v1"])
    #expect(world.ask(confirm).isIgnored)
    #expect(world.ask(.hostpay(.noteFunded(split))).names == ["hostpay.funded.v1"])
    #expect(world.ask(.hostpay(.noteFunded(split))).isIgnored)
    #expect(world.state.hostWallet?.openNonces == 0)
    #expect(world.state.hostWallet?.nextNonce == 8)
    #expect(world.state.books.balance(.gas, .eth) == Sample.eth("0.001"))
  }

  @Test("refuses: a seventeenth open nonce, until one of the sixteen is closed (CH-22)")
  func window() {
    var (world, _) = World.direct()
    for number in 2...17 {
      world.pay(number)
      let split = SplitID(number: number)
      world.ask(.split(.request(.payment(Sample.payment(number)), .fixedRate)))
      world.ask(.hostpay(.request(split)))
      world.ask(.transfer(.request(split)))
    }
    for number in 1...16 {
      world.send(SplitID(number: number).transfer, nonce: 6 + number, hash: "0xa\(number)")
    }
    #expect(world.state.hostWallet?.openNonces == 16)
    let last = SplitID(number: 17).transfer
    let quote = TransferQuote(
      latestNonce: 7, pendingNonce: 23, gasLimit: 65_000, maxFeePerGas: "1",
      maxPriorityFeePerGas: "1")
    #expect(world.ask(.transfer(.reserveNonce(last, quote))).refusal == .tooManyOpenNonces)
    world.ask(.transfer(.noteReverted(SplitID(number: 3).transfer, World.mined("0xa3"))))
    #expect(world.ask(.transfer(.reserveNonce(last, quote))).names.count == 2)
  }

  @Test("refuses: a transaction that is not ours, whatever it claims")
  func strangers() {
    var (world, _, split) = World.sending()
    let stranger = World.mined("0xdead")
    let commands: [TransferCommand] = [
      .confirm(split.transfer, stranger, amount: Sample.usdt("101.85")),
      .noteReverted(split.transfer, stranger), .noteCancelled(split.transfer, stranger),
    ]
    for command in commands {
      #expect(world.ask(.transfer(command)).refusal == .notOurTransaction)
    }
  }

  @Test("does: a chain that moved another amount parks the transfer and confirms nothing")
  func otherAmount() {
    var (world, _, split) = World.sending()
    let wrong = LedgerCommand.transfer(
      .confirm(split.transfer, World.mined(), amount: Sample.usdt("101.84")))
    #expect(world.ask(wrong).names == ["transfer.parked.v1"])
    #expect(world.ask(wrong).isIgnored)
    #expect(world.count("transfer.confirmed.v1") == 0)
  }

  @Test("does: a revert books its gas, keeps the value, and closes the transfer")
  func reverts() {
    var (world, batch, split) = World.sending()
    let id = split.transfer
    world.ask(.transfer(.noteReverted(id, World.mined())))
    #expect(world.log.last?.name == "transfer.reverted.v1")
    #expect(world.state.books.balance(.gas, .eth) == Sample.eth("0.001"))
    #expect(world.state.books.balance(.transit(Sample.channel), .usdt).units == 0)
    let confirm = LedgerCommand.transfer(
      .confirm(id, World.mined(), amount: Sample.usdt("101.85")))
    #expect(world.ask(confirm).isIgnored)
    #expect(world.ask(.hostpay(.noteFunded(split))).refusal == .transferElsewhere)
    #expect(world.ask(.batch(.fail(batch, reason: ""))).refusal == .moneyMayHaveLeft)
  }

  @Test("does: a chain ahead of the log stops the wallet, before anything is signed")
  func chainAhead() {
    for (latest, pending) in [(8, 8), (7, 8), (8, 7)] {
      var (world, _, split) = World.swapping()
      world.ask(.hostpay(.request(split)))
      world.ask(.transfer(.request(split)))
      let quote = TransferQuote(
        latestNonce: latest, pendingNonce: pending, gasLimit: 1, maxFeePerGas: "1",
        maxPriorityFeePerGas: "1")
      let reserve = LedgerCommand.transfer(.reserveNonce(split.transfer, quote))
      #expect(world.ask(reserve).names == ["wallet.quarantined.v1", "transfer.parked.v1"])
      #expect(world.ask(reserve).isIgnored)
      #expect(world.state.hostWallet?.isQuarantined == true)
      #expect(world.count("transfer.nonce_reserved.v1") == 0)
    }
  }

  @Test("does: a nonce that a stranger consumed stops the wallet")
  func foreignNonce() {
    var (world, _, split) = World.sending()
    let foreign = LedgerCommand.transfer(.noteForeignNonce(split.transfer))
    #expect(world.ask(foreign).names == ["wallet.quarantined.v1", "transfer.parked.v1"])
    #expect(world.ask(foreign).isIgnored)
  }

  @Test("refuses: nothing is sent for a split that failed or is held")
  func closedSplit() {
    for isHold in [false, true] {
      var (world, batch, split) = World.swapping()
      world.ask(.hostpay(.request(split)))
      world.ask(.split(isHold ? .hold(split, reason: "x") : .fail(split, reason: "x")))
      if !isHold { world.ask(.batch(.fail(batch, reason: "x"))) }
      #expect(world.ask(.transfer(.request(split))).refusal == .splitElsewhere)
      #expect(world.count("transfer.requested.v1") == 0)
    }
  }

  @Test("refuses: transfers nobody asked for, and any without a wallet")
  func unknown() {
    var world = World.due()
    let id = TransferID(composed: "x.fund")
    let commands: [TransferCommand] = [
      .reserveNonce(id, World.quote), .noteSigned(id, World.signed(7)),
      .confirm(id, World.mined(), amount: Sample.usdt("1")), .noteReverted(id, World.mined()),
      .noteCancelled(id, World.mined()), .noteForeignNonce(id), .park(id, reason: ""),
      .bump(id, nil, reason: "x"), .cancel(id, .operator, reason: "x"),
      .noteCancelSigned(id, World.signed(7)), .release(id, reason: "x"),
    ]
    for command in commands {
      #expect(world.ask(.transfer(command)).refusal == .transferUnknown)
    }
    var poor = World.registered()
    for tier in 1...3 { poor.pay(tier, tier: tier) }
    poor.ask(poor.opening())
    let split = SplitID(number: 1)
    poor.ask(.split(.request(.batch(BatchID(composed: "\(Sample.channel)-b1")), .fixedRate)))
    poor.estimate(split)
    poor.openSwap(split)
    poor.ask(.hostpay(.request(split)))
    #expect(poor.ask(.transfer(.request(split))).refusal == .walletUnknown)
  }

  @Test("does: parking stops a transfer before its nonce, once")
  func parks() {
    var (world, _, split) = World.swapping()
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    let park = LedgerCommand.transfer(.park(split.transfer, reason: "the balance is short"))
    #expect(world.ask(park).names == ["transfer.parked.v1"])
    #expect(world.ask(park).isIgnored)
    #expect(world.ask(.transfer(.reserveNonce(split.transfer, World.quote))).isIgnored)
  }
}

@Suite struct WalletDeciderTests {
  @Test("does: one wallet is claimed, once; refuses another")
  func claims() {
    var world = World()
    #expect(world.claim().names == ["wallet.claimed.v1"])
    #expect(world.claim().isIgnored)
    let others = [("0x01", 1), (Sample.host, 2)]
    for (address, chain) in others {
      #expect(
        world.ask(.wallet(.claim(address: address, chain: chain, nonce: 0))).refusal
          == .walletClaimedElsewhere)
    }
  }

  @Test("does: quarantine stops nonces; refuses without a wallet")
  func quarantines() {
    let quarantine = LedgerCommand.wallet(.quarantine(nonce: 7, reason: "restored log"))
    var empty = World()
    #expect(empty.ask(quarantine).refusal == .walletUnknown)
    var (world, _, split) = World.swapping()
    #expect(world.ask(quarantine).names == ["wallet.quarantined.v1"])
    #expect(world.ask(quarantine).isIgnored)
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    #expect(
      world.ask(.transfer(.reserveNonce(split.transfer, World.quote))).refusal
        == .walletQuarantined)
  }
}

@Suite struct HostpayDeciderTests {
  @Test("does: pays exactly what the swap asks, to its deposit; checks and holds")
  func requests() {
    var (world, _, split) = World.swapping()
    let decision = world.ask(.hostpay(.request(split)))
    guard case .hostpay(.requested(let requested))? = decision.events.first else {
      Issue.record("\(decision)")
      return
    }
    #expect(requested.amount == Sample.usdt("101.85"))
    #expect(requested.to == Sample.payin)
    #expect(world.ask(.hostpay(.request(split))).isIgnored)
    let swap = SwapID(composed: "s1")
    #expect(
      world.ask(.hostpay(.noteCheck(split, swap, status: "waiting"))).names
        == ["hostpay.checked.v1"])
    let other = SwapID(composed: "s2")
    #expect(world.ask(.hostpay(.noteCheck(split, other, status: "waiting"))).isIgnored)
    #expect(world.ask(.hostpay(.hold(split, reason: "x"))).names == ["hostpay.held.v1"])
    world.ask(.transfer(.request(split)))
    #expect(world.ask(.hostpay(.noteCheck(split, swap, status: "waiting"))).isIgnored)
  }

  @Test("refuses: splits nobody requested, funding without a final transfer")
  func refuses() {
    var (world, _, split) = World.splitting()
    #expect(world.ask(.hostpay(.request(split))).isIgnored)
    #expect(world.ask(.hostpay(.hold(split, reason: "x"))).isIgnored)
    #expect(world.ask(.hostpay(.noteFunded(split))).refusal == .transferElsewhere)
    let id = SplitID(number: 9)
    let commands: [HostpayCommand] = [
      .request(id), .noteFunded(id), .hold(id, reason: ""),
      .noteCheck(id, SwapID(composed: "s"), status: ""),
    ]
    for command in commands { #expect(world.ask(.hostpay(command)).refusal == .splitUnknown) }
  }
}
