import Engine
import Gateways
public import HTTP
public import Kernel

extension Configuration {
  /// Reads the settings of one file and of the environment, which wins, and checks them.
  ///
  /// Live requires every outside address and key, and refuses stand-ins. A sandbox needs nothing:
  /// keys that aren't set are made once and kept in the data folder's `sandbox`, unless `generates`
  /// is off. Throws everything that is wrong at once, and quotes no value.
  public static func load(
    _ environment: Environment, data: String, listen: HTTPAddress, file: String?,
    variables: [String: String], generates: Bool = true
  ) throws(ConfigurationFailure) -> Configuration {
    let (fromFile, problems) = readFile(file, isLive: environment == .live)
    var reader = SettingsReader(
      isLive: environment == .live, file: fromFile, variables: variables, problems: problems)
    var keys = SandboxKeys(folder: data + "/sandbox", generates: generates)
    let fee = reader.integer(.feeBasisPoints, 0...5_000, standard: 300)
    let tolerance = reader.integer(
      .paymentMinToleranceBasisPoints, 1...10_000, standard: 5_000)
    let isAccumulating = reader.flag(.accumulation, standard: true)
    let configuration = Configuration(
      environment: environment, data: data, store: reader.database(.store),
      tablesStore: reader.database(.tablesStore), listen: listen,
      nowPayments: nowPayments(&reader, &keys), changeNOW: changeNOW(&reader),
      ethereum: ethereum(&reader), telegram: telegram(&reader),
      hostWalletKey: hostWalletKey(&reader, &keys),
      collectWallet: reader.address(.collectWallet),
      serviceKeys: serviceKeys(&reader, &keys), operatorKeys: operatorKeys(&reader, &keys),
      approvers: approvers(&reader, &keys),
      accountKeys: accountKeys(&reader, &keys), smtp: smtp(&reader),
      trustedProxies: reader.words(.trustedProxies), limitsRates: limitsRates(&reader),
      humanCheckBits: humanCheckBits(&reader),
      web: reader.path(.web, isOptional: true),
      opensReads: reader.flag(.openReads, standard: environment == .sandbox),
      publicURL: reader.url(.publicURL, rule: .ours),
      policy: PaymentPolicy(
        fee: BasisPoints(fee) ?? .standardFee,
        tolerance: BasisPoints(tolerance) ?? .standardTolerance, isAccumulating: isAccumulating),
      caps: caps(&reader),
      batchIntervalSeconds: reader.integer(.batchIntervalSeconds, 1...86_400, standard: 300),
      opensBatchesAtOnce: reader.flag(.batchAtOnce, standard: false),
      conversionPoolUSDT: reader.integer(.conversionPoolUSDT, 0...1_000_000, standard: 0),
      conversionPoolHours: reader.integer(.conversionPoolHours, 1...720, standard: 24),
      swapFlow: reader.word(.swapFlow, standard: SwapFlow.fixedRate),
      swapPollSeconds: reader.integer(
        .swapPollSeconds, 1...3_600, standard: environment == .live ? 15 : 1),
      chainPollSeconds: reader.integer(
        .chainPollSeconds, 1...3_600, standard: environment == .live ? 12 : 1),
      laneRetrySeconds: reader.integer(.laneRetrySeconds, 1...86_400, standard: 60),
      reconcileSeconds: reader.integer(.reconcileSeconds, 0...86_400, standard: 600),
      reconcilePatienceSeconds: reader.integer(
        .reconcilePatienceSeconds, 1...3_600, standard: environment == .live ? 120 : 5),
      snapshotEvents: reader.integer(
        .snapshotEvents, 100...1_000_000_000, standard: Int(Keeping.standardEvery)),
      witnessPath: witnessPath(&reader, data: data),
      allowsUnsafeDisk: reader.flag(.allowUnsafeDisk, standard: false), settings: [])
    refuseOneWallet(configuration, &reader)
    let all = reader.allProblems + keys.problems
    guard all.isEmpty else { throw ConfigurationFailure(all) }
    var checked = configuration
    checked.settings = SettingName.allCases.map { name in
      reader.settings.first { $0.name == name }
        ?? Setting(name: name, shown: nil, origin: .standard)
    }
    return checked
  }

  private static func readFile(_ path: String?, isLive: Bool) -> (
    values: [SettingName: String], problems: [ConfigurationProblem]
  ) {
    guard let path else { return ([:], []) }
    do throws(FileText.Failure) {
      let (text, mode) = try FileText.read(path)
      var (values, problems) = ConfigurationFile.read(text, path: path)
      let holdsSecrets = values.keys.contains { $0.isSecret }
      if isLive, holdsSecrets, mode & 0o077 != 0 {
        problems.append(
          ConfigurationProblem(path, "holds secrets and others may read it: chmod 600"))
      }
      return (values, problems)
    } catch {
      return ([:], [ConfigurationProblem(path, error.words)])
    }
  }

