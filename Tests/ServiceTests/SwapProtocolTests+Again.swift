import Gateways
import JSON
import Kernel
import Sagas
import Support
import Testing

@testable import Service

/// S4, once more right before a deposit gets its nonce.
extension SwapProtocolTests {
  /// A node on which a deposit of ETH could be paid.
  private func node() throws -> ToldNode {
    try ToldNode([
      "eth_chainId": #""0x1""#, "eth_getTransactionCount": #""0x7""#,
      "eth_getBlockByNumber": #"{"number":"0x0","hash":"0x01"}"#,
      "eth_getBalance": #""0x8ac7230489e80000""#, "eth_call": #""0x""#,
      "eth_estimateGas": #""0x5208""#,
      "eth_feeHistory": #"{"baseFeePerGas":["0x3b9aca00"],"reward":[["0x3b9aca00"]]}"#,
    ])
  }

  /// A deposit of ETH whose transfer was asked for.
  private static let deposit: (request: TransferEvent.Requested, swap: SplitEvent.SwapOpened) = {
    var open = OpenEffects()
    for recorded in Story.standard().log {
      for case .prepareTransfer(let request, let swap?) in open.take(recorded.event).opened
      where request.amount.asset == .eth {
        return (request, swap)
      }
    }
    preconditionFailure("no deposit of ETH")
  }()

  @Test(
    "does: a swap that is over when its deposit is to get a nonce is left, however it was checked",
    arguments: [
      ("waiting", "nonce"), ("new", ""), ("expired", "over"), ("failed", "over"),
      ("refunded", "over"), ("confirming", "hold"), ("finished", "hold"), ("verifying", "hold"),
    ])
  func looksAgain(word: String, wanted: String) async throws {
    let (request, swap) = Self.deposit
    // As in the standard flow the provider tells no end of its offer.
    let provider = try Provider(
      .object(["id": .string(swap.swap.text), "status": .string(word)]))
    let node = try node()
    let outcome = await performer(provider.url, node: node.url)
      .perform(.prepareTransfer(request, swap))
    switch commands(outcome).first {
    case .transfer(.reserveNonce(let id, _)): #expect(wanted == "nonce" && id == request.transfer)
    case .transfer(.noteSwapOver(let id, let over, _)):
      #expect(wanted == "over" && id == request.transfer && over == swap.swap)
    case .split(.hold(let split, _)): #expect(wanted == "hold" && split == swap.split)
    case nil: #expect(wanted.isEmpty && !isOver(outcome), "\(word): \(outcome)")
    case let other: Issue.record("\(word): \(String(describing: other))")
    }
    // Without an answer there is no nonce either.
    let silent = await performer("http://127.0.0.1:1", node: node.url)
      .perform(.prepareTransfer(request, swap))
    #expect(commands(silent).isEmpty && !isOver(silent))
    // What pays a client directly has no swap to look at.
    let direct = await performer("http://127.0.0.1:1", node: node.url)
      .perform(.prepareTransfer(request, nil))
    guard case .transfer(.reserveNonce)? = commands(direct).first else {
      Issue.record("\(direct)")
      return
    }
  }

  @Test(
    "does: with a collect wallet a deposit comes back there, and to the paying one nothing does")
  func collects() async throws {
    let other = "0x52908400098527886E0F7030069857D2E4169EE7"
    for (address, isOver) in [(other, true), (Self.key.address, false)] {
      let provider = try Provider(
        status(
          "refunded",
          [
            "refundAmount": .number("5"), "refundHash": .string("0xback"),
            "refundAddress": .string(address.lowercased()),
          ]))
      let outcome = await performer(provider.url, collects: other).perform(Self.watch)
      #expect(self.isOver(outcome) == isOver, "\(address): \(outcome)")
    }
    #expect(performer("http://127.0.0.1:1", collects: other).refundAddress == other)
    #expect(performer("http://127.0.0.1:1").refundAddress == Self.key.address)
  }
}
