import Gateways
import HTTP
import Kernel
import Log

// The clients of the outside, as configured.
extension Weir {
  static func performer(
    _ configuration: Configuration, _ signing: SigningGate, _ logger: Logger, log: String,
    isRecovering: Bool
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
    var performer = Performer(
      nowPayments: NOWPaymentsClient(
        url: nowPaymentsURL, apiKey: configuration.nowPayments.apiKey.reveal(), http: http),
      changeNOW: ChangeNOWClient(
        url: changeNOWURL, apiKey: configuration.changeNOW.apiKey.reveal(), http: http),
      node: EthereumNode(url: node.reveal(), http: http, policy: policy),
      second: configuration.ethereum.secondRPCURL.map {
        EthereumNode(url: $0.reveal(), http: http, policy: policy)
      }, key: key, settings: settings, clock: clock,
      isRecovering: isRecovering, isFrozen: { signing.reason != nil })
    if let path = configuration.witnessPath {
      let witness = SignedWitness(path: SignedWitness.path(beside: path))
      performer.beforeBroadcast = Performer.keeping(witness, log: log) { error in
        logger.error(
          "witness_failed",
          ["why": .text("\(error)"), "meaning": .text("nothing is sent before it is there")])
      }
    }
    return performer
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
