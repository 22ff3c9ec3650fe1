public import HTTP
public import Kernel
public import PostgresLog

/// Everything the service is told from outside, checked.
///
/// Made by `Configuration.load`, which lists every problem at once. Prints without secrets.
public struct Configuration: Sendable {
  public var environment: Environment
  /// The data folder.
  public var data: String
  /// The database that keeps the log; nil where files of the data folder do.
  public var store: PostgresURL?
  /// The database that gets the tables as well; nil for none.
  public var tablesStore: PostgresURL?
  public var listen: HTTPAddress
  public var nowPayments: NOWPayments
  public var changeNOW: ChangeNOW
  public var ethereum: Ethereum
  public var telegram: Telegram
  /// The host wallet's private key as hex, read from its file.
  public var hostWalletKey: Secret
  /// Where a swap provider sends back what it can't swap, so that it doesn't come into the wallet
  /// that pays (CH-27); nil where that one takes it.
  public var collectWallet: String?
  /// The current key first.
  public var serviceKeys: [Secret]
  /// The current key first; none where nobody may operate.
  public var operatorKeys: [Secret]
  /// Those whose word lets over a cap, unfreezes and raises caps, beside accounts with the role.
  public var approvers: [Approver]
  /// The current key first; none where nobody signs in.
  public var accountKeys: [Secret]
  /// Nil in a sandbox, where mails are files.
  public var smtp: SMTP?
  /// Addresses of reverse proxies.
  public var trustedProxies: [String]
  public var limitsRates: Bool
  /// What signing up and registering cost a browser; 0 where nothing.
  public var humanCheckBits: Int
  /// Folder of the built web app; nil for the one beside the program, if there is one.
  public var web: String?
  public var opensReads: Bool
  /// Without a slash at the end; nil in a sandbox stands for the listening address.
  public var publicURL: String?
  public var policy: PaymentPolicy
  /// Those that become a fact at the start, where they are others than in force.
  public var caps: Caps
  public var batchIntervalSeconds: Int
  public var opensBatchesAtOnce: Bool
  /// Whole USDT that a client's payments in one coin gather before one swap; zero swaps each alone.
  public var conversionPoolUSDT: Int
  /// Hours that none of them waits longer.
  public var conversionPoolHours: Int
  public var swapFlow: SwapFlow
  public var swapPollSeconds: Int
  public var chainPollSeconds: Int
  public var laneRetrySeconds: Int
  /// From one comparison with the outside to the next; 0 where only a person starts one.
  public var reconcileSeconds: Int
  /// Between the two looks of a comparison: what differs in both isn't under way.
  public var reconcilePatienceSeconds: Int
  public var snapshotEvents: Int
  /// A file outside the data folder; nil where nobody witnesses.
  public var witnessPath: String?
  /// Whether the data folder may lie on another machine.
  public var allowsUnsafeDisk: Bool
  /// How each setting came, for `weir config check`.
  public var settings: [Setting]

  public var isSandbox: Bool { environment == .sandbox }

  public struct NOWPayments: Sendable {
    /// Nil in a sandbox: the stand-in's, once it is started.
    public var url: String?
    public var apiKey: Secret
    /// Who may list payments; nil where they aren't listed.
    public var account: Account?
    /// The current secret first.
    public var ipnSecrets: [Secret]
  }

  /// Somebody's account at a provider.
  public struct Account: Sendable {
    public var email: Secret
    public var password: Secret
  }

  public struct SMTP: Sendable {
    public var url: String
    public var user: String
    public var password: Secret
    public var from: String
  }

  public struct ChangeNOW: Sendable {
    /// Nil in a sandbox: the stand-in's, once it is started.
    public var url: String?
    public var apiKey: Secret
    /// Whether a swap whose answer was lost can be found by our own word.
    public var listsSwaps: Bool
  }

  /// The bot that lets subscribers into paid channels, and takes them out again.
  public struct Telegram: Sendable {
    /// Nil in a sandbox: the stand-in's, once it is started.
    public var url: String?
    /// Nil where there is no bot: then nobody is let in or removed by this service.
    public var token: Secret?
    /// The newest first, which stands in the header of updates that Telegram brings; none where
    /// they are asked for.
    public var webhookSecrets: [Secret]
    public var webhookSecret: Secret? { webhookSecrets.first }
    /// The chat that is told of alarms; nil where none is.
    public var alarmChat: String?
    /// The chat that is told every day what is owed to everybody, from which hour on (UTC); nil
    /// where none is, and nothing is published.
    public var liabilitiesChat: String?
    public var liabilitiesHour: Int
    /// Whether offers and wishes for donations are posted into channels.
    public var isPosting: Bool

