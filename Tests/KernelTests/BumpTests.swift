import Testing

@testable import Kernel

/// T7: more for gas, and nothing else is changed.
@Suite struct BumpTests {
  private let second = "0x02"

  @Test("does: a bump is an intent first, then the same nonce once more, an eighth dearer")
  func bumps() throws {
    var (world, _, split) = World.sending()
    let id = split.transfer
    #expect(world.bump(id).names == ["transfer.bump_requested.v1"])
    guard case .transfer(.bumpRequested(let e))? = world.log.last else { return }
    #expect(e.attempt == 2 && e.nonce == 7 && !e.cancels && e.gasLimit == 65_000)
    #expect((e.maxFeePerGas, e.maxPriorityFeePerGas) == World.bumped)
    #expect(world.bump(id).isIgnored)
    #expect(world.signBump(id, hash: second).names == ["transfer.signed.v1"])
    #expect(world.ask(.transfer(.noteSigned(id, World.signed(7)))).isIgnored)
    #expect(world.bump(id).names == ["transfer.bump_requested.v1"])
    guard case .transfer(.bumpRequested(let third))? = world.log.last else { return }
    #expect(third.attempt == 3 && third.maxFeePerGas == "63281250000")
    #expect(third.maxPriorityFeePerGas == "2531250000")
    #expect(world.state.hostWallet?.openNonces == 1)
  }

  @Test("does: whichever attempt is final decides, also the first while the next is being signed")
  func eitherWins() {
    for hash in [World.hash, second] {
      for isBumping in [false, true] {
        var (world, _, split) = World.sending()
        let id = split.transfer
        world.bump(id)
        world.signBump(id, hash: second)
        if isBumping { world.bump(id) }
        let confirm = LedgerCommand.transfer(
          .confirm(id, World.mined(hash), amount: Sample.usdt("101.85")))
        #expect(world.ask(confirm).names == ["transfer.confirmed.v1"])
        for other in [World.hash, second] {
          let again = LedgerCommand.transfer(
            .confirm(id, World.mined(other), amount: Sample.usdt("101.85")))
          #expect(world.ask(again).isIgnored)
        }
        #expect(world.signBump(id, hash: "0x03").isIgnored)
        #expect(world.bump(id).isIgnored)
        #expect(world.state.hostWallet?.openNonces == 0)
      }
    }
  }

  @Test(
    "refuses: bids that don't raise both fees by an eighth",
    arguments: [
      ("56249999999", "2250000000"), ("56250000000", "2249999999"), ("50000000000", "2000000000"),
      ("-1", "2250000000"), ("x", "2250000000"), ("56250000000", ""), ("56250000000.0", "1"),
      ("2250000001", "2250000002"), ("99999999999999999999999999999999999999", "2250000000"),
    ])
  func low(bid: (String, String)) {
    var (world, _, split) = World.sending()
    let bid = TransferBid(maxFeePerGas: bid.0, maxPriorityFeePerGas: bid.1)
    #expect(world.bump(split.transfer, bid).refusal == .feesTooLow)
    let tipped = TransferBid(maxFeePerGas: "56250000000", maxPriorityFeePerGas: "56250000001")
    #expect(world.bump(split.transfer, tipped).refusal == .feesTooLow)
  }

