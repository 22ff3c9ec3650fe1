import Sagas
import Testing

@testable import Kernel

@Suite struct AlarmTests {
  private func alarm(_ outcome: String, for price: String) throws -> Alarm? {
    var e = PaymentEvent.Finished()
    e.outcome = try #require(Money(outcome, .usdt))
    e.price = try #require(Money(price, .usd))
    e.rate = .oneToOne(.usdt, .usdt)
    return Alarm(.payment(.finished(e)))
  }

  @Test("does: more than a twentieth above the price is told; ignores: less, and donations (MO-09)")
  func overpaid() throws {
    #expect(try alarm("52.5", for: "50") == nil && alarm("900", for: "0") == nil)
    #expect(try alarm("52.500001", for: "50")?.kind == "payment_overpaid")
    var e = PaymentEvent.Finished()
    e.outcome = try #require(Money("0.03", .eth))
    e.price = try #require(Money("50", .usd))
    e.rate = try #require(Rate("2000", from: .eth, to: .usdt))
    #expect(
      Alarm(.payment(.finished(e)))?.reason == "60.00 USDT-ETH came for 50.00 USD")
  }

  @Test("does: a swap that brought a twentieth more or less is told; ignores: less off (MO-18)")
  func slipped() throws {
    func alarm(_ received: String) throws -> Alarm? {
      var e = ConversionEvent.Completed()
      e.expected = try #require(Money("100", .usdt))
      e.received = try #require(Money(received, .usdt))
      return Alarm(.conversion(.completed(e)))
    }
    for fair in ["95", "100", "105"] { #expect(try alarm(fair) == nil) }
    for off in ["94.999999", "105.000001", "0"] {
      #expect(try alarm(off)?.kind == "conversion_slipped")
    }
  }

  @Test("does: another wallet, and a nonce that something else took, are told")
  func wallets() {
    var lost = RotationEvent.NonceLost()
    (lost.nonce, lost.hash, lost.reason) = (8, "0xbad", "0.5 ETH to a stranger")
    let alarm = Alarm(.wallet(.rotation(.nonceLost(lost))))
    #expect(alarm?.kind == "wallet_nonce_lost" && alarm?.subject == "nonce 8")
    #expect(
      Alarm(.wallet(.rotation(.retired(RotationEvent.Retired()))))?.kind == "wallet_retired")
  }

  @Test("does: what has no nonce is signed for by the wallet that took over; what has, by its own")
  func moved() {
    let claimed = WalletEvent.Claimed(chain: 1, nonce: 0, wallet: "0xnew")
    for isOpen in [false, true] {
      var open = OpenEffects()
      let line = [SplitWorld.opened, SplitWorld.hostpay(), SplitWorld.transferRequested]
      for event in line + (isOpen ? [SplitWorld.reserved] : []) { _ = open.take(event) }
      let change = open.take(.wallet(.claimed(claimed)))
      #expect(change.opened.isEmpty && change.closed.isEmpty)
      let owed = open.take(isOpen ? SplitWorld.signed(1) : SplitWorld.reserved).opened
      for effect in owed {
        switch effect {
        case .signTransfer(let e, _): #expect(!isOpen && e.wallet == "0xnew")
        case .settleTransfer(let e): #expect(isOpen && e.requested.wallet != "0xnew")
        case _: Issue.record("\(effect)")
        }
      }
      #expect(owed.count == 1)
      guard isOpen else { continue }
      var lost = RotationEvent.NonceLost()
      lost.transfer = SplitWorld.split.transfer
      let id = SplitWorld.split.transfer
      #expect(
        open.take(.wallet(.rotation(.nonceLost(lost)))).closed == ["sign/\(id)", "settle/\(id)"])
    }
  }
}
