import Sagas
import Testing

@testable import Kernel

@Suite struct SagaTests {
  @Test("does: one split from request to delivery, each step asked for once")
  func straight() {
    let purpose = SplitPurpose.batch(SplitWorld.batch)
    let opened = LedgerEvent.batch(
      .opened(
        BatchEvent.Opened(
          asset: Asset(text: "XMR-XMR")!, batch: SplitWorld.batch, channel: SplitWorld.channel,
          members: [], threshold: .zero(.usd), total: .zero(.usdt), wallet: SplitWorld.wallet)))
    let handedOff = LedgerEvent.batch(
      .handedOff(
        BatchEvent.HandedOff(
          batch: SplitWorld.batch, channel: SplitWorld.channel, split: SplitWorld.split)))
    let commands = SplitWorld.play([
      opened, SplitWorld.requested(purpose), handedOff, SplitWorld.estimated,
      SplitWorld.intended, SplitWorld.opened, SplitWorld.hostpay(), SplitWorld.checked("waiting"),
      SplitWorld.transferRequested, SplitWorld.confirmed, SplitWorld.funded(),
      SplitWorld.observed, SplitWorld.completed(purpose),
    ])
    let id = SplitWorld.split
    #expect(
      commands == [
        .split(.request(purpose, .fixedRate)), .batch(.handOff(SplitWorld.batch, id)),
        .split(.intendSwap(id)), .hostpay(.request(id)), .transfer(.request(id)),
        .hostpay(.noteFunded(id)),
        .batch(
          .complete(
            SplitWorld.batch, id, delivered: Money(1, Asset(text: "XMR-XMR")!),
            transaction: "0xt")),
      ])
  }

  @Test("does: abandons a swap that can't be funded, and pays the next one")
  func abandons() {
    let purpose = SplitPurpose.batch(SplitWorld.batch)
    let commands = SplitWorld.play([
      SplitWorld.requested(purpose), SplitWorld.estimated, SplitWorld.intended, SplitWorld.opened,
      SplitWorld.hostpay(), SplitWorld.checked("expired"), SplitWorld.abandoned,
      SplitWorld.estimated, SplitWorld.intended, SplitWorld.opened, SplitWorld.hostpay(),
      SplitWorld.checked("waiting"),
    ])
    #expect(
      commands.contains(
        .split(.abandonSwap(SplitWorld.split, attempt: 1, reason: "swap is expired"))))
    #expect(commands.count(where: SplitWorld.isTransfer) == 1)
  }

  @Test("does: a swap left before its transfer got a nonce makes way for the next one")
  func leavesLate() {
    let purpose = SplitPurpose.batch(SplitWorld.batch)
    let commands = SplitWorld.play([
      SplitWorld.requested(purpose), SplitWorld.estimated, SplitWorld.intended, SplitWorld.opened,
      SplitWorld.hostpay(), SplitWorld.checked("waiting"), SplitWorld.transferRequested,
      SplitWorld.abandoned, SplitWorld.estimated, SplitWorld.intended, SplitWorld.opened,
      SplitWorld.hostpay(), SplitWorld.checked("waiting"), SplitWorld.transferRequested,
      SplitWorld.confirmed, SplitWorld.funded(), SplitWorld.completed(purpose),
    ])
    #expect(commands.count(where: SplitWorld.isTransfer) == 2)
    #expect(commands.contains(.hostpay(.noteFunded(SplitWorld.split))))
    #expect(
      !commands.contains { command in
        if case .split(.hold) = command { return true }
        if case .hostpay(.hold) = command { return true }
        return false
      })
  }

  @Test("refuses: no order of up to five facts asks for a second transfer")
  func neverPaysTwice() {
    var sequences = 0
    func walk(_ processes: Processes, _ transfers: Int, _ depth: Int) {
      sequences += 1
      guard depth > 0 else { return }
      for event in SplitWorld.all {
        var next = processes
        let asked = transfers + next.take(event).count(where: SplitWorld.isTransfer)
        #expect(asked <= 1)
        walk(next, asked, depth - 1)
      }
    }
    // From the middle of the line, where money is near: four more facts in every order.
    var processes = Processes(terms: SplitWorld.terms)
    for event in [
      SplitWorld.requested(.batch(SplitWorld.batch)), SplitWorld.estimated, SplitWorld.intended,
      SplitWorld.opened,
    ] {
      _ = processes.take(event)
    }
    walk(processes, 0, 4)
    walk(Processes(terms: SplitWorld.terms), 0, 4)
    #expect(sequences > 100_000)
  }

  @Test("refuses: a surprise stops the split for a person, and nothing is paid after it")
  func surprise() {
    let commands = SplitWorld.play([
      SplitWorld.requested(.batch(SplitWorld.batch)), SplitWorld.opened, SplitWorld.held,
      SplitWorld.hostpay(), SplitWorld.checked("waiting"),
    ])
    #expect(
      commands.contains(
        .split(.hold(SplitWorld.split, reason: "split.swap_opened.v1 while estimating"))))
  }

  @Test("does: a batch whose split failed before money left fails too")
  func fails() {
    let purpose = SplitPurpose.batch(SplitWorld.batch)
    let opened = LedgerEvent.batch(
      .opened(
        BatchEvent.Opened(
          asset: Asset(text: "XMR-XMR")!, batch: SplitWorld.batch, channel: SplitWorld.channel,
          members: [], threshold: .zero(.usd), total: .zero(.usdt), wallet: SplitWorld.wallet)))
    let commands = SplitWorld.play([
      opened, SplitWorld.requested(purpose), SplitWorld.failed(purpose),
    ])
    #expect(commands.contains(.batch(.fail(SplitWorld.batch, reason: "no pair"))))
  }

  @Test("ignores: USDT that arrived as USDT starts no conversion")
  func tether() {
    func locked(_ net: Money) -> LedgerEvent {
      .accumulation(
        .locked(
          AccumulationEvent.Locked(
            asset: Asset(text: "XMR-XMR")!, channel: SplitWorld.channel,
            locked: Money(24_250_000, .usdt), net: net, payment: PaymentID(text: "1")!,
            received: Money(25, .usd), rate: .oneToOne(net.asset, .usdt),
            threshold: Money(100, .usd), user: Personal("7"), wallet: SplitWorld.wallet)))
    }
    #expect(SplitWorld.play([locked(Money(24_250_000, .usdt))]).isEmpty)
    #expect(SplitWorld.play([locked(Money(24_250_000, Asset(text: "USDT-TRX")!))]).isEmpty)
    #expect(
      SplitWorld.play([locked(Money(1, .eth))])
        == [.conversion(.request(SplitWorld.channel, PaymentID(text: "1")!))])
  }
}

