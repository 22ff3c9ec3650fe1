import Testing

@testable import Kernel

@Suite struct ChannelDeciderTests {
  @Test("refuses: everything before the ledger is opened, and opening it twice")
  func genesis() {
    var world = World()
    #expect(world.names == ["ledger.opened.v1"])
    #expect(
      world.ask(.ledger(.open(environment: .live, log: "1"))).refusal == .ledgerAlreadyOpened)
    let unopened = LedgerState()
    let commands: [LedgerCommand] = [
      .channel(.register(Sample.form())), .payment(.noteNoRate(Sample.payment(1))),
      .wallet(.claim(address: Sample.host, chain: 1, nonce: 0)),
    ]
    for command in commands {
      #expect(unopened.decide(command, at: world.now).refusal == .ledgerNotOpened)
    }
  }

  @Test("does: registers a pair, findable by its open channel")
  func registers() {
    var world = World()
    let decision = world.ask(.channel(.register(Sample.form())))
    #expect(decision.names == ["channel.registered.v1"])
    #expect(world.state.channel(open: Sample.open)?.key == Sample.channel)
    #expect(world.state.channel(Sample.channel)?.tiers.count == 3)
  }

  @Test("refuses: forms over the limits, each by its name")
  func limits() {
    let long = String(repeating: "x", count: 501)
    func face(_ title: String, _ description: String) -> ChannelFace<OpenChannelKind> {
      ChannelFace(id: Sample.open, title: title, description: description)
    }
    func form(_ open: ChannelFace<OpenChannelKind>) -> ChannelRegistration {
      let form = Sample.form()
      return ChannelRegistration(
        open: open, closed: form.closed, tiers: form.tiers, payout: form.payout,
        donationMessage: nil, notify: nil)
    }
    let instant = Sample.payout(.instant)
    func payout(
      _ asset: Asset, _ wallet: String, _ threshold: Money
    ) -> PayoutSettings {
      PayoutSettings(asset: asset, wallet: wallet, strategy: .threshold, threshold: threshold)
    }
    let hundred = Sample.usd("100")
    let cases: [(ChannelRegistration, Refusal)] = [
      (form(face("", "x")), .textMissing), (form(face("x", "")), .textMissing),
      (form(face(String(long.prefix(101)), "x")), .textTooLong),
      (form(face("x", long)), .textTooLong),
      (Sample.form(prices: []), .noTiers),
      (Sample.form(prices: ["1", "2", "3", "4"]), .tooManyTiers),
      (Sample.form(prices: ["0"]), .priceOutOfRange),
      (Sample.form(prices: ["-1"]), .priceOutOfRange),
      (Sample.form(prices: ["10000"]), .priceOutOfRange),
      (Sample.form(payout: Sample.payout(.threshold, threshold: "49.99")), .thresholdTooLow),
      (Sample.form(payout: payout(.none, Sample.wallet, hundred)), .payoutPairUnknown),
      (Sample.form(payout: payout(.usd, Sample.wallet, hundred)), .payoutPairUnknown),
      (Sample.form(payout: payout(Sample.monero, "short", hundred)), .walletMalformed),
      (Sample.form(payout: payout(Sample.monero, "0x52 08400098", hundred)), .walletMalformed),
      (Sample.form(payout: payout(Sample.monero, "0xü2908400098", hundred)), .walletMalformed),
      (
        Sample.form(payout: payout(Sample.monero, String(repeating: "4", count: 201), hundred)),
        .walletMalformed
      ),
      (
        Sample.form(payout: payout(Sample.monero, Sample.wallet, Sample.usdt("100"))),
        .thresholdTooLow
      ),
      (
        Sample.form(
          payout: PayoutSettings(
            asset: instant.asset, wallet: instant.wallet, strategy: .instant, threshold: hundred)),
        .thresholdTooLow
      ),
      (
        Sample.form(closed: ClosedChannelID(text: Sample.open.text)!), .sameChannelTwice
      ),
    ]
    for (form, refusal) in cases {
      var world = World()
      #expect(world.ask(.channel(.register(form))).refusal == refusal)
    }
  }

  @Test("refuses: a channel that is taken, on either side")
  func taken() {
    var world = World.registered()
    let others = (OpenChannelID(text: "-1005555555555")!, ClosedChannelID(text: "-1006666666666")!)
    func register(_ open: OpenChannelID, _ closed: ClosedChannelID) -> Refusal? {
      world.ask(.channel(.register(Sample.form(open: open, closed: closed)))).refusal
    }
    #expect(register(Sample.open, others.1) == .openChannelTaken)
    #expect(register(others.0, Sample.closed) == .closedChannelTaken)
    #expect(register(OpenChannelID(text: Sample.closed.text)!, others.1) == .openChannelTaken)
    #expect(register(others.0, ClosedChannelID(text: Sample.open.text)!) == .closedChannelTaken)
    #expect(register(others.0, others.1) == nil)
  }

  @Test("does: payout settings change; ignores the same, refuses bad ones and strangers")
  func changes() {
    var world = World.registered()
    let key = Sample.channel
    let instant = Sample.payout(.instant)
    #expect(
      world.ask(.channel(.changePayoutSettings(key, instant))).names
        == ["channel.payout_settings_changed.v1"])
    #expect(world.ask(.channel(.changePayoutSettings(key, instant))).isIgnored)
    let low = Sample.payout(.threshold, threshold: "1")
    #expect(world.ask(.channel(.changePayoutSettings(key, low))).refusal == .thresholdTooLow)
    let other = ChannelKey(registering: OpenChannelID(text: "12345")!)
    #expect(world.ask(.channel(.changePayoutSettings(other, instant))).refusal == .channelUnknown)
  }
}

