import Gateways
package import HTTP
package import Kernel
import Log

// The clients of the outside, as configured.
extension Performer {
  /// - Parameter http: Who makes the calls; the sandbox and live programs' one goes over sockets.
  package init(
    _ configuration: Configuration, http: any HTTPCaller,
    clock: @escaping @Sendable () -> Instant, isRecovering: Bool,
    isFrozen: @escaping @Sendable () -> Bool = { false }
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
    settings.bumpAfterBlocks = configuration.ethereum.bumpAfterBlocks
    let policy = Self.fees(configuration.ethereum)
    self.init(
      nowPayments: NOWPaymentsClient(
        url: nowPaymentsURL, apiKey: configuration.nowPayments.apiKey.reveal(), http: http),
      changeNOW: ChangeNOWClient(
        url: changeNOWURL, apiKey: configuration.changeNOW.apiKey.reveal(), http: http),
      node: EthereumNode(url: node.reveal(), http: http, policy: policy),
      second: configuration.ethereum.secondRPCURL.map {
        EthereumNode(url: $0.reveal(), http: http, policy: policy)
      }, key: key, settings: settings, clock: clock,
      isRecovering: isRecovering, isFrozen: isFrozen)
  }

  /// Keeps every signed transfer at the witness before it is sent, where there is one (R3).
  mutating func keepSigned(beside path: String?, log: String, _ logger: Logger) {
    guard let path else { return }
    let witness = SignedWitness(path: SignedWitness.path(beside: path))
    beforeBroadcast = Self.keeping(witness, log: log) { error in
      logger.error(
        "witness_failed",
        ["why": .text("\(error)"), "meaning": .text("nothing is sent before it is there")])
    }
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
