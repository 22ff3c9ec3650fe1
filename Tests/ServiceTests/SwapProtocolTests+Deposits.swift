import Engine
import Gateways
import JSON
import Kernel
import Sagas
import Support
import Synchronization
import Testing

@testable import Service

/// PP-10: a conversion's coin is looked for in all our wallets before it is sent anywhere.
extension SwapProtocolTests {
  private static let collects = "0x52908400098527886E0F7030069857D2E4169EE7"

  /// The ledger when the first conversion's call of a kind is owed, and the call.
  private func owed(_ kind: String) throws -> (ledger: LedgerState, effect: Effect) {
    var open = OpenEffects()
    var ledger = LedgerState()
    for recorded in Story.standard().log {
      ledger.evolve(recorded.event)
      for effect in open.take(recorded.event).opened where effect.key.text.hasPrefix(kind + "/") {
        let split: SplitID? =
          switch effect {
          case .estimate(let e): e.split
          case .prepareTransfer(let e, _): e.split
          case _: nil
          }
        if let split, ledger.depositQuestion(of: split) != nil { return (ledger, effect) }
      }
    }
    throw Missing()
  }

  private struct Missing: Error {}

  /// Our wallets: what pays, and what collects.
  private func node(_ pays: String, _ collects: String) throws -> ToldNode {
    try ToldNode([
      "eth_chainId": #""0x1""#, "eth_getTransactionCount": #""0x7""#,
      "eth_blockNumber": #""0x7fffffff""#,
      "eth_getBlockByNumber": #"{"number":"0x7fffffff","hash":"0x01"}"#,
      "eth_getBalance": "\"\(pays)\"",
      "eth_getBalance \(Self.collects)": "\"\(collects)\"",
      "eth_call": #""0x""#, "eth_estimateGas": #""0x5208""#,
      "eth_feeHistory": #"{"baseFeePerGas":["0x3b9aca00"],"reward":[["0x3b9aca00"]]}"#,
    ])
  }

  private func performer(_ url: String, _ node: ToldNode, _ ledger: LedgerState) -> Performer {
    let performer = performer(url, node: node.url, collects: Self.collects, chain: 1)
    performer.deposits.connect(
      question: { ledger.depositQuestion(of: $0) },
      missing: { ledger.missingDeposit(of: $0, in: $1) })
    return performer
  }

  @Test("does: no swap is asked for before the coin is there; in the collect wallet it is")
  func waits() async throws {
    let (ledger, effect) = try owed("estimate")
    let provider = try Provider(status("waiting"))
    let (none, one, other) = (
      try node("0x0", "0x0"), try node("0x8ac7230489e80000", "0x0"),
      try node("0x0", "0x8ac7230489e80000")
    )
    defer { withExtendedLifetime((none, one, other)) {} }
    let away = await performer(provider.url, none, ledger).perform(effect)
    guard case .again(let commands, _, let why?) = away else {
      Issue.record("\(away)")
      return
    }
    #expect(commands.isEmpty && why.hasSuffix("ETH-ETH of what came in isn't in our wallets yet"))
    for there in [one, other] {
      let outcome = await performer(provider.url, there, ledger).perform(effect)
      // It goes on to ask for the pair's range, which this provider doesn't have.
      guard case .transient(let why, _) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(why == "the range could not be read")
    }
    // A node that says nothing has shown nothing.
    none.silence()
    guard case .transient = await performer(provider.url, none, ledger).perform(effect) else {
      Issue.record("a silent node let it pass")
      return
    }
  }

  @Test("does: what all our wallets hold goes to the ledger with what the chain says")
  func shows() async throws {
    let (ledger, effect) = try owed("prepare")
    guard case .prepareTransfer(_, let swap?) = effect else { throw Missing() }
    let provider = try Provider(
      .object(["id": .string(swap.swap.text), "status": .string("waiting")]))
    let node = try node("0x8ac7230489e80000", "0x1")
    defer { withExtendedLifetime(node) {} }
    let outcome = await performer(provider.url, node, ledger).perform(effect)
    guard case .transfer(.reserveNonce(_, let quote))? = commands(outcome).first else {
      Issue.record("\(outcome)")
      return
    }
    #expect(quote.deposits?.holdings == [Money(10_000_000_000_000_000_001, .eth)])
    #expect(quote.deposits?.block == 0x7fff_ffff)
  }

  // It is asked while the service stops, too: then nobody says anything.
  @Test(
    "refuses: to go on with a conversion where the ledger gives no answer", arguments: [0, 1, 2])
  func silent(answers: Int) async throws {
    for kind in ["estimate", "prepare"] {
      let (ledger, effect) = try owed(kind)
      let provider = try Provider(status("waiting"))
      let node = try node("0x8ac7230489e80000", "0x0")
      defer { withExtendedLifetime(node) {} }
      let performer = performer(provider.url, node, ledger)
      let asked = Asked()
      performer.deposits.connect(
        question: { id in
          asked.next() < answers ? .some(ledger.depositQuestion(of: id)) : .none
        },
        missing: { _, _ in .none })
      // What a transfer is given has but two questions; what is missing the ledger then decides.
      guard kind == "estimate" || answers < 2 else { continue }
      let outcome = await performer.perform(effect)
      guard case .transient("the ledger doesn't answer", _) = outcome else {
        Issue.record("\(kind), \(answers) answers: \(outcome)")
        return
      }
    }
  }

  private final class Asked: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock { count in
        defer { count += 1 }
        return count
      }
    }
  }
}