@Suite struct OrderDeciderTests {
  @Test("does: an order snapshots its tier's terms")
  func places() {
    var world = World.registered()
    let order = world.order("o1", tier: 2)
    let placed = world.state.order(order)
    #expect(placed?.price == Sample.usd("50.00"))
    #expect(placed?.tier == 2)
    #expect(placed?.fee == .standardFee)
  }

  @Test("refuses: unknown channels and tiers, prices out of range, an id twice")
  func refuses() {
    var world = World.registered()
    func subscribe(_ channel: ChannelKey, _ tier: Int) -> Refusal? {
      world.ask(
        .order(
          .placeSubscription(
            Sample.order("o"), channel: channel, tier: tier, user: Sample.user, fee: .zero))
      ).refusal
    }
    func donate(_ price: Money) -> Refusal? {
      world.ask(
        .order(
          .placeDonation(
            Sample.order("d"), channel: Sample.channel, price: price, user: Sample.user,
            fee: .zero))
      ).refusal
    }
    let stranger = ChannelKey(registering: OpenChannelID(text: "12345")!)
    #expect(subscribe(stranger, 1) == .channelUnknown)
    for tier in [0, 4, -1, Int.max] { #expect(subscribe(Sample.channel, tier) == .tierUnknown) }
    #expect(subscribe(Sample.channel, 1) == nil)
    #expect(subscribe(Sample.channel, 1) == .orderExists)
    for price in [Sample.usd("0"), Sample.usd("-1"), Sample.usd("10000"), Sample.usdt("5")] {
      #expect(donate(price) == .priceOutOfRange)
    }
    #expect(donate(Sample.usd("5")) == nil)
    #expect(donate(Sample.usd("5")) == .orderExists)
  }

  @Test("does: an invoice is noted once; a failure after it is ignored")
  func invoices() {
    var world = World.registered()
    let order = world.order("o1")
    let invoice = LedgerCommand.order(
      .noteInvoice(order, invoice: InvoiceID(text: "4522625843")!, url: "https://x"))
    let failure = LedgerCommand.order(.noteInvoiceFailure(order, reason: "no"))
    #expect(world.ask(failure).names == ["order.invoice_failed.v1"])
    #expect(world.ask(invoice).names == ["order.invoiced.v1"])
    #expect(world.ask(invoice).isIgnored)
    #expect(world.ask(failure).isIgnored)
    let stranger = Sample.order("nobody")
    #expect(
      world.ask(.order(.noteInvoiceFailure(stranger, reason: ""))).refusal == .orderUnknown)
    #expect(
      world.ask(
        .order(.noteInvoice(stranger, invoice: InvoiceID(text: "1")!, url: ""))
      ).refusal == .orderUnknown)
  }
}
