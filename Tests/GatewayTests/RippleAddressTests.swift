import HTTP
import JSON
import Kernel
import Testing

@testable import Gateways

/// X-addresses (XLS-5), by the vectors of the XRP Ledger's own codec, and what is sent for one.
@Suite struct RippleAddressTests {
  private static let account = "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf"
  private static let vectors: [(String, UInt32?, String)] = [
    (account, nil, "XVLhHMPHU98es4dbozjVtdWzVrDjtV5fdx1mHp98tDMoQXb"),
    (account, 0, "XVLhHMPHU98es4dbozjVtdWzVrDjtV8AqEL4xcZj5whKbmc"),
    (account, 1, "XVLhHMPHU98es4dbozjVtdWzVrDjtV8xvjGQTYPiAx6gwDC"),
    (account, 32, "XVLhHMPHU98es4dbozjVtdWzVrDjtVoYiC9UvKfjKar4LJe"),
    (account, 276, "XVLhHMPHU98es4dbozjVtdWzVrDjtVoKj3MnFGMXEFMnvJV"),
    (account, 65_591, "XVLhHMPHU98es4dbozjVtdWzVrDjtVozpjdhPQVdt3ghaWw"),
    (account, 16_781_933, "XVLhHMPHU98es4dbozjVtdWzVrDjtVqrDUk2vDpkTjPsY73"),
    (account, 4_294_967_294, "XVLhHMPHU98es4dbozjVtdWzVrDjtV1kAsixQTdMjbWi39u"),
    (account, 4_294_967_295, "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi"),
    (
      "r9cZA1mLK5R5Am25ArfXFmqgNwjZgnfk59", 1,
      "X7AcgcsBL6XDcUb289X4mJ8djcdyKaGZMhc9YTE92ehJ2Fu"
    ),
    (
      "rpZc4mVfWUif9CRoHRKKcmhu1nx2xktxBo", 58,
      "X7YenJqxv3L66CwhBSfd3N8RzGXxYqV56ZkTCa9UCzgaao1"
    ),
    (
      "rsA2LpzuawewSBQXkiju3YQTMzW13pAAdW", 23_480,
      "X7d3eHCXzwBeWrZec1yT24iZerQjYL8m8zCJ16ACxu1BrBY"
    ),
  ]
  /// The same account with the tags none, 0 and 1 on the test net, and a tag of 64 bits.
  private static let foreign = [
    "TVE26TYGhfLC7tQDno7G8dGtxSkYQn49b3qD26PK7FcGSKE",
    "TVE26TYGhfLC7tQDno7G8dGtxSkYQnSy8RHqGHoGJ59spi2",
    "TVE26TYGhfLC7tQDno7G8dGtxSkYQnSz1uDimDdPYXzSpyw",
    "XVLhHMPHU98es4dbozjVtdWzVrDjtV8zpDURx7DzBCkrQE8",
  ]

  private let xrp: Asset

