import Engine
import Gateways
import HTTP
import Kernel
import Log
import Sagas
import Sandbox
import Service

/// The service's configuration in one seed's world, and that of the stand-ins around it.
struct ServiceSettings {
  static let serviceKey = "simulated-service-key-0123456789abcdef"
  static let folder = "/weir"
  /// The host of the second node, where there is one.
  static let secondNode = "ethereum-2"

  /// Tight enough that a few transfers a month need two people.
  static let caps = Caps(
    transfer: [Money(450_000_000, .usdt)], clientDay: [Money(500_000_000, .usdt)],
    walletDay: [Money(700_000_000, .usdt)])

  let configuration: Configuration
  /// The host wallet's address.
  let wallet: String
  let log: LogID

  init(_ plan: Plan) {
    var dice = Dice(seed: plan.seed, "keys")
    func digits(_ count: Int) -> String {
      String((0..<count).map { _ in dice.pick(Array("0123456789abcdef")) })
    }
    // The first digit is not zero and not f, so that it is a key of the curve.
    let key = "1" + digits(63)
    let variables = [
      "WEIR_NOWPAYMENTS_IPN_SECRET": "simulated-ipn-secret-0123456789",
      "WEIR_NOWPAYMENTS_API_KEY": "simulated-nowpayments-key",
      "WEIR_CHANGENOW_API_KEY": "simulated-changenow-key",
      "WEIR_NOWPAYMENTS_EMAIL": SandboxSettings().nowPaymentsEmail,
      "WEIR_NOWPAYMENTS_PASSWORD": SandboxSettings().nowPaymentsPassword,
      "WEIR_SERVICE_KEY": Self.serviceKey,
      "WEIR_SWAP_FLOW": plan.flow.text,
      "WEIR_SWAP_POLL_SECONDS": String(plan.swapPollSeconds),
      "WEIR_CHAIN_POLL_SECONDS": String(plan.chainPollSeconds),
      "WEIR_BATCH_AT_ONCE": plan.opensBatchesAtOnce ? "on" : "off",
      "WEIR_CONVERSION_POOL_USDT": String(plan.poolUSDT),
      "WEIR_CHANGENOW_LISTS": plan.listsSwaps ? "on" : "off",
    ]
    do {
      var loaded = try Configuration.load(
        .sandbox, data: Self.folder, listen: HTTPAddress(host: "127.0.0.1", port: 80), file: nil,
        variables: variables, generates: false)
      loaded.hostWalletKey = Secret(key)
      loaded.nowPayments.url = "http://nowpayments"
      loaded.changeNOW.url = "http://changenow"
      loaded.ethereum.rpcURL = Secret("http://ethereum/")
      if plan.rates[.laggingNode] != nil {
        loaded.ethereum.secondRPCURL = Secret("http://\(Self.secondNode)/")
      }
      loaded.ethereum.finality = .finalized
      loaded.publicURL = "http://service"
      if plan.hasCaps { loaded.caps = Self.caps }
      configuration = loaded
    } catch { preconditionFailure("the configuration: \(error)") }
    guard let address = EthereumKey(hex: key)?.address, let id = LogID(text: digits(32)) else {
      preconditionFailure("64 digits are a key")
    }
    wallet = address
    log = id
    var options = FileStore.Options()
    options.newLog = id
    options.segmentBytes = plan.segmentBytes
    options.stepBytes = 1 << 16
    options.sealing = .byHand
    store = options
  }

  /// The stand-ins at their real pace: blocks of 12 s, final after 64, a minute a status.
  func sandbox(_ plan: Plan) -> SandboxSettings {
    var sandbox = SandboxSettings()
    sandbox.nowPaymentsKey = configuration.nowPayments.apiKey.reveal()
    sandbox.changeNOWKey = configuration.changeNOW.apiKey.reveal()
    sandbox.ipnSecret = configuration.nowPayments.ipnSecrets.first?.reveal() ?? ""
    sandbox.chainID = configuration.ethereum.chainID
    sandbox.hostWallet = wallet
    sandbox.blockMilliseconds = 12_000
    sandbox.confirmations = 64
    sandbox.stepMilliseconds = 60_000
    sandbox.rateMilliseconds = 20 * 60_000
    sandbox.depositMilliseconds = plan.depositMinutes * 60_000
    // Deeper than any reorganisation: a provider that is paid with what is taken back isn't ours.
    sandbox.depositBlocks = 8
    sandbox.noticeRetries = 40
    sandbox.noticeRetryMilliseconds = 15 * 60_000
    sandbox.latencyMilliseconds = 0
    sandbox.changeNOWCallsPerSecond = 0
    sandbox.seed = Int(plan.seed & 0xffff_ffff)
    return sandbox
  }

  let store: FileStore.Options

  /// What the service says of its caps when it starts; nil where there are none.
  func caps(_ life: Int) -> Submission? {
    guard configuration.caps != Caps(), let id = CommandID(text: "caps/\(life)") else { return nil }
    let command = LedgerCommand.ledger(.setCaps(configuration.caps))
    return Submission(
      id: id, digest: CommandDigest.of(command), command: command, actor: "service")
  }

  var machine: MachineSettings {
    var settings = MachineSettings()
    settings.lanes.retrySeconds = configuration.laneRetrySeconds
    settings.lanes.slower = Effect.slowerLanes
    return settings
  }

  var process: PayoutProcess { process(batchSeconds: configuration.batchIntervalSeconds) }

  /// What adoption runs.
  var adopting: PayoutProcess { process(batchSeconds: 60) }

  private func process(batchSeconds: Int) -> PayoutProcess {
    PayoutProcess(
      terms: SagaTerms(
        flow: configuration.swapFlow, hasBot: configuration.telegram.isOn,
        isPooling: configuration.conversionPool.isOn),
      batchIntervalSeconds: batchSeconds,
      batchesAtOnce: configuration.opensBatchesAtOnce, pool: configuration.conversionPool)
  }
}
