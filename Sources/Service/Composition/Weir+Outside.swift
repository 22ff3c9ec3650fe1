import Gateways
package import HTTP
package import Kernel

// The clients of the outside, as configured.
extension Performer {
  /// - Parameter http: Who makes the calls; the sandbox and live programs' one goes over sockets.
  package init(
    _ configuration: Configuration, http: any HTTPCaller,
    clock: @escaping @Sendable () -> Instant, isRecovering: Bool,
    isFrozen: @escaping @Sendable () -> Bool
  ) throws(WeirFailure) {
    guard let nowPaymentsURL = configuration.nowPayments.url,
      let changeNOWURL = configuration.changeNOW.url, let node = configuration.ethereum.rpcURL
    else { throw .configuration("a provider's address is missing") }
    guard let key = EthereumKey(hex: configuration.hostWalletKey.reveal()) else {
      throw .configuration("the host wallet's key is no private key")
    }
    var settings = PerformerSettings(
      noticeURL: configuration.noticeURL, policy: configuration.policy)
    settings.swapPollSeconds = configuration.swapPollSeconds
    settings.chainPollSeconds = configuration.chainPollSeconds
    settings.listsSwaps = configuration.changeNOW.listsSwaps
    if case .confirmations(let count) = configuration.ethereum.finality {
      settings.confirmations = count
    }
    self.init(
      nowPayments: NOWPaymentsClient(
        url: nowPaymentsURL, apiKey: configuration.nowPayments.apiKey.reveal(), http: http),
      changeNOW: ChangeNOWClient(
        url: changeNOWURL, apiKey: configuration.changeNOW.apiKey.reveal(), http: http),
      node: EthereumNode(url: node.reveal(), http: http, policy: Self.fees(configuration.ethereum)),
      key: key, settings: settings, clock: clock,
      isRecovering: isRecovering, isFrozen: isFrozen)
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
