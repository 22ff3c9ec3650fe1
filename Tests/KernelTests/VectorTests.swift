import Testing

@testable import Kernel

/// V-1 to V-20 of the specification's appendix B.
@Suite struct VectorTests {
  private static let three = BasisPoints.standardFee
  private static let fifteen = BasisPoints(1_500)!

  @Test(
    "does: V-1 to V-5, the fee of what arrived and what is left",
    arguments: [
      ("V-1", "USDT-ETH", "50", 300, "1.50", "48.50"),
      ("V-2", "USDT-ETH", "1.35", 1_500, "0.2025", "1.1475"),
      ("V-3", "USDT-ETH", "4.95", 1_500, "0.7425", "4.2075"),
      ("V-4", "ETH-ETH", "0.00149302", 1_500, "0.000223953", "0.001269067"),
      ("V-5", "ETH-ETH", "0.0005668", 1_500, "0.00008502", "0.00048178"),
    ])
  func fees(
    _ vector: (name: String, asset: String, amount: String, points: Int, fee: String, net: String)
  ) throws {
    let asset = try #require(Asset(text: vector.asset))
    let money = try #require(Money(vector.amount, asset))
    let (fee, net) = money.taking(try #require(BasisPoints(vector.points)))
    #expect(fee.amountText == vector.fee)
    #expect(net.amountText == vector.net)
  }

  @Test("does: V-6, the pure market value and its rate")
  func marketValue() throws {
    let value = MarketValue(
      from: "14.55", to: "0.0036158", depositFee: "0.6247193", withdrawalFee: "0.000037")
    #expect(value?.text.hasPrefix("0.0038166727942511") == true)
    let swapped = try #require(DecimalText.units("13.9252807", scale: 18))
    let before = try #require(DecimalText.units("0.0036528", scale: 18))
    let rate = before.scaled(by: Int128.ten(18), over: swapped)
    #expect(DecimalText.text(rate, scale: 18).hasPrefix("0.0002623142813918"))
  }

  @Test("does: V-7, shares of what a pooled conversion brought")
  func shares() {
    let shares = Sample.usdt("48.50").shared(by: [10, 15, 25])
    #expect(shares.map(\.amountText) == ["9.70", "14.55", "24.25"])
  }

  @Test("does: V-8, three net payments cross a threshold of 100 at the third")
  func crossesAtThird() {
    var world = World.registered()
    for tier in 1...3 {
      #expect(world.openDue().isEmpty)
      world.pay(tier, tier: tier)
    }
    let locked = world.log.compactMap { event -> String? in
      guard case .accumulation(.locked(let e)) = event else { return nil }
      return e.locked.amountText
    }
    #expect(locked == ["24.25", "48.50", "29.10"])
    #expect(world.openDue().map(\.names) == [["batch.opened.v1", "accumulation.reserved.v1"]])
    #expect(world.log.last?.namedAmount?.amountText == "101.85")
  }

  @Test("does: V-9, at 15 percent the same three don't cross it")
  func staysBelow() {
    var world = World.registered()
    for tier in 1...3 { world.pay(tier, tier: tier, fee: Self.fifteen) }
    #expect(world.payable().amountText == "89.25")
    #expect(world.openDue().isEmpty)
  }

  @Test("does: V-10, eleven of 50 cross a threshold of 500, ten don't")
  func elevenPayments() {
    var world = World.registered(Sample.payout(.threshold, threshold: "500"), prices: ["50"])
    for number in 1...10 { world.pay(number) }
    #expect(world.payable().amountText == "485.00")
    #expect(world.openDue().isEmpty)
    world.pay(11)
    #expect(world.payable().amountText == "533.50")
    #expect(world.openDue().count == 1)
    guard case .batch(.opened(let opened))? = world.log.dropLast().last else {
      Issue.record("no batch")
      return
    }
    #expect(opened.members.count == 11)
    #expect(opened.total.amountText == "533.50")
  }

  @Test(
    "does: V-11 and V-12, the least part of the price that must arrive",
    arguments: [
      ("V-11", 5_000, "1.05", true), ("V-11 exactly", 5_000, "0.675", true),
      ("V-11 below", 5_000, "0.674999", false), ("V-12", 7_500, "0.95", false),
      ("V-12 exactly", 7_500, "1.0125", true), ("V-12 below", 7_500, "1.012499", false),
    ])
  func tolerance(_ vector: (name: String, points: Int, received: String, isTaken: Bool)) throws {
    var world = World.registered(prices: ["1.35"])
    world.policy = PaymentPolicy(
      fee: .standardFee, tolerance: try #require(BasisPoints(vector.points)),
      isAccumulating: true)
    let names = world.pay(1, vector.received).names
    #expect(names.contains("payment.finished.v1") == vector.isTaken)
    #expect(names.contains("payment.held.v1") == !vector.isTaken)
  }

  @Test("does: V-13, a sum of two amounts of ETH")
  func sum() {
    let sum = Sample.eth("0.89554043") + Sample.eth("0.3921064960")
    #expect(sum.amountText == "1.287646926")
  }

  @Test("does: V-14, a deep link's price, and refuses what is none")
  func deepLink() {
    #expect(DeepLinkPrice.price("29d99") == Sample.usd("29.99"))
    #expect(DeepLinkPrice.text(Sample.usd("29.99")) == "29d99")
    #expect(DeepLinkPrice.price("30") == Sample.usd("30.00"))
    #expect(DeepLinkPrice.price("5d5") == Sample.usd("5.50"))
    for bad in ["", "d", "29d", "d99", "29d999", "29.99", "2d9d9", "-1", "1e2", "29D99", "x"] {
      #expect(DeepLinkPrice.price(bad) == nil, "\(bad)")
    }
    #expect(DeepLinkPrice.text(Sample.usd("0.001")) == nil)
    #expect(DeepLinkPrice.text(Sample.usdt("1.00")) == nil)
    for cents in Int128(0)...10_000 {
      let price = Money(cents * 1_000_000, .usd)
      #expect(DeepLinkPrice.text(price).flatMap(DeepLinkPrice.price) == price)
    }
  }

  @Test("does: V-15, minute stamps wrap after 65,536 minutes, 45.51 days")
  func minuteStamps() {
    #expect(MinuteStamp.wrapMinutes == 65_536)
    #expect(MinuteStamp.wrapMinutes * 100 / (24 * 60) == 4_551)
    let minute: Int64 = 60_000_000
    let now = Instant(microseconds: 29_401_509 * minute + 11_000_000)
    for age in [0, 1, 120, 1_440, 65_535] as [Int64] {
      let then = Instant(microseconds: (29_401_509 - age) * minute)
      let stamp = MinuteStamp(then)
      #expect(stamp.latest(notAfter: now) == then)
      let wrapped = MinuteStamp(then.adding(seconds: -65_536 * 60))
      #expect(wrapped == stamp)
    }
    let ahead = MinuteStamp(now.adding(seconds: 300))
    #expect(ahead.latest(notAfter: now.adding(seconds: 300)) > now)
  }

  @Test("does: V-16, a 48-bit id goes to six bytes and back")
  func packedIDs() {
    let id: Int64 = -1_009_876_543_210
    let stored = (1 << 48) + id
    let bytes = PackedID.bytes(id)
    #expect(bytes?.reduce(Int64(0)) { $0 << 8 | Int64($1) } == stored)
    #expect(bytes.flatMap(PackedID.id) == id)
    let half: Int64 = 1 << 47
    for id in [0, 1, -1, 6_270_000_001, half - 1, -half] {
      #expect(PackedID.bytes(id).flatMap(PackedID.id) == id)
    }
    #expect(PackedID.bytes(half) == nil)
    #expect(PackedID.bytes(-half - 1) == nil)
    #expect(PackedID.id([1, 2, 3, 4, 5]) == nil)
    #expect(PackedID.id([1, 2, 3, 4, 5, 6, 7]) == nil)
  }

  @Test("does: V-17, USDT to chain units, cut")
  func chainUnits() {
    #expect(Money(truncating: "5.48949167", .usdt)?.units == 5_489_491)
  }

  @Test("does: V-18 and V-19, below and exactly at a threshold")
  func thresholds() {
    #expect(!(Sample.usd("4.99999999") >= Sample.usd("5.00")))
    #expect(Sample.usd("5.00000000") >= Sample.usd("5.00"))
    for (amount, isDue) in [("99.999999", false), ("100.000000", true)] {
      var world = World.registered(prices: ["100"])
      world.pay(1, amount, fee: .zero)
      #expect(world.openDue().count == (isDue ? 1 : 0))
    }
  }

  @Test("does: V-20, a large quantity of SHIB is kept without loss")
  func shib() throws {
    let shib = try #require(Asset(text: "SHIB-ETH"))
    let money = try #require(Money("1352956.11111111", shib))
    #expect(money.amountText == "1352956.11111111")
  }
}
