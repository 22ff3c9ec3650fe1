import Gateways
import HTTP
import Kernel

// The clients of the outside, as configured.
extension Weir {
  static func performer(
    _ configuration: Configuration, _ signing: SigningGate, isRecovering: Bool
  ) throws(WeirFailure) -> Performer {
    guard let nowPaymentsURL = configuration.nowPayments.url,
      let changeNOWURL = configuration.changeNOW.url, let node = configuration.ethereum.rpcURL
    else { throw .configuration("a provider's address is missing") }
    guard let key = EthereumKey(hex: configuration.hostWalletKey.reveal()) else {
      throw .configuration("the host wallet's key is no private key")
    }
    let http = HTTPClient()
    var settings = PerformerSettings(
      noticeURL: configuration.noticeURL, policy: configuration.policy)
    settings.swapPollSeconds = configuration.swapPollSeconds
    settings.chainPollSeconds = configuration.chainPollSeconds
    settings.listsSwaps = configuration.changeNOW.listsSwaps
    if case .confirmations(let count) = configuration.ethereum.finality {
      settings.confirmations = count
    }
    settings.bumpAfterBlocks = configuration.ethereum.bumpAfterBlocks
    let policy = fees(configuration.ethereum)
    return Performer(
      nowPayments: NOWPaymentsClient(
        url: nowPaymentsURL, apiKey: configuration.nowPayments.apiKey.reveal(), http: http),
      changeNOW: ChangeNOWClient(
        url: changeNOWURL, apiKey: configuration.changeNOW.apiKey.reveal(), http: http),
      node: EthereumNode(url: node.reveal(), http: http, policy: policy),
      second: configuration.ethereum.secondRPCURL.map {
        EthereumNode(url: $0.reveal(), http: http, policy: policy)
      }, key: key, settings: settings, clock: clock,
      isRecovering: isRecovering, isFrozen: { signing.reason != nil })
  }

  private static func fees(_ ethereum: Configuration.Ethereum) -> EthereumFeePolicy {
    let gwei: Int128 = 1_000_000_000
    var policy = EthereumFeePolicy.default
    policy.feeMost = Int128(ethereum.maxFeeGwei) * gwei
    policy.tipMost = Int128(ethereum.maxPriorityFeeGwei) * gwei
    policy.tipLeast = min(policy.tipLeast, policy.tipMost)
    policy.gasMost = ethereum.maxGas
    return policy
  }
}