  @Test("refuses: gas for more than an ether, and bumps without a reason")
  func high() {
    var (world, _, split) = World.sending()
    func bid(_ fee: String, _ limit: Int? = nil) -> TransferBid {
      TransferBid(gasLimit: limit, maxFeePerGas: fee, maxPriorityFeePerGas: "2250000000")
    }
    #expect(world.bump(split.transfer, bid("15384615384616")).refusal == .feesTooHigh)
    #expect(world.bump(split.transfer, bid("15384615384615", 0)).refusal == .feesTooHigh)
    #expect(
      world.ask(.transfer(.bump(split.transfer, nil, reason: ""))).refusal == .textMissing)
    let long = String(repeating: "x", count: 501)
    #expect(
      world.ask(.transfer(.bump(split.transfer, nil, reason: long))).refusal == .textTooLong)
    #expect(world.bump(split.transfer, bid("15384615384615")).names.count == 1)
  }

  @Test("refuses: a signature that is not what was asked for")
  func otherSignature() {
    var (world, _, split) = World.sending()
    let id = split.transfer
    func sign(
      _ nonce: Int = 7, _ attempt: Int = 2, _ fee: String = World.bumped.0,
      _ tip: String = World.bumped.1, hash: String = "0x02"
    ) -> Decision {
      world.ask(
        .transfer(
          .noteSigned(
            id,
            SignedTransfer(
              nonce: nonce, attempt: attempt, raw: "0x02", hash: hash, maxFeePerGas: fee,
              maxPriorityFeePerGas: tip))))
    }
    #expect(sign().isIgnored)
    world.bump(id)
    #expect(sign(8).refusal == .transferElsewhere)
    #expect(sign(7, 1).refusal == .transferElsewhere)
    #expect(sign(7, 3).refusal == .transferElsewhere)
    #expect(sign(7, 2, "56250000001").refusal == .transferElsewhere)
    #expect(sign(7, 2, World.bumped.0, "2250000001").refusal == .transferElsewhere)
    #expect(sign(hash: World.hash).refusal == .transferElsewhere)
    #expect(
      world.ask(.transfer(.noteCancelSigned(id, World.signed(7, attempt: 2)))).isIgnored)
    #expect(sign().names == ["transfer.signed.v1"])
  }

  @Test("ignores: bumps of what isn't signed, or is closed; refuses strangers")
  func nothingToBump() {
    var (world, _, split) = World.swapping()
    let id = split.transfer
    #expect(world.bump(id).refusal == .transferUnknown)
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    #expect(world.bump(id).isIgnored)
    world.ask(.transfer(.reserveNonce(id, World.quote)))
    #expect(world.bump(id).isIgnored)
    world.ask(.transfer(.noteSigned(id, World.signed(7))))
    world.ask(.transfer(.noteReverted(id, World.mined())))
    #expect(world.bump(id).isIgnored)
  }

  @Test("does: the wallet keeps the dearest attempt's gas, and has it back with the closed nonce")
  func promised() {
    var (world, _, split) = World.sending()
    let id = split.transfer
    func promised(_ asset: Asset) -> Int128 { world.state.hostWallet?.promised[asset] ?? 0 }
    #expect(promised(.eth) == 65_000 * 50_000_000_000)
    world.bump(id)
    #expect(promised(.eth) == 65_000 * 56_250_000_000)
    world.signBump(id, hash: second)
    world.bump(
      id,
      TransferBid(
        gasLimit: 1_000, maxFeePerGas: "70000000000", maxPriorityFeePerGas: "3000000000"))
    #expect(promised(.eth) == 65_000 * 56_250_000_000)
    #expect(promised(.usdt) == 101_850_000)
    world.ask(.transfer(.confirm(id, World.mined(second), amount: Sample.usdt("101.85"))))
    #expect(promised(.eth) == 0 && promised(.usdt) == 0)
  }

  @Test("refuses: nothing more is signed by a wallet in quarantine")
  func quarantined() {
    var (world, _, split) = World.swapping()
    let id = split.transfer
    world.ask(.hostpay(.request(split)))
    world.ask(.transfer(.request(split)))
    world.ask(.transfer(.reserveNonce(id, World.quote)))
    var signed = world
    signed.ask(.transfer(.noteSigned(id, World.signed(7))))
    let quarantine = LedgerCommand.wallet(.quarantine(nonce: 7, reason: "x"))
    world.ask(quarantine)
    #expect(
      world.ask(.transfer(.noteSigned(id, World.signed(7)))).refusal == .walletQuarantined)
    #expect(world.cancel(id).refusal == .walletQuarantined)
    var bumped = signed
    bumped.bump(id)
    signed.ask(quarantine)
    #expect(signed.bump(id).refusal == .walletQuarantined)
    let signature = SignedTransfer(
      nonce: 7, attempt: 2, raw: "0x02", hash: "0x02", maxFeePerGas: World.bumped.0,
      maxPriorityFeePerGas: World.bumped.1)
    bumped.ask(quarantine)
    #expect(
      bumped.ask(.transfer(.noteSigned(id, signature))).refusal == .walletQuarantined)
    // What the chain says is booked all the same.
    let confirm = LedgerCommand.transfer(
      .confirm(id, World.mined(), amount: Sample.usdt("101.85")))
    #expect(bumped.ask(confirm).names == ["transfer.confirmed.v1"])
  }
}
