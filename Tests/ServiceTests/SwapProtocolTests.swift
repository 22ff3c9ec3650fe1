import Engine
import Gateways
import HTTP
import JSON
import Kernel
import Sagas
import Support
import Synchronization
import Testing

@testable import Service

/// S3, S4 and S7 of the swap protocol: every word of the provider's, through the real client.
@Suite struct SwapProtocolTests {
  /// The provider: what it says of the one swap, and how often it was asked to open one.
  final class Provider: Sendable {
    let url: String
    private final class Counter: Sendable {
      let value = Atomic<Int>(0)
    }
    private let counter = Counter()
    private let server: HTTPServer
    var created: Int { counter.value.load(ordering: .relaxed) }

    init(_ status: JSONValue, list: JSONValue = .null, creation: JSONValue = .null) throws {
      let counter = counter
      server = try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) {
        request, responder in
        switch (request.method, request.path) {
        case ("POST", _):
          counter.value.add(1, ordering: .relaxed)
          responder.send(.json(creation.written(.asIs)))
        case (_, "/v2/exchanges"):
          responder.send(.json(list.written(.asIs), status: list == .null ? 401 : 200))
        case _: responder.send(.json(status.written(.asIs)))
        }
      }
      url = "http://127.0.0.1:\(server.port)"
    }
  }

  private static let now = Instant(text: "2026-11-20T09:00:00.000000Z")!
  static let key = EthereumKey(hex: String(repeating: "5e", count: 32))!

  func performer(
    _ url: String, lists: Bool = false, node: String? = nil, collects: String? = nil,
    chain: Int? = nil
  ) -> Performer {
    let http = HTTPClient()
    var settings = PerformerSettings(
      noticeURL: url,
      policy: PaymentPolicy(
        fee: .standardFee, tolerance: .standardTolerance, isAccumulating: true))
    settings.listsSwaps = lists
    settings.collectWallet = collects
    settings.chain = chain
    return Performer(
      nowPayments: NOWPaymentsClient(url: url, apiKey: "none", http: http),
      changeNOW: ChangeNOWClient(url: url, apiKey: "none", http: http),
      node: EthereumNode(url: node ?? url, http: http), key: Self.key, settings: settings,
      clock: { Self.now }, isRecovering: false)
  }

  /// The first effect of a kind in a story with one batch, by its key's first word.
  private static func effect(_ kind: String) -> Effect {
    var open = OpenEffects()
    for recorded in Story.standard().log {
      for effect in open.take(recorded.event).opened where effect.key.text.hasPrefix(kind + "/") {
        return effect
      }
    }
    preconditionFailure("no \(kind)")
  }

  private static let check = effect("check")
  static let watch = effect("watch")

  private static var swap: SplitEvent.SwapOpened {
    guard case .checkSwap(let swap) = check else { preconditionFailure("no check") }
    return swap
  }

  func status(_ word: String, _ more: KeyValuePairs<String, JSONValue> = [:]) -> JSONValue {
    .object(
      [
        JSONMember("id", .string(Self.swap.swap.text)), JSONMember("status", .string(word)),
        JSONMember("validUntil", .string("2026-11-20T09:20:00.000Z")),
      ] + more.map { JSONMember($0.key, $0.value) })
  }

  func commands(_ outcome: JobOutcome) -> [LedgerCommand] {
    switch outcome {
    case .report(let commands): commands
    case .again(let commands, _, _): commands
    case .transient, .permanent: []
    }
  }

  func isOver(_ outcome: JobOutcome) -> Bool {
    if case .report = outcome { return true }
    return false
  }

  private func reason(_ command: LedgerCommand?) -> String? {
    guard case .split(.hold(_, let reason))? = command else { return nil }
    return reason
  }

  @Test(
    "does: right before paying, only a swap that waits is paid; one that is over is left",
    arguments: [
      ("waiting", "waiting"), ("new", nil), ("expired", "expired"), ("failed", "failed"),
      ("refunded", "refunded"), ("confirming", "hold"), ("exchanging", "hold"),
      ("sending", "hold"), ("finished", "hold"), ("verifying", "hold"), ("hold", "hold"),
      ("something new", "hold"),
    ])
  func checks(word: String, wanted: String?) async throws {
    let provider = try Provider(status(word))
    let outcome = await performer(provider.url).perform(Self.check)
    let asked = commands(outcome)
    guard let wanted else {
      #expect(asked.isEmpty && !isOver(outcome))
      return
    }
    if wanted == "hold" {
      #expect(reason(asked.first) == "swap is \(word) before it was funded")
    } else {
      let swap = Self.swap
      #expect(asked == [.hostpay(.noteCheck(swap.split, swap.swap, status: wanted))])
    }
    #expect(isOver(outcome))
  }

  @Test("refuses: to pay a swap with too little time left, another amount, or another address")
  func differs() async throws {
    let late = try Provider(
      .object([
        "id": .string(Self.swap.swap.text), "status": .string("waiting"),
        "validUntil": .string("2026-11-20T09:14:59.000Z"),
      ]))
    let expiring = commands(await performer(late.url).perform(Self.check))
    let swap = Self.swap
    #expect(expiring == [.hostpay(.noteCheck(swap.split, swap.swap, status: "expiring"))])
    let right = swap.amount.amountText
    for (field, value, isRight) in [
      ("expectedAmountFrom", JSONValue.number(right), true),
      ("expectedAmountFrom", .number(right + "1"), false),
      ("payinAddress", .string(swap.payin.uppercased()), true),
      ("payinAddress", .string(swap.payin + "0"), false),
    ] {
      let more: KeyValuePairs = [field: value]
      let provider = try Provider(status("waiting", more))
      let asked = commands(await performer(provider.url).perform(Self.check))
      #expect((reason(asked.first) == nil) == isRight, "\(field): \(asked)")
    }
  }

  @Test(
    "does: a paid swap is asked for until it is over; trouble is held, shown, and asked for on",
    arguments: [
      ("new", false), ("waiting", false), ("confirming", false), ("exchanging", false),
      ("sending", false), ("failed", true), ("verifying", true), ("hold", true),
      ("expired", true), ("something new", true),
    ])
  func watches(word: String, isTrouble: Bool) async throws {
    // Amounts that are told too early are nobody's to book.
    let provider = try Provider(
      status(
        word,
        [
          "amountTo": .number("5"), "payoutHash": .string("x"), "refundAmount": .number("5"),
          "refundHash": .string("x"),
        ]))
    let outcome = await performer(provider.url).perform(Self.watch)
    #expect(!isOver(outcome))
    let asked = commands(outcome)
    guard case .split(.noteStatus(_, _, let noted))? = asked.first else {
      Issue.record("\(asked)")
      return
    }
    #expect(noted == word)
    #expect(asked.count == (isTrouble ? 2 : 1))
    #expect((reason(asked.last) != nil) == isTrouble)
  }

  @Test("does: a swap is over with amount and hash, and until then it is asked for again")
  func ends() async throws {
    let home = Self.key.address
    let amounts: [(JSONValue, JSONValue, Bool)] = [
      (.number("0.5"), .string("0xpaid"), true), (.null, .string("0xpaid"), false),
      (.number("0.5"), .null, false), (.string("None"), .string("0xpaid"), false),
    ]
    for (amount, hash, isEnd) in amounts {
      let finished = try Provider(status("finished", ["amountTo": amount, "payoutHash": hash]))
      let outcome = await performer(finished.url).perform(Self.watch)
      #expect(isOver(outcome) == isEnd, "\(amount) \(hash)")
      let refunded = try Provider(
        status(
          "refunded",
          [
            "refundAmount": amount, "refundHash": hash,
            "refundAddress": .string(home.lowercased()),
          ]))
      let back = await performer(refunded.url).perform(Self.watch)
      #expect(isOver(back) == isEnd, "\(amount) \(hash)")
      guard isEnd, case .split(.noteRefunded(_, _, let text, let by))? = commands(back).first
      else { continue }
      #expect(text == "0.5" && by == "0xpaid")
    }
  }

  @Test("refuses: a refund to an address that isn't ours; it waits for a person")
  func elsewhere() async throws {
    let provider = try Provider(
      status(
        "refunded",
        [
          "refundAmount": .number("5"), "refundHash": .string("x"),
          "refundAddress": .string("0x00000000000000000000000000000000000000aa"),
        ]))
    let outcome = await performer(provider.url).perform(Self.watch)
    #expect(!isOver(outcome))
    #expect(reason(commands(outcome).last)?.contains("isn't ours") == true)
  }

  @Test("does: a swap whose answer was lost is found where there is a list, and not opened again")
  func finds() async throws {
    let effect = Self.effect("swap")
    guard case .openSwap(let intent) = effect else { return }
    let names: [JSONMember] = [
      JSONMember("payinAddress", .string("0x27b1fdb04752bbc536007a920d24acb045561c26")),
      JSONMember("payoutAddress", .string(intent.wallet)),
      JSONMember("refundAddress", .string(Self.key.address)),
    ]
    let found = JSONValue.object(
      [
        JSONMember("id", .string("found1")), JSONMember("status", .string("waiting")),
        JSONMember("expectedAmountFrom", .number(intent.amount.amountText)),
      ] + names)
    let made = JSONValue.object(
      [
        JSONMember("id", .string("made1")),
        JSONMember("fromAmount", .number(intent.amount.amountText)),
      ] + names)
    let list = JSONValue.object([
      "count": .integer(1),
      "exchanges": .array([
        .object([
          "exchangeId": .string("found1"), "status": .string("waiting"),
          "userId": .string("\(intent.split)-\(intent.attempt)"),
        ])
      ]),
    ])
    for (lists, list, wanted) in [
      (true, list, "found1"), (false, list, "made1"), (true, .null, "made1"),
      (true, .object(["exchanges": .array([])]), "made1"),
    ] {
      let provider = try Provider(found, list: list, creation: made)
      let outcome = await performer(provider.url, lists: lists).perform(effect)
      guard case .split(.noteSwap(_, let swap))? = commands(outcome).first else {
        Issue.record("\(outcome)")
        continue
      }
      #expect(swap.swap.text == wanted && swap.attempt == intent.attempt)
      #expect(provider.created == (wanted == "made1" ? 1 : 0))
    }
  }
}
