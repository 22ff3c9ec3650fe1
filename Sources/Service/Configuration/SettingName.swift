/// Every setting there is: a line of the file in lower case, `WEIR_` and upper case in the
/// environment, which wins.
public enum SettingName: String, CaseIterable, Sendable {
  case nowpaymentsIPNSecret = "nowpayments_ipn_secret"
  case nowpaymentsIPNSecretPrevious = "nowpayments_ipn_secret_previous"
  case nowpaymentsAPIKey = "nowpayments_api_key"
  case nowpaymentsURL = "nowpayments_url"
  case nowpaymentsEmail = "nowpayments_email"
  case nowpaymentsPassword = "nowpayments_password"
  case changenowAPIKey = "changenow_api_key"
  case changenowURL = "changenow_url"
  case changenowLists = "changenow_lists"
  case telegramBotToken = "telegram_bot_token"
  case telegramURL = "telegram_url"
  case telegramWebhookSecret = "telegram_webhook_secret"
  case telegramWebhookSecretPrevious = "telegram_webhook_secret_previous"
  case telegramAlarmChat = "telegram_alarm_chat"
  case telegramPosts = "telegram_posts"
  case liabilitiesChat = "liabilities_chat"
  case liabilitiesHour = "liabilities_hour"
  case ethereumRPCURL = "ethereum_rpc_url"
  case ethereumSecondRPCURL = "ethereum_second_rpc_url"
  case ethereumChainID = "ethereum_chain_id"
  case ethereumConfirmations = "ethereum_confirmations"
  case ethereumMaxFeeGwei = "ethereum_max_fee_gwei"
  case ethereumMaxPriorityFeeGwei = "ethereum_max_priority_fee_gwei"
  case ethereumMaxGas = "ethereum_max_gas"
  case ethereumBumpAfterBlocks = "ethereum_bump_after_blocks"
  case hostWalletKeyFile = "host_wallet_key_file"
  case collectWallet = "collect_wallet"
  case serviceKey = "service_key"
  case serviceKeyPrevious = "service_key_previous"
  case operatorKey = "operator_key"
  case operatorKeyPrevious = "operator_key_previous"
  case approverKeys = "approver_keys"
  case accountKey = "account_key"
  case accountKeyPrevious = "account_key_previous"
  case smtpURL = "smtp_url"
  case smtpUser = "smtp_user"
  case smtpPassword = "smtp_password"
  case mailFrom = "mail_from"
  case trustedProxies = "trusted_proxies"
  case rateLimits = "rate_limits"
  case humanCheckBits = "human_check_bits"
  case web
  case openReads = "open_reads"
  case publicURL = "public_url"
  case feeBasisPoints = "fee_basis_points"
  case paymentMinToleranceBasisPoints = "payment_min_tolerance_basis_points"
  case accumulation = "accumulation"
  case transferCaps = "transfer_caps"
  case clientDayCaps = "client_day_caps"
  case walletDayCaps = "wallet_day_caps"
  case plausibleBasisPoints = "plausible_basis_points"
  case batchIntervalSeconds = "batch_interval_seconds"
  case batchAtOnce = "batch_at_once"
  case conversionPoolUSDT = "conversion_pool_usdt"
  case conversionPoolHours = "conversion_pool_hours"
  case swapFlow = "swap_flow"
  case swapPollSeconds = "swap_poll_seconds"
  case chainPollSeconds = "chain_poll_seconds"
  case laneRetrySeconds = "lane_retry_seconds"
  case reconcileSeconds = "reconcile_seconds"
  case reconcilePatienceSeconds = "reconcile_patience_seconds"
  case snapshotEvents = "snapshot_events"
  case witnessPath = "witness_path"
  case allowUnsafeDisk = "allow_unsafe_disk"
  case store = "store"
  case tablesStore = "tables_store"

  /// The name in the environment.
  public var environmentName: String { "WEIR_" + rawValue.uppercased() }

  /// True where the value must not be shown.
  public var isSecret: Bool {
    switch self {
    case .nowpaymentsIPNSecret, .nowpaymentsIPNSecretPrevious, .nowpaymentsAPIKey,
      .nowpaymentsEmail, .nowpaymentsPassword, .changenowAPIKey, .serviceKey, .serviceKeyPrevious,
      .operatorKey, .operatorKeyPrevious, .approverKeys, .accountKey, .accountKeyPrevious,
      .smtpPassword, .ethereumRPCURL, .ethereumSecondRPCURL, .telegramBotToken,
      .telegramWebhookSecret, .telegramWebhookSecretPrevious, .store, .tablesStore:
      true
    case .nowpaymentsURL, .telegramURL, .telegramAlarmChat, .telegramPosts, .liabilitiesChat,
      .liabilitiesHour, .changenowURL, .changenowLists, .ethereumChainID,
      .ethereumConfirmations, .ethereumMaxFeeGwei, .ethereumMaxPriorityFeeGwei, .ethereumMaxGas,
      .ethereumBumpAfterBlocks, .hostWalletKeyFile, .collectWallet, .openReads, .publicURL,
      .feeBasisPoints,
      .paymentMinToleranceBasisPoints, .accumulation, .transferCaps, .clientDayCaps,
      .walletDayCaps, .plausibleBasisPoints, .batchIntervalSeconds, .batchAtOnce,
      .conversionPoolUSDT, .conversionPoolHours, .swapFlow, .swapPollSeconds, .chainPollSeconds,
      .laneRetrySeconds, .reconcileSeconds, .reconcilePatienceSeconds, .snapshotEvents,
      .witnessPath, .allowUnsafeDisk, .smtpURL, .smtpUser, .mailFrom, .trustedProxies,
      .rateLimits, .humanCheckBits, .web:
      false
    }
  }

