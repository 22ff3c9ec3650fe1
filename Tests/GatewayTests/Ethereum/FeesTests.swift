import Testing

@testable import Gateways

@Suite struct FeesTests {
  struct File: Decodable {
    struct Bump: Decodable {
      let old: String
      let minAccepted: String
    }
    let feeBumps: [Bump]
  }

  @Test("does: raises each published fee by no less than nodes take, and no more than an eighth")
  func raising() throws {
    let file: File = try Vectors.read("ethereum_tx")
    #expect(file.feeBumps.count == 7)
    for vector in file.feeBumps {
      let fees = EthereumFees(maxFeePerGas: vector.old, maxPriorityFeePerGas: vector.old)
      let raised = try #require(fees.raised(cap: Int128.max / 16))
      #expect(raised.maxFeePerGas == raised.maxPriorityFeePerGas)
      let fee = try #require(Int128(raised.maxFeePerGas))
      let old = try #require(Int128(vector.old))
      #expect(fee >= (try #require(Int128(vector.minAccepted))) && fee > old)
      #expect(fee <= old + old / 8 + 1)
    }
  }

  @Test("refuses: to raise above the cap, or what is no number")
  func cap() {
    func raised(_ most: String, _ tip: String) -> EthereumFees? {
      EthereumFees(maxFeePerGas: most, maxPriorityFeePerGas: tip).raised(cap: 112)
    }
    #expect(raised("99", "8") == EthereumFees(maxFeePerGas: "112", maxPriorityFeePerGas: "9"))
    #expect(raised("100", "8") == nil && raised("x", "8") == nil && raised("9", "-1") == nil)
    #expect(raised("113", "8") == nil && raised("\(Int128.max)", "8") == nil)
    #expect(raised("8", "9") == nil)
  }

  @Test("does: raises to what the market asks, both fees an eighth at least, under the cap")
  func market() {
    let last = EthereumFees(maxFeePerGas: "80", maxPriorityFeePerGas: "8")
    func raised(_ most: String, _ tip: String) -> [String]? {
      last.raised(
        to: EthereumFees(maxFeePerGas: most, maxPriorityFeePerGas: tip), cap: 112
      ).map { [$0.maxFeePerGas, $0.maxPriorityFeePerGas] }
    }
    #expect(raised("85", "1") == ["90", "9"] && raised("100", "1") == ["100", "9"])
    #expect(raised("1", "20") == ["90", "20"] && raised("900", "1") == ["112", "9"])
    #expect(raised("100", "500") == ["100", "100"])
  }

  @Test("does: a payment at its cap leaves a cancel the room to outbid it")
  func headroom() {
    for most: Int128 in [1, 8, 9, 100, 200_000_000_000, 10_000_000_000_001] {
      var policy = EthereumFeePolicy()
      policy.feeMost = most
      let payment = EthereumFees(
        maxFeePerGas: "\(policy.paymentMost)", maxPriorityFeePerGas: "0")
      #expect(policy.paymentMost <= most * 8 / 9)
      #expect(payment.raised(cap: policy.paymentMost) == nil)
      #expect(payment.raised(cap: policy.feeMost) != nil, "\(most)")
    }
  }

  @Test("does: twice the base and the tip, inside the corridor and under the cap")
  func policy() {
    let policy = EthereumFeePolicy()
    func fees(_ base: Int128, _ tip: Int128) -> [String]? {
      policy.fees(nextBase: base, medianTip: tip).map {
        [$0.maxFeePerGas, $0.maxPriorityFeePerGas]
      }
    }
    #expect(fees(7, 1) == ["10000014", "10000000"])
    #expect(fees(1_000_000_000, 2_000_000_000) == ["4000000000", "2000000000"])
    #expect(fees(0, Int128.max) == ["5000000000", "5000000000"])
    #expect(fees(150_000_000_000, 0) == ["177777777777", "10000000"])
    #expect(fees(177_767_777_777, 0) == ["177777777777", "10000000"])
    #expect(fees(177_767_777_778, 0) == nil && fees(Int128.max, 0) == nil && fees(-1, 0) == nil)
  }

  @Test("does: gas with a margin, rounded up; refuses: above the cap, and none")
  func gas() {
    let policy = EthereumFeePolicy()
    #expect(policy.gasLimit(estimate: 21_000) == 26_250)
    #expect(policy.gasLimit(estimate: 1) == 2 && policy.gasLimit(estimate: 400_000) == 500_000)
    #expect(policy.gasLimit(estimate: 400_001) == nil && policy.gasLimit(estimate: .max) == nil)
    #expect(policy.gasLimit(estimate: 0) == nil && policy.gasLimit(estimate: -1) == nil)
  }
}