  private static func nowPayments(_ reader: inout SettingsReader, _ keys: inout SandboxKeys)
    -> NOWPayments
  {
    let current = reader.secret(.nowpaymentsIPNSecret, least: 16) { keys.text("ipn-secret") }
    let previous = reader.secret(.nowpaymentsIPNSecretPrevious, least: 16, isOptional: true)
    return NOWPayments(
      url: reader.url(.nowpaymentsURL, rule: .provider),
      apiKey: reader.secret(.nowpaymentsAPIKey, least: 16) { "sandbox" } ?? Secret(""),
      account: account(&reader), ipnSecrets: [current, previous].compactMap { $0 })
  }

  private static func account(_ reader: inout SettingsReader) -> Configuration.Account? {
    let email = reader.secret(.nowpaymentsEmail, least: 3, isOptional: true) {
      "sandbox@example.org"
    }
    let password = reader.secret(.nowpaymentsPassword, least: 8, isOptional: true) {
      "sandbox-nowpayments-password"
    }
    guard let email, let password else {
      if email != nil { reader.refuse(.nowpaymentsPassword, "is missing beside the account") }
      if password != nil { reader.refuse(.nowpaymentsEmail, "is missing beside its password") }
      return nil
    }
    return Account(email: email, password: password)
  }

  private static func changeNOW(_ reader: inout SettingsReader) -> ChangeNOW {
    ChangeNOW(
      url: reader.url(.changenowURL, rule: .provider),
      apiKey: reader.secret(.changenowAPIKey, least: 16) { "sandbox" } ?? Secret(""),
      listsSwaps: reader.flag(.changenowLists, standard: !reader.isLive))
  }

  /// Without a token the address means nothing.
  private static func telegram(_ reader: inout SettingsReader) -> Telegram {
    let token = reader.secret(.telegramBotToken, least: 16, isOptional: true)
    let url = reader.url(.telegramURL, rule: .provider, isOptional: true)
    if let token, !token.reveal().utf8.allSatisfy(isTokenByte) {
      reader.refuse(.telegramBotToken, "must be digits, a colon, and letters, digits, - or _")
    }
    var secrets: [Secret] = []
    for name in [SettingName.telegramWebhookSecret, .telegramWebhookSecretPrevious] {
      guard let secret = reader.secret(name, least: 16, isOptional: true) else { continue }
      if !secret.reveal().utf8.allSatisfy({ isTokenByte($0) && $0 != 58 }) {
        reader.refuse(name, "must be letters, digits, - or _")
      }
      if name == .telegramWebhookSecretPrevious, secrets.isEmpty {
        reader.refuse(name, "is the one before, and there is none now")
      }
      secrets.append(secret)
    }
    return Telegram(
      url: url ?? (reader.isLive ? "https://api.telegram.org" : nil), token: token,
      webhookSecrets: secrets, alarmChat: chat(.telegramAlarmChat, &reader),
      liabilitiesChat: chat(.liabilitiesChat, &reader),
      liabilitiesHour: reader.integer(.liabilitiesHour, 0...23, standard: 9),
      isPosting: reader.flag(.telegramPosts, standard: true))
  }

