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
    try self.init(
      configuration, http: http, clock: clock, isRecovering: isRecovering, isFrozen: isFrozen,
      access: nil)
  }

  /// The same, with somebody who is told how the bot fares.
  init(
    _ configuration: Configuration, http: any HTTPCaller,
    clock: @escaping @Sendable () -> Instant, isRecovering: Bool,
    isFrozen: @escaping @Sendable () -> Bool, access: AccessWatch?
  ) throws(WeirFailure) {
    guard let nowPaymentsURL = configuration.nowPayments.url,
      let changeNOWURL = configuration.changeNOW.url,
      let (node, second) = configuration.ethereum.nodes(http)
    else { throw .configuration("a provider's address is missing") }
    guard let key = EthereumKey(hex: configuration.hostWalletKey.reveal()) else {
      throw .configuration("the host wallet's key is no private key")
    }
    var settings = PerformerSettings(
      noticeURL: configuration.noticeURL, policy: configuration.policy)
    settings.swapPollSeconds = configuration.swapPollSeconds
    settings.chainPollSeconds = configuration.chainPollSeconds
    settings.chain = configuration.ethereum.chainID
    settings.collectWallet = configuration.collectWallet
    settings.listsSwaps = configuration.changeNOW.listsSwaps
    settings.account = configuration.nowPayments.account
    if case .confirmations(let count) = configuration.ethereum.finality {
      settings.confirmations = count
    }
    settings.registerURL = configuration.publicURL.flatMap { $0.hasPrefix("https://") ? $0 : nil }
    settings.bumpAfterBlocks = configuration.ethereum.bumpAfterBlocks
    self.init(
      nowPayments: NOWPaymentsClient(
        url: nowPaymentsURL, apiKey: configuration.nowPayments.apiKey.reveal(), http: http),
      changeNOW: ChangeNOWClient(
        url: changeNOWURL, apiKey: configuration.changeNOW.apiKey.reveal(), http: http),
      node: node, second: second, telegram: configuration.telegram.client(http, access),
      key: key,
      settings: settings, clock: clock,
      isRecovering: isRecovering, isFrozen: isFrozen)
  }

  /// The running service's one.
  init(
    _ configuration: Configuration, log: String, _ logger: Logger, isRecovering: Bool,
    isFrozen: @escaping @Sendable () -> Bool, _ access: AccessWatch
  ) throws(WeirFailure) {
    try self.init(
      configuration, http: HTTPClient(), clock: Weir.clock, isRecovering: isRecovering,
      isFrozen: isFrozen, access: access)
    keepSigned(beside: configuration.witnessPath, log: log, logger)
  }

  /// Keeps every signed transfer at the witness before it is sent, where there is one (R3).
  mutating func keepSigned(beside path: String?, log: String, _ logger: Logger) {
    guard let path else { return }
    let witness = SignedWitness(path: SignedWitness.path(beside: path))
    keepSigned(at: witness, log: log) { error in
      logger.error(
        "witness_failed",
        ["why": .text("\(error)"), "meaning": .text("nothing is sent before it is there")])
    }
  }
}

extension Configuration.Telegram {
  /// Nil where there is no bot.
  func client(_ http: any HTTPCaller, _ access: AccessWatch? = nil) -> TelegramClient? {
    guard let url, let token else { return nil }
    return TelegramClient(
      url: url, token: token.reveal(), http: http,
      note: { access?.note($0, $1, $2) })
  }
}

extension Configuration.Ethereum {
  /// The first node and the second, where there is one; nil where there is none at all.
  func nodes(_ http: any HTTPCaller) -> (EthereumNode, EthereumNode?)? {
    guard let rpcURL else { return nil }
    let policy = fees
    let second = secondRPCURL.map {
      EthereumNode(url: $0.reveal(), http: http, policy: policy)
    }
    return (EthereumNode(url: rpcURL.reveal(), http: http, policy: policy), second)
  }

  private var fees: EthereumFeePolicy {
    let gwei: Int128 = 1_000_000_000
    var policy = EthereumFeePolicy.default
    policy.feeMost = Int128(maxFeeGwei) * gwei
    policy.tipMost = Int128(maxPriorityFeeGwei) * gwei
    policy.tipLeast = min(policy.tipLeast, policy.tipMost)
    policy.gasMost = maxGas
    return policy
  }
}