  init() throws { xrp = try #require(Asset(text: "XRP-XRP")) }

  @Test("does: an X-address is account and tag, a classic one the account alone")
  func splits() throws {
    for (classic, tag, text) in Self.vectors {
      let address = try #require(RippleAddress(text))
      #expect(address.classic == classic && address.tag == tag, "\(text)")
      #expect(RippleAddress(classic)?.classic == classic && RippleAddress(classic)?.tag == nil)
      #expect(RippleAddress(classic)?.account == address.account)
      let place = PayoutPlace(text, of: xrp)
      #expect(place.address == classic && place.extra == tag.map { String($0) })
    }
    // A zero byte in front is a digit of its own.
    let oldest = "rrrrrrrrrrrrrrrrrrrrrhoLvTp"
    #expect(RippleAddress(oldest)?.classic == oldest)
    // On another network the same text is nobody's X-address.
    let other = try #require(Asset(text: "XLM-XLM"))
    #expect(PayoutPlace(Self.vectors[2].2, of: other).extra == nil)
  }

  @Test("refuses: the test net's, a wrong checksum, and flags and tags that are not defined")
  func wrong() {
    for text in Self.foreign { #expect(RippleAddress(text) == nil, "\(text)") }
    let account = RippleAddress(Self.account)?.account ?? []
    func text(_ flag: UInt8, _ tag: [UInt8]) -> String {
      Base58.text(checked: [0x05, 0x44] + account + [flag] + tag, Base58.rippleDigits)
    }
    #expect(RippleAddress(text(1, [1, 0, 0, 0, 0, 0, 0, 0]))?.tag == 1)
    for (flag, tag): (UInt8, [UInt8]) in [
      (2, [1, 0, 0, 0, 1, 0, 0, 0]), (1, [1, 0, 0, 0, 1, 0, 0, 0]), (0, [1, 0, 0, 0, 0, 0, 0, 0]),
      (2, [0, 0, 0, 0, 0, 0, 0, 0]), (1, [1, 0, 0, 0, 0, 0, 0]), (0, [0, 0, 0, 0, 0, 0, 0, 1]),
    ] { #expect(RippleAddress(text(flag, tag)) == nil, "\(flag) \(tag)") }
  }

  // MARK: What the swap provider is sent

  private func order(_ wallet: String) -> SwapOrder {
    SwapOrder(
      amount: Money(100_000_000, .usdt), to: xrp, wallet: wallet,
      refund: "0xde709f2102306220921060314715629080e2fb77", flow: .standard, rate: nil,
      correlator: "WE01000000000001-1", attempt: 1)
  }

  /// What comes of an answer that pays to this address and tag.
  private func open(
    _ wallet: String, _ address: String, _ extra: JSONValue?
  ) async throws -> (outcome: String, asked: JSONValue) {
    var members: [JSONMember] = []
    for (name, value) in [
      ("id", "s1"), ("fromAmount", "100"), ("toAmount", "45"),
      ("payinAddress", "0x2915767890A6FbF031DCe70E1b80D987Dc3a2922"), ("payoutAddress", address),
    ] { members.append(JSONMember(name, .string(value))) }
    if let extra { members.append(JSONMember("payoutExtraId", extra)) }
    let answer = JSONValue.object(members).written(.asIs)
    let stub = try Stub { _ in .json(answer) }
    let client = ChangeNOWClient(url: stub.url, apiKey: "k", http: HTTPClient())
    var outcome = ""
    do throws(GatewayFailure) {
      outcome = try await client.create(order(wallet)).payout
    } catch {
      outcome = "\(error)"
      if case .permanent(_, let code) = error { outcome = code.rawValue }
    }
    return (outcome, try JSONValue.parse(try #require(stub.requests.first).body))
  }

  @Test("does: the provider gets account and tag, and is answered for as the X-address")
  func sent() async throws {
    for (classic, tag, text) in Self.vectors {
      let extra = tag.map { String($0) }
      let (outcome, asked) = try await open(text, classic, extra.map { .string($0) })
      #expect(asked["address"]?.text == classic && asked["extraId"]?.text == extra ?? "")
      #expect(outcome == text)
      // Said back in the form that has both in it.
      #expect(try await open(text, text, nil).outcome == text)
      #expect(try await open(text, text, extra.map { .string($0) }).outcome == text)
    }
    let plain = try await open(Self.account, Self.account, nil)
    #expect(plain.outcome == Self.account && plain.asked["extraId"]?.text == "")
    #expect(try await open(Self.account, Self.account, .string("")).outcome == Self.account)
    #expect(try await open(Self.account, Self.account, .null).outcome == Self.account)
  }

  @Test("refuses: a swap that lost the tag, has another, or one that nobody asked for")
  func lost() async throws {
    let differs = GatewayRefusal.answerDiffers.rawValue
    let (classic, _, text) = Self.vectors[4]
    for extra: JSONValue? in [
      nil, .null, .string(""), .string("277"), .string("0276"), .string(" 276"), .string("0"),
    ] {
      #expect(try await open(text, classic, extra).outcome == differs, "\(extra ?? .null)")
    }
    #expect(try await open(classic, classic, .string("276")).outcome == differs)
    #expect(try await open(Self.vectors[0].2, classic, .string("0")).outcome == differs)
    // The right tag of another account is the ledger's to see: it is told what was said.
    let other = Self.vectors[9].0
    #expect(try await open(text, other, .string("276")).outcome == other)
    #expect(try await open(text, Self.vectors[5].2, nil).outcome == differs)
    #expect(try await open(text, Self.vectors[5].2, .string("276")).outcome != text)
  }

  @Test("does: a swap that is found again is known by account and tag")
  func found() throws {
    let (classic, _, text) = Self.vectors[4]
    func swap(_ payout: String, _ extra: String?) throws -> FoundSwap {
      FoundSwap(
        swap: try #require(SwapID(text: "s1")), payin: "0x1", payout: payout, to: xrp,
        toAmount: nil, payoutExtra: extra)
    }
    #expect(try swap(classic, "276").isPaid(to: text) && swap(text, nil).isPaid(to: text))
    #expect(try !swap(classic, nil).isPaid(to: text) && !swap(classic, "27").isPaid(to: text))
    #expect(try swap(classic, nil).isPaid(to: classic))
    #expect(try !swap(classic, "276").isPaid(to: classic))
    #expect(try !swap(Self.vectors[9].0, "276").isPaid(to: text))
  }
}
