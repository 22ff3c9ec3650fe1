import JSON
import Testing

@testable import Gateways

@Suite struct SendAnswerTests {
  @Test("does: understands every published answer of a node")
  func published() throws {
    let file = try JSONValue.parse(Vectors.bytes("error_classes"))
    let rows = try #require(file["errors"]?.items).filter { $0["provider"]?.text == "ethereum" }
    #expect(rows.count == 19)
    for row in rows {
      let error = try #require(row["body"]?["error"])
      let message = try #require(error["message"]?.text)
      let wanted = try #require(row["class"]?.text)
      guard row["operation"]?.text == "eth_sendRawTransaction" else {
        let failure = EthereumNode.meaning(try #require(error["code"]?.integer), message)
        guard case .permanent(_, .wouldRevert) = failure else {
          Issue.record("\(message): \(failure)")
          continue
        }
        continue
      }
      let answer = SendAnswer(message: message)
      #expect(Self.allowed(wanted).contains(word(answer)), "\(message), \(wanted): \(answer)")
    }
  }

  private static func allowed(_ wanted: String) -> Set<String> {
    switch wanted {
    case "already_done": ["alreadyKnown"]
    case "check_chain": ["nonceTooLow"]
    case "requote": ["replacementUnderpriced", "underpriced"]
    case "hold": ["insufficientFunds"]
    case "bug", "config": ["neverMinable"]
    // A quota of requests says nothing of the transaction: the table's 429.
    case "retry": ["notNow", "unknown"]
    case "ambiguous": ["unknown"]
    default: []
    }
  }

  private func word(_ answer: SendAnswer) -> String {
    switch answer {
    case .accepted: "accepted"
    case .alreadyKnown: "alreadyKnown"
    case .unknown: "unknown"
    case .nonceTooLow: "nonceTooLow"
    case .replacementUnderpriced: "replacementUnderpriced"
    case .insufficientFunds: "insufficientFunds"
    case .underpriced: "underpriced"
    case .notNow: "notNow"
    case .neverMinable: "neverMinable"
    }
  }

  @Test(
    "does: each row of the table, in the words of several nodes",
    arguments: [
      ("already known", "alreadyKnown"), ("AlreadyKnown", "alreadyKnown"),
      ("Known transaction", "alreadyKnown"), ("existing tx with same hash", "alreadyKnown"),
      ("nonce too low", "nonceTooLow"), ("Nonce is too low", "nonceTooLow"),
      ("OldNonce", "nonceTooLow"),
      ("replacement transaction underpriced", "replacementUnderpriced"),
      ("Transaction replacement underpriced", "replacementUnderpriced"),
      ("insufficient funds for transfer", "insufficientFunds"),
      ("Upfront cost exceeds account balance", "insufficientFunds"),
      ("nonce too high", "notNow"), ("txpool is full", "notNow"), ("NonceGap", "notNow"),
      ("transaction underpriced", "underpriced"), ("FeeTooLow", "underpriced"),
      ("max fee per gas less than block base fee: address 0x1", "underpriced"),
      ("account limit exceeded", "notNow"), ("nonce too far in future", "notNow"),
      ("intrinsic gas too low", "neverMinable"), ("exceeds block gas limit", "neverMinable"),
      ("invalid sender", "neverMinable"),
      ("invalid chain id for signer: have 1 want 31337", "neverMinable"),
      ("the moon is full", "unknown"), ("", "unknown"),
    ])
  func rows(message: String, wanted: String) {
    #expect(word(SendAnswer(message: message)) == wanted)
  }

  @Test("does: of two nodes' answers the better one counts; never only where both say never")
  func together() {
    let (never, silent) = (SendAnswer.neverMinable("x"), SendAnswer.unknown("y"))
    let order: [SendAnswer] = [
      .accepted, .alreadyKnown, .nonceTooLow, .replacementUnderpriced, .underpriced("z"),
      .insufficientFunds, .notNow("w"), silent, never,
    ]
    for (index, answer) in order.enumerated() {
      #expect(SendAnswer.together([answer]) == answer)
      for worse in order[index...] {
        #expect(SendAnswer.together([worse, answer]) == answer)
        #expect(SendAnswer.together([answer, worse]) == answer)
      }
    }
  }
}