    public var isOn: Bool { token != nil }

    /// Telegram's number of the bot, which its token begins with; nil where there is none.
    public var bot: String? {
      token.map { String($0.reveal().prefix { $0.isASCII && $0.isNumber }.prefix(20)) }
    }
  }

  public struct Ethereum: Sendable {
    /// Nil in a sandbox: the stand-in's, once it is started; providers put keys into it.
    public var rpcURL: Secret?
    /// Another provider's node; nil where one alone is believed.
    public var secondRPCURL: Secret?
    public var chainID: Int
    public var finality: Finality
    public var maxFeeGwei: Int
    public var maxPriorityFeeGwei: Int
    public var maxGas: Int
    /// Blocks an attempt waits for its receipt before the next one offers more.
    public var bumpAfterBlocks: Int
  }

  /// One person, known by a key that nobody else has.
  public struct Approver: Sendable {
    public let name: String
    public let key: Secret
  }

  /// What makes a mined transaction final.
  public enum Finality: Hashable, Sendable, CustomStringConvertible {
    /// The chain's own word: the block tag `finalized`.
    case finalized
    /// So many blocks, its own among them.
    case confirmations(Int)

    public var description: String {
      switch self {
      case .finalized: "finalized"
      case .confirmations(let count): String(count)
      }
    }
  }

  /// A setting as it was found.
  public struct Setting: Hashable, Sendable {
    public enum Origin: String, Sendable {
      case environment, file, standard
      /// Made for a sandbox and kept in its data folder.
      case generated
    }

    public let name: SettingName
    /// `(secret)` where it is one; nil where there is none.
    public let shown: String?
    public let origin: Origin
  }

  /// Where the provider is to send its notices.
  public var noticeURL: String { (publicURL ?? "http://\(listen)") + "/webhooks/nowpayments" }

  /// What holds as it is and leaves something that nobody can do; each says what to set.
  public var warnings: [String] {
    guard approvers.isEmpty, accountKeys.isEmpty else { return [] }
    return [
      "nobody approves: what is over a cap isn't sent, and a freeze stays; set "
        + "\(SettingName.approverKeys.environmentName) for two people, or "
        + "\(SettingName.accountKey.environmentName) and give two accounts the role approver"
    ]
  }

  /// Every secret there is, for whoever must keep them out of what is printed: a live node's
  /// address among them, whole and the long parts that keys are.
  public var secrets: [Secret] {
    var secrets = nowPayments.ipnSecrets + serviceKeys + operatorKeys + accountKeys
    secrets += approvers.map(\.key)
    if let smtp, !smtp.password.reveal().isEmpty { secrets.append(smtp.password) }
    secrets += [nowPayments.apiKey, changeNOW.apiKey, hostWalletKey]
    if let account = nowPayments.account { secrets.append(account.password) }
    secrets += [telegram.token].compactMap { $0 } + telegram.webhookSecrets
    secrets += ((store?.secrets ?? []) + (tablesStore?.secrets ?? [])).filter { $0.utf8.count >= 8 }
      .map { Secret($0) }
    guard !isSandbox else { return secrets }
    for url in [ethereum.rpcURL, ethereum.secondRPCURL] {
      guard let address = url?.reveal() else { continue }
      let parts = address.split { "/?&=@".contains($0) }.filter { $0.utf8.count >= 16 }
      secrets += [Secret(address)] + parts.map { Secret(String($0)) }
    }
    return secrets
  }
}

/// One thing that is wrong with the configuration; it quotes no value.
public struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  /// The setting, or the file.
  public let name: String
  public let problem: String

  public init(_ name: String, _ problem: String) {
    self.name = name
    self.problem = problem
  }

  public var description: String { "\(name): \(problem)" }
}

/// All that is wrong with the configuration.
public struct ConfigurationFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public let problems: [ConfigurationProblem]

  public init(_ problems: [ConfigurationProblem]) { self.problems = problems }

  public var description: String {
    problems.map(\.description).joined(separator: "\n")
  }
}
