import Support
import Testing

@testable import Kernel

@Suite struct MoneyTests {
  @Test("does: writes whole units at every scale, the largest and the smallest among them")
  func decimalText() {
    let cases: [(Int128, Int, String)] = [
      (0, 0, "0"), (0, 1, "0.0"), (0, 6, "0.00"), (7, 0, "7"), (-7, 1, "-0.7"), (50, 2, "0.50"),
      (1_000_000, 6, "1.00"), (1_000_001, 6, "1.000001"), (-1, 18, "-0.000000000000000001"),
      (.max, 18, "170141183460469231731.687303715884105727"),
      (.min, 18, "-170141183460469231731.687303715884105728"),
      (.min, 0, "-170141183460469231731687303715884105728"),
      (Int128(UInt64.max) + 1, 6, "18446744073709.551616"),
    ]
    for (units, scale, text) in cases {
      #expect(DecimalText.text(units, scale: scale) == text)
    }
  }

  @Test(
    "does: amounts go to text and back without loss",
    arguments: [
      ("48.50", "USDT-ETH"), ("0.00", "USDT-ETH"), ("-0.000001", "USDT-ETH"), ("0.10", "ETH-ETH"),
      ("0.00026959", "ETH-ETH"), ("1352956.11111111", "SHIB-ETH"), ("9999.99", "USD"),
      ("0.000000000000000001", "ETH-ETH"), ("-100.00", "USD"),
      ("170141183460469231731.687303715884105727", "ETH-ETH"),
    ])
  func roundTrips(_ amount: String, _ asset: String) throws {
    let asset = try #require(Asset(text: asset))
    let money = try #require(Money(amount, asset))
    #expect(money.amountText == amount)
    #expect(Money(money.amountText, asset) == money)
  }

  @Test("does: every text of a small amount is read back as that amount, for every asset")
  func exhaustsSmallAmounts() {
    for asset in Asset.payable + [.usd] {
      for units in Int128(-150)...150 {
        let money = Money(units, asset)
        #expect(Money(money.amountText, asset) == money)
      }
    }
  }

  @Test("does: other spellings of an amount are read, and written in the one way")
  func spellings() {
    #expect(Money("5", .usdt)?.amountText == "5.00")
    #expect(Money("05.1", .usdt)?.amountText == "5.10")
    #expect(Money("1.5000000000", .usdt)?.amountText == "1.50")
    #expect(Money("-0", .usdt)?.amountText == "0.00")
  }

  @Test(
    "refuses: what is no exact amount",
    arguments: [
      "", "-", ".", "1.", ".5", "+1", "1e3", "1E-7", "0x10", " 1", "1 ", "1,5", "1.2.3", "--1",
      "NaN", "Infinity", "١", "1_000", "0.0000001", "340282366920938463463374607431768211456",
    ])
  func refusesText(_ text: String) {
    #expect(Money(text, .usdt) == nil)
  }

  @Test("does: a provider's longer amount is cut toward zero; nothing else changes")
  func truncates() {
    #expect(Money(truncating: "5.48949167", .usdt)?.units == 5_489_491)
    #expect(Money(truncating: "-5.48949167", .usdt)?.units == -5_489_491)
    #expect(Money(truncating: "0.0000009", .usdt)?.units == 0)
    #expect(Money(truncating: "1e-7", .usdt) == nil)
  }

  @Test("does: a share and its rest are the whole, rounded toward zero")
  func takes() throws {
    for points in [0, 1, 3, 300, 1_500, 3_333, 9_999, 10_000] {
      let share = try #require(BasisPoints(points))
      for units in Int128(-70)...70 {
        let money = Money(units, .usdt)
        let (part, rest) = money.taking(share)
        #expect(part + rest == money)
        #expect(part.units == units * Int128(points) / 10_000)
      }
    }
    #expect(BasisPoints(-1) == nil)
    #expect(BasisPoints(10_001) == nil)
  }

  @Test("does: shares by weight add up to the whole, whatever the weights")
  func shares() {
    forEverySequence(of: [Int128(0), 1, 3, 7], upTo: 5) { weights in
      guard weights.contains(where: { $0 > 0 }) else { return }
      for units in [Int128(0), 1, 10, 48_500_000, -7] {
        let whole = Money(units, .usdt)
        let shares = whole.shared(by: weights)
        #expect(shares.count == weights.count)
        #expect(shares.reduce(.zero(.usdt), +) == whole)
      }
    }
  }

  @Test("does: scaling goes through products wider than 128 bits")
  func scales() {
    let wide = Int128.ten(30)
    #expect(wide.scaled(by: wide, over: wide) == wide)
    #expect((-wide).scaled(by: wide, over: wide) == -wide)
    #expect(Int128(7).scaled(by: 1, over: -2) == -3)
    #expect(Int128(-7).scaled(by: -1, over: -2) == -3)
    #expect(Int128.max.scaled(by: Int128.max, over: Int128.max) == Int128.max)
  }

  @Test("does: a rate values one asset in another, exactly and toward zero")
  func rates() throws {
    let rate = try #require(Rate("4006.10", from: .eth, to: .usdt))
    let money = try #require(Money("0.00026959", .eth))
    #expect(rate.applied(to: money).amountText == "1.080004")
    #expect(rate.text == "4006.10")
    let parity = Rate.oneToOne(.usdt, .usdt)
    #expect(parity.applied(to: Money(123_456_789, .usdt)).units == 123_456_789)
    let sold = try #require(Money("2.00", .eth))
    let bought = try #require(Money("8000.00", .usdt))
    #expect(Rate(selling: sold, for: bought)?.text == "4000.00")
    #expect(Rate(selling: .zero(.eth), for: bought) == nil)
    #expect(Rate(selling: sold, for: .zero(.usdt)) == nil)
  }

  @Test(
    "refuses: a rate that is zero, negative or no decimal",
    arguments: ["0", "0.00", "-1", "", "1e3", "x"])
  func refusesRates(_ text: String) {
    #expect(Rate(text, from: .eth, to: .usdt) == nil)
  }

  @Test("does: tether of another network is owed to the last unit of ours")
  func crossesDecimals() throws {
    let bsc = try #require(Asset(text: "USDT-BSC"))
    let money = try #require(Money("1.000000999999999999", bsc))
    #expect(Rate.oneToOne(bsc, .usdt).applied(to: money).amountText == "1.00")
  }

  @Test("does: the market value falls back to what arrives where nothing would be left to swap")
  func marketValue() {
    let value = MarketValue(from: "1", to: "0.5", depositFee: "1", withdrawalFee: "0.1")
    #expect(value?.text == "0.50")
    #expect(MarketValue(from: "x", to: "1", depositFee: "0", withdrawalFee: "0") == nil)
    #expect(MarketValue(from: "1", to: "1", depositFee: "", withdrawalFee: "0") == nil)
  }
}
