/// How the stand-ins are to be.
public struct SandboxSettings: Sendable {
  /// What `x-api-key` must be.
  public var nowPaymentsKey = "sandbox-nowpayments-key"
  /// Who may list payments.
  public var nowPaymentsEmail = "sandbox@example.org"
  public var nowPaymentsPassword = "sandbox-nowpayments-password"
  /// What notices are signed with.
  public var ipnSecret = "sandbox-ipn-secret"
  /// What `x-changenow-api-key` must be.
  public var changeNOWKey = "sandbox-changenow-key"

  /// What a bot's token must be.
  public var telegramToken = "1:sandbox-telegram-token"

  /// The address all of them listen on; it should be of the loopback.
  public var host = "127.0.0.1"
  /// 0 for any free port.
  public var nowPaymentsPort = 0
  public var changeNOWPort = 0
  public var ethereumPort = 0
  public var adminPort = 0
  public var telegramPort = 0

  /// The wallet that gets its first money, and the outcomes of payments.
  public var hostWallet: String?
  public var firstETH = "100"
  public var firstUSDT = "100000"

  /// Chain id, block time and finality of a new folder; one that is there keeps its own.
  public var chainID = 31_337
  public var blockMilliseconds = 200
  /// Blocks from the head to the last final one.
  public var confirmations = 2
  /// From one status of a payment or an exchange to the next.
  public var stepMilliseconds = 150
  /// How long a fixed rate may be taken.
  public var rateMilliseconds = 60_000
  /// How long a deposit is waited for.
  public var depositMilliseconds = 20 * 60_000
  /// Blocks on top of a deposit's own before the swap provider believes in it.
  public var depositBlocks = 0
  /// Tries of a notice after the first, and the time between two.
  public var noticeRetries = 3
  public var noticeRetryMilliseconds = 1000
  /// What ids, addresses and latencies are made from.
  public var seed = 1

  /// The most an answer takes on its way.
  public var latencyMilliseconds = 5
  /// The swap provider's limit; 0 for none.
  public var changeNOWCallsPerSecond = 30

  /// Where the journal is kept; nil for a world that ends with the process.
  public var folder: String?

  public init() {}

  func rules(genesis: Int) -> Rules {
    var rules = Rules(
      genesis: genesis, chainID: chainID, blockMilliseconds: max(1, blockMilliseconds),
      confirmations: max(0, confirmations), stepMilliseconds: max(1, stepMilliseconds),
      rateMilliseconds: rateMilliseconds, depositMilliseconds: depositMilliseconds, seed: seed)
    rules.depositBlocks = depositBlocks
    rules.noticeRetries = noticeRetries
    rules.noticeRetryMilliseconds = noticeRetryMilliseconds
    return rules
  }
}
