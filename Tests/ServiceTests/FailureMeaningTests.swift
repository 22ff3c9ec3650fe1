import Engine
import Gateways
import Kernel
import Testing

@testable import Service

@Suite struct FailureMeaningTests {
  private func word(_ failure: GatewayFailure, isLast: Bool = true) -> String {
    switch Performer.meaning(of: failure, againAfter: 60, isLast: isLast) {
    case .report: "report"
    case .again(let commands, let seconds, let because):
      commands.isEmpty && seconds == 60 && because != nil ? "told and asked again" : "odd"
    case .transient: "tried again"
    case .permanent: "given up"
    }
  }

  @Test("does: what an operator can put right ends no payout, what can never be does")
  func meanings() {
    for code in GatewayRefusal.allCases {
      let expected =
        switch code {
        case .credentials, .wrongChain, .insufficientFunds, .rightsMissing, .chatUnknown:
          "told and asked again"
        case .pairInactive, .notAvailable, .fixedRateUnavailable: "tried again"
        case .badRequest, .notFound, .addressInvalid, .assetUnsupported, .amountTooSmall,
          .amountTooLarge, .amountOutOfRange, .rateExpired, .answerDiffers, .wouldRevert,
          .gasAboveCap, .unreachable, .notRemovable, .unchanged, .messageGone,
          .queryTooOld, .requestGone, .other:
          "given up"
        }
      #expect(word(.permanent("x", code: code)) == expected, "\(code)")
    }
    #expect(word(.permanent("x", code: .pairInactive), isLast: false) == "given up")
    #expect(word(.unknown("x")) == "tried again")
    #expect(word(.transient("x", retryAfterSeconds: 5)) == "tried again")
  }
}