@Suite struct OpenEffectsTests {
  @Test("does: an intent opens its call and the outcome closes it, whatever came between")
  func opensAndCloses() {
    var effects = OpenEffects()
    var open: Set<Subject> = []
    func take(_ event: LedgerEvent) {
      let change = effects.take(event)
      open.subtract(change.closed)
      open.formUnion(change.opened.map(\.key))
    }
    let id = SplitWorld.split
    take(SplitWorld.requested(.batch(SplitWorld.batch)))
    #expect(open == ["estimate/\(id)"])
    take(SplitWorld.estimated)
    take(SplitWorld.intended)
    #expect(open == ["swap/\(id)"])
    take(SplitWorld.opened)
    take(SplitWorld.hostpay())
    #expect(open == ["check/\(id)"])
    take(SplitWorld.abandoned)
    #expect(open == ["estimate/\(id)"])
    take(SplitWorld.estimated)
    take(SplitWorld.intended)
    take(SplitWorld.opened)
    take(SplitWorld.hostpay())
    take(SplitWorld.checked("waiting"))
    #expect(open.isEmpty)
    take(SplitWorld.transferRequested)
    #expect(open == ["prepare/\(id.transfer)"])
    take(SplitWorld.abandoned)
    #expect(open == ["estimate/\(id)"])
    take(SplitWorld.estimated)
    take(SplitWorld.intended)
    take(SplitWorld.opened)
    take(SplitWorld.hostpay())
    take(SplitWorld.checked("waiting"))
    take(SplitWorld.transferRequested)
    take(SplitWorld.parked)
    #expect(open.isEmpty)
    take(SplitWorld.funded())
    #expect(open == ["watch/\(id)"])
    take(SplitWorld.completed(.batch(SplitWorld.batch)))
    #expect(open.isEmpty)
  }
}
