import Sagas
import Testing

@testable import Kernel

/// What sagas and open calls make of a person's decisions.
@Suite struct OperatedSagaTests {
  @Test(
    "does: after a retry every step is asked for once more, from wherever the split stood",
    arguments: 0...9)
  func retries(stop: Int) {
    let purpose = SplitPurpose.batch(SplitWorld.batch)
    let line = [
      SplitWorld.requested(purpose), SplitWorld.estimated, SplitWorld.intended, SplitWorld.opened,
      SplitWorld.hostpay(), SplitWorld.checked("waiting"), SplitWorld.transferRequested,
      SplitWorld.parked, SplitWorld.held,
    ]
    let again = [
      SplitWorld.retried(.estimate), SplitWorld.estimated, SplitWorld.intended,
      SplitWorld.opened, SplitWorld.hostpay(), SplitWorld.checked("waiting"),
      SplitWorld.transferRequested, SplitWorld.confirmed, SplitWorld.funded(),
      SplitWorld.completed(purpose),
    ]
    var processes = Processes(terms: SplitWorld.terms)
    for event in line.prefix(stop) { _ = processes.take(event) }
    let commands = again.flatMap { processes.take($0) }
    let id = SplitWorld.split
    #expect(
      commands == [
        .split(.intendSwap(id)), .hostpay(.request(id)), .transfer(.request(id)),
        .hostpay(.noteFunded(id)),
      ])
  }

  @Test("does: a direct split that is retried asks for its transfer again, and for nothing else")
  func retriesDirect() {
    let purpose = SplitPurpose.batch(SplitWorld.batch)
    let id = SplitWorld.split
    let commands = SplitWorld.play([
      SplitWorld.requested(purpose, .direct), SplitWorld.hostpay(nil),
      SplitWorld.transferRequested, SplitWorld.parked, SplitWorld.retried(.fund),
      SplitWorld.hostpay(nil), SplitWorld.transferRequested, SplitWorld.confirmed,
      SplitWorld.funded(nil),
    ])
    #expect(commands.count(where: SplitWorld.isTransfer) == 2)
    #expect(commands.suffix(2) == [.hostpay(.noteFunded(id)), .split(.completeDirect(id))])
  }

  @Test("does: a released split is watched on, and asked of the ledger nothing")
  func releases() {
    let line = [
      SplitWorld.requested(.batch(SplitWorld.batch)), SplitWorld.estimated, SplitWorld.intended,
      SplitWorld.opened, SplitWorld.hostpay(), SplitWorld.checked("waiting"),
      SplitWorld.transferRequested, SplitWorld.confirmed, SplitWorld.funded(), SplitWorld.held,
    ]
    var processes = Processes(terms: SplitWorld.terms)
    for event in line { _ = processes.take(event) }
    #expect(processes.take(SplitWorld.asked).isEmpty)
    #expect(processes.take(SplitWorld.released(.watch)).isEmpty)
    #expect(processes.take(SplitWorld.observed).isEmpty)
    for event in SplitWorld.all {
      #expect(!processes.take(event).contains(where: SplitWorld.isTransfer))
    }
  }

  @Test("does: what the provider said before a release is asked again, as a question of its own")
  func watchesAnew() {
    var owed = OpenEffects()
    for event in [
      SplitWorld.requested(.batch(SplitWorld.batch)), SplitWorld.estimated, SplitWorld.intended,
      SplitWorld.opened, SplitWorld.hostpay(), SplitWorld.checked("waiting"),
      SplitWorld.transferRequested, SplitWorld.confirmed, SplitWorld.funded(), SplitWorld.held,
    ] { _ = owed.take(event) }
    // An answer that was decided already is one report with the same answer later (SW-13, MO-18).
    let change = owed.take(SplitWorld.released(.watch))
    #expect(change.opened.map(\.key) == ["watch/\(SplitWorld.split)"])
    #expect(change.closed == change.opened.map(\.key))
  }

  @Test("does: a refund ends the split, and its batch or conversion fails; a payment waits")
  func refunds() {
    let funded = [
      SplitWorld.estimated, SplitWorld.intended, SplitWorld.opened, SplitWorld.hostpay(),
      SplitWorld.checked("waiting"), SplitWorld.transferRequested, SplitWorld.confirmed,
      SplitWorld.funded(), SplitWorld.regressed,
    ]
    let opened = LedgerEvent.batch(
      .opened(
        BatchEvent.Opened(
          asset: Asset(text: "XMR-XMR")!, batch: SplitWorld.batch, channel: SplitWorld.channel,
          members: [], threshold: .zero(.usd), total: .zero(.usdt), wallet: SplitWorld.wallet)))
    let handedOff = LedgerEvent.batch(
      .handedOff(
        BatchEvent.HandedOff(
          batch: SplitWorld.batch, channel: SplitWorld.channel, split: SplitWorld.split)))
    let reason = "the swap provider sent it back"
    let batch = SplitPurpose.batch(SplitWorld.batch)
    let ofBatch =
      [opened, SplitWorld.requested(batch), handedOff] + funded + [SplitWorld.refunded(batch)]
    #expect(SplitWorld.play(ofBatch).last == .batch(.fail(SplitWorld.batch, reason: reason)))
    let conversion = ConversionID(text: "cv-1")!
    let requested = LedgerEvent.conversion(
      .requested(
        ConversionEvent.Requested(
          amount: SplitWorld.amount, channel: SplitWorld.channel, conversion: conversion,
          dust: nil, expected: SplitWorld.amount, payments: [PaymentID(text: "1")!])))
    let purpose = SplitPurpose.conversion(conversion)
    let ofConversion =
      [requested, SplitWorld.requested(purpose)] + funded + [SplitWorld.refunded(purpose)]
    #expect(SplitWorld.play(ofConversion).last == .conversion(.fail(conversion, reason: reason)))
    let payment = SplitPurpose.payment(PaymentID(text: "1")!)
    var processes = Processes(terms: SplitWorld.terms)
    for event in [SplitWorld.requested(payment)] + funded { _ = processes.take(event) }
    #expect(processes.take(SplitWorld.refunded(payment)).isEmpty)
    // Whatever comes after it, nothing of it is paid again.
    for event in SplitWorld.all {
      #expect(!processes.take(event).contains(where: SplitWorld.isTransfer))
    }
  }

  @Test("does: a conversion and a batch that are tried again have sagas of their own")
  func others() {
    let (first, second) = (ConversionID(text: "cv-1")!, ConversionID(text: "cv-1-2")!)
    func requested(_ id: ConversionID) -> LedgerEvent {
      .conversion(
        .requested(
          ConversionEvent.Requested(
            amount: Money(1, .eth), channel: SplitWorld.channel, conversion: id, dust: nil,
            expected: Money(1, .usdt), payments: [PaymentID(text: "1")!])))
    }
    let failed = LedgerEvent.conversion(
      .failed(
        ConversionEvent.Failed(channel: SplitWorld.channel, conversion: first, reason: "x")))
    let retried = LedgerEvent.conversion(
      .retried(
        ConversionEvent.Retried(
          channel: SplitWorld.channel, conversion: first, next: second, reason: "why")))
    #expect(
      SplitWorld.play([requested(first), failed, retried, requested(second)])
        == [first, second].map { .split(.request(.conversion($0), .fixedRate)) })
    let next = BatchID(text: "ch-100-b2")!
    let again = LedgerEvent.batch(
      .retried(
        BatchEvent.Retried(
          batch: SplitWorld.batch, channel: SplitWorld.channel, next: next, reason: "why")))
    #expect(SplitWorld.play([again]).isEmpty)
  }

  @Test("does: a hold before the nonce closes every call, and what begins anew owes an estimate")
  func beginsAnew() {
    let id = SplitWorld.split
    for stop in [
      SplitWorld.held,
      LedgerEvent.hostpay(
        .held(HostpayEvent.Held(channel: SplitWorld.channel, reason: "x", split: id))),
    ] {
      var effects = OpenEffects()
      var open: Set<Subject> = []
      func take(_ event: LedgerEvent) {
        let change = effects.take(event)
        open.subtract(change.closed)
        open.formUnion(change.opened.map(\.key))
      }
      for event in [
        SplitWorld.requested(.batch(SplitWorld.batch)), SplitWorld.estimated,
        SplitWorld.intended, SplitWorld.opened, SplitWorld.hostpay(),
        SplitWorld.checked("waiting"), SplitWorld.transferRequested, stop,
      ] {
        take(event)
      }
      #expect(open.isEmpty)
      take(SplitWorld.retried(.estimate))
      #expect(open == ["estimate/\(id)"])
      take(SplitWorld.held)
      take(SplitWorld.released(.watch))
      #expect(open.isEmpty)
    }
  }

  @Test("does: asking hastens whatever call the split may owe, and opens none")
  func hastens() {
    var effects = OpenEffects()
    _ = effects.take(SplitWorld.requested(.batch(SplitWorld.batch)))
    let change = effects.take(SplitWorld.asked)
    #expect(change.opened.isEmpty && change.closed.isEmpty)
    let id = SplitWorld.split
    let keys: [Subject] = ["estimate/\(id)", "check/\(id)", "watch/\(id)", "settle/\(id).fund"]
    #expect(Set(keys).isSubset(of: change.hastened))
  }
}