  private static func chat(_ name: SettingName, _ reader: inout SettingsReader) -> String? {
    guard let text = reader.line(name) else { return nil }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    if digits.isEmpty || digits.utf8.count > 16
      || !digits.utf8.allSatisfy({ (48...57).contains($0) })
    {
      reader.refuse(name, "must be Telegram's number of a chat")
    }
    return text
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func ethereum(_ reader: inout SettingsReader) -> Ethereum {
    let isLive = reader.isLive
    let url = reader.url(.ethereumRPCURL, rule: .node)
    let second = reader.url(.ethereumSecondRPCURL, rule: .node, isOptional: true)
    if let second, second == url {
      reader.refuse(.ethereumSecondRPCURL, "is the first node once more")
    }
    if isLive, reader.text(.ethereumChainID) == nil {
      reader.refuse(.ethereumChainID, "is missing: \(SettingName.ethereumChainID.meaning)")
    }
    // Live money is Ethereum's own (C-19); a sandbox names its chain as it likes.
    let chains = isLive ? 1...1 : 1...Int(Int32.max)
    return Ethereum(
      rpcURL: url.map(Secret.init),
      secondRPCURL: second.map(Secret.init),
      chainID: reader.integer(.ethereumChainID, chains, standard: isLive ? 1 : 31_337),
      finality: reader.finality(
        .ethereumConfirmations, standard: isLive ? .finalized : .confirmations(1)),
      maxFeeGwei: reader.integer(.ethereumMaxFeeGwei, 1...10_000, standard: 200),
      maxPriorityFeeGwei: reader.integer(.ethereumMaxPriorityFeeGwei, 0...1_000, standard: 10),
      maxGas: reader.integer(.ethereumMaxGas, 21_000...10_000_000, standard: 300_000),
      bumpAfterBlocks: reader.integer(.ethereumBumpAfterBlocks, 1...10_000, standard: 12))
  }

  /// A witness in the data folder would be lost, restored and rewritten with it.
  private static func witnessPath(_ reader: inout SettingsReader, data: String) -> String? {
    guard let path = reader.path(.witnessPath, isOptional: true) else { return nil }
    guard path.hasPrefix("/"), !path.hasSuffix("/") else {
      reader.refuse(.witnessPath, "must be a file's whole path")
      return nil
    }
    let folder = data.hasSuffix("/") ? data : data + "/"
    if path.hasPrefix(folder) { reader.refuse(.witnessPath, "must lie outside the data folder") }
    return path
  }

  private static func serviceKeys(_ reader: inout SettingsReader, _ keys: inout SandboxKeys)
    -> [Secret]
  {
    let current = reader.secret(.serviceKey, least: 32) { keys.text("service-key") }
    let previous = reader.secret(.serviceKeyPrevious, least: 32, isOptional: true)
    return [current, previous].compactMap { $0 }
  }

  private static func operatorKeys(_ reader: inout SettingsReader, _ keys: inout SandboxKeys)
    -> [Secret]
  {
    let current = reader.secret(.operatorKey, least: 32, isOptional: true) {
      keys.text("operator-key")
    }
    let previous = reader.secret(.operatorKeyPrevious, least: 32, isOptional: true)
    return [current, previous].compactMap { $0 }
  }

  /// What pays mustn't receive deposits: it could not be drained and left then (CH-27).
  private static func refuseOneWallet(
    _ configuration: Configuration, _ reader: inout SettingsReader
  ) {
    guard let collects = configuration.collectWallet,
      let key = EthereumKey(hex: configuration.hostWalletKey.reveal()),
      collects.lowercased() == key.address.lowercased()
    else { return }
    reader.refuse(.collectWallet, "is the host wallet's address, and must be another one")
  }

  /// One key must not open two doors: an approver is neither the operators nor whoever signs
  /// sessions, which is everybody.
  private static func approvers(_ reader: inout SettingsReader, _ keys: inout SandboxKeys)
    -> [Approver]
  {
    let approvers = reader.approvers(.approverKeys) {
      SandboxKeys.approvers.map {
        Approver(name: $0, key: Secret(keys.text(SandboxKeys.file(ofApprover: $0))))
      }
    }
    let names: [SettingName] = [
      .serviceKey, .serviceKeyPrevious, .operatorKey, .operatorKeyPrevious, .accountKey,
      .accountKeyPrevious,
    ]
    let others = names.compactMap { reader.text($0) }
    if approvers.contains(where: { approver in others.contains { approver.key.matches($0) } }) {
      reader.refuse(.approverKeys, "holds a key that is the service's, operators' or accounts'")
    }
    return approvers
  }

  private static func caps(_ reader: inout SettingsReader) -> Caps {
    Caps(
      transfer: reader.amounts(.transferCaps), clientDay: reader.amounts(.clientDayCaps),
      walletDay: reader.amounts(.walletDayCaps),
      plausible: reader.integer(
        .plausibleBasisPoints, 0...1_000_000, standard: reader.isLive ? 20_000 : 0))
  }

  private static func hostWalletKey(_ reader: inout SettingsReader, _ keys: inout SandboxKeys)
    -> Secret
  {
    guard let path = reader.path(.hostWalletKeyFile) else {
      return Secret(reader.isLive ? "" : keys.text("host-wallet-key"))
    }
    do throws(FileText.Failure) {
      let (text, mode) = try FileText.read(path)
      if mode & 0o077 != 0 {
        reader.refuse(.hostWalletKeyFile, "names a file that others may read: chmod 600")
      }
      guard EthereumKey(hex: text.trimmed) != nil else {
        reader.refuse(.hostWalletKeyFile, "names a file without a private key of 64 hex digits")
        return Secret("")
      }
      return Secret(text.trimmed)
    } catch {
      reader.refuse(.hostWalletKeyFile, error.words)
      return Secret("")
    }
  }
}
