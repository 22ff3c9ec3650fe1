import Testing

@testable import Kernel

/// Bugs trap: what may never happen ends the process, in release as well.
@Suite struct TrapTests {
  @Test("refuses: sums and comparisons of two assets")
  func mixedAssets() async {
    await #expect(processExitsWith: .failure) { _ = Sample.usdt("1") + Sample.usd("1") }
    await #expect(processExitsWith: .failure) { _ = Sample.usdt("1") - Sample.eth("1") }
    await #expect(processExitsWith: .failure) { _ = Sample.usdt("1") >= Sample.usd("1") }
  }

  @Test("refuses: overflow, in sums, products and powers")
  func overflow() async {
    await #expect(processExitsWith: .failure) { _ = Money(.max, .usdt) + Money(1, .usdt) }
    await #expect(processExitsWith: .failure) { _ = -Money(.min, .usdt) }
    await #expect(processExitsWith: .failure) { _ = Int128.max.scaled(by: 2, over: 1) }
    await #expect(processExitsWith: .failure) { _ = Int128(1).scaled(by: 1, over: 0) }
    await #expect(processExitsWith: .failure) { _ = Int128.ten(39) }
  }

  @Test("refuses: a rate on the wrong side, shares without weight, ids and instants of no form")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      _ = Rate.oneToOne(.eth, .usdt).applied(to: Sample.usdt("1"))
    }
    await #expect(processExitsWith: .failure) { _ = Sample.usdt("1").shared(by: [0, 0]) }
    await #expect(processExitsWith: .failure) { _ = Sample.usdt("1").shared(by: [2, -1]) }
    await #expect(processExitsWith: .failure) { _ = BatchID(composed: "a b") }
    await #expect(processExitsWith: .failure) { _ = SplitID(number: -1) }
    await #expect(processExitsWith: .failure) { _ = Instant(microseconds: -1).text }
  }

  @Test("refuses: I2, a fact that doesn't balance, and I4, one that leaks")
  func unbalanced() async {
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      var bad = Facts.finished()
      bad.net = Sample.usdt("24.26")
      world.take(.payment(.finished(bad)))
    }
  }

  @Test("refuses: I2, what came back or out of a swap in another asset, when it is booked")
  func otherAsset() async {
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      world.take(.conversion(.completed(Facts.converted())))
    }
    let converted = postings(of: .conversion(.completed(Facts.converted())))
    #expect(converted.map(\.account) == [.custody, .exchange])
    var refunded = SplitEvent.Refunded()
    refunded.source = Sample.usdt("25.00")
    refunded.refunded = Sample.eth("0.01")
    #expect(postings(of: .split(.refunded(refunded))).count == 2)
  }

  @Test("refuses: I3, more reserved than is owed, released than reserved, or sent than owed")
  func negative() async {
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      world.pay(1)
      world.take(.accumulation(.reserved(Facts.reserved([1], "24.26"))))
    }
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      world.pay(1)
      var released = AccumulationEvent.Released()
      released.channel = Sample.channel
      released.total = Sample.usdt("0.01")
      world.take(.accumulation(.released(released)))
    }
    await #expect(processExitsWith: .failure) {
      let (start, _, split) = World.sending()
      var world = start
      var completed = SplitEvent.Completed()
      completed.channel = Sample.channel
      completed.source = Sample.usdt("101.86")
      completed.split = split
      world.take(.split(.completed(completed)))
    }
  }

  @Test("refuses: I4, a payment credited twice, or put into suspense twice")
  func twice() async {
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      world.pay(1)
      world.take(.payment(.finished(Facts.finished())))
    }
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      var held = PaymentEvent.Held()
      held.payment = Sample.payment(1)
      held.received = Sample.usdt("1.00")
      world.take(.payment(.held(held)))
      world.take(.payment(.held(held)))
    }
  }

  @Test("refuses: I5, a member in two batches, and I6, a batch that isn't the sum of its members")
  func batches() async {
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      world.pay(1)
      world.pay(2)
      world.take(.accumulation(.reserved(Facts.reserved([1], "24.25"))))
      world.take(.accumulation(.reserved(Facts.reserved([1], "24.25"))))
    }
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      var opened = BatchEvent.Opened()
      opened.channel = Sample.channel
      opened.members = [BatchMember(payment: Sample.payment(1), amount: Sample.usdt("1.00"))]
      opened.total = Sample.usdt("1.01")
      world.take(.batch(.opened(opened)))
    }
  }

  @Test("refuses: I8, nonces out of order, and a transfer closed twice")
  func nonces() async {
    await #expect(processExitsWith: .failure) {
      var world = World.registered()
      world.claim()
      var assigned = WalletEvent.NonceAssigned()
      assigned.nonce = 8
      world.take(.wallet(.nonceAssigned(assigned)))
    }
    await #expect(processExitsWith: .failure) {
      let (start, batch, split) = World.sending()
      var world = start
      world.settle(batch, split)
      var confirmed = TransferEvent.Confirmed()
      confirmed.channel = Sample.channel
      confirmed.transfer = split.transfer
      confirmed.amount = .zero(.usdt)
      world.take(.transfer(.confirmed(confirmed)))
    }
  }

  @Test("ignores: the good twin of each bad fact")
  func good() {
    var world = World.registered()
    world.take(.payment(.finished(Facts.finished())))
    var other = World.registered()
    other.pay(1)
    other.take(.accumulation(.reserved(Facts.reserved([1], "24.25"))))
    #expect(other.payable().units == 0)
  }
}

/// Facts made up by hand, which outside the tests nothing can.
private enum Facts {
  static func finished() -> PaymentEvent.Finished {
    var fact = PaymentEvent.Finished()
    fact.channel = Sample.channel
    fact.payment = Sample.payment(1)
    fact.outcome = Sample.usdt("25.00")
    fact.fee = Sample.usdt("0.75")
    fact.net = Sample.usdt("24.25")
    return fact
  }

  static func converted() -> ConversionEvent.Completed {
    var fact = ConversionEvent.Completed()
    fact.channel = Sample.channel
    fact.expected = Sample.eth("0.01")
    fact.received = Sample.usdt("25.00")
    return fact
  }

  static func reserved(_ payments: [Int], _ total: String) -> AccumulationEvent.Reserved {
    var fact = AccumulationEvent.Reserved()
    fact.batch = BatchID(composed: "b")
    fact.channel = Sample.channel
    fact.payments = payments.map(Sample.payment)
    fact.total = Sample.usdt(total)
    return fact
  }
}