  /// What it is for, in a line.
  public var meaning: String {
    switch self {
    case .nowpaymentsIPNSecret: "key of the provider's signatures on notices"
    case .nowpaymentsIPNSecretPrevious, .telegramWebhookSecretPrevious, .serviceKeyPrevious,
      .operatorKeyPrevious, .accountKeyPrevious:
      "the one before, honoured while it is being changed"
    case .nowpaymentsAPIKey: "key for making invoices and asking for payments"
    case .nowpaymentsURL: "base address of NOWPayments"
    case .nowpaymentsEmail: "account that may list payments, so that none is missed"
    case .nowpaymentsPassword: "its password"
    case .changenowAPIKey: "key for swaps"
    case .changenowURL: "base address of ChangeNOW"
    case .changenowLists: "whether ChangeNOW lists our swaps, as it does on request"
    case .telegramBotToken: "the bot's token; without one nobody is let into channels"
    case .telegramURL: "base address of Telegram's Bot API"
    case .telegramAlarmChat: "number of a chat that the bot tells of alarms"
    case .liabilitiesChat: "number of a chat that is told every day what is owed to everybody"
    case .liabilitiesHour: "hour of the day, in UTC, from which on it is told"
    case .telegramPosts: "whether the bot posts offers and donation messages into channels"
    case .telegramWebhookSecret: "has Telegram bring updates to `public_url`, with this in a header"
    case .ethereumRPCURL: "JSON-RPC address of an Ethereum node; it may hold a key"
    case .ethereumSecondRPCURL: "another provider's node: transfers count where both agree"
    case .ethereumChainID: "the chain the node must be on"
    case .ethereumConfirmations: "blocks that make a transfer final, or `finalized`"
    case .ethereumMaxFeeGwei: "most gwei a gas unit may cost"
    case .ethereumMaxPriorityFeeGwei: "most gwei a gas unit may tip"
    case .ethereumMaxGas: "most gas units a transfer may use"
    case .ethereumBumpAfterBlocks: "blocks a transfer waits to be mined before it offers more"
    case .hostWalletKeyFile: "file with the host wallet's private key, mode 0600"
    case .collectWallet: "address that deposits come back to, another one than the host wallet's"
    case .serviceKey: "key of those who may write, at least 32 characters"
    case .operatorKey: "key of operators; without one /api/admin refuses everybody"
    case .approverKeys: "a key each for those who approve beside accounts, `ana=KEY, ben=KEY`"
    case .accountKey: "signs sessions, at least 32 characters; without it nobody signs in"
    case .smtpURL: "where mail is handed in, `smtps://host:465` or `smtp://host:587`"
    case .smtpUser: "who we are to that server"
    case .smtpPassword: "password of that user"
    case .mailFrom: "sender's address of our mails"
    case .trustedProxies: "addresses of reverse proxies whose X-Forwarded-For is believed"
    case .rateLimits: "whether limits on how often something is asked hold; off in a sandbox only"
    case .humanCheckBits: "zeros that forms' proofs of work begin with; 0 in a sandbox only"
    case .web: "folder of the built web app"
    case .openReads: "whether reads need no key; on only in the sandbox"
    case .publicURL: "where the provider reaches this service"
    case .feeBasisPoints: "the platform's share, in hundredths of a percent"
    case .paymentMinToleranceBasisPoints: "least part of a price that must arrive"
    case .accumulation: "off pays everybody at once, with an alarm"
    case .transferCaps: "most that one transfer sends without two people, `5000 USDT-ETH`"
    case .clientDayCaps: "the same to one client on one day"
    case .walletDayCaps: "the same out of the wallet on one day"
    case .plausibleBasisPoints: "most of its orders' prices a client is sent in USDT; 0 for any"
    case .batchIntervalSeconds: "time between two batch runs"
    case .batchAtOnce: "whether a crossed threshold starts a run"
    case .conversionPoolUSDT:
      "USDT that a client's payments in one coin gather before one swap; 0 swaps each at once"
    case .conversionPoolHours: "hours after which such a pool is swapped, whatever it is worth"
    case .swapFlow: "fixed-rate or standard"
    case .swapPollSeconds: "time between two looks at a swap"
    case .chainPollSeconds: "time between two looks at a transfer"
    case .laneRetrySeconds: "time between two tries of an outside call"
    case .reconcileSeconds: "time between two comparisons with the outside; 0 for none by itself"
    case .reconcilePatienceSeconds: "how long what differs may be under way"
    case .snapshotEvents: "events between two snapshots of the service's state"
    case .witnessPath: "file on another disk that every checkpoint of the log is appended to"
    case .store: "database that keeps the log, postgres://…; files of the data folder without it"
    case .tablesStore: "database that gets the tables as well, postgres://…; one node keeps them"
    case .allowUnsafeDisk: "on lets the data folder lie on NFS or SMB, against all advice"
    }
  }
}
