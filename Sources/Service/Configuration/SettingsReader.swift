import Gateways
import Kernel
import PostgresLog

/// Takes settings one by one, each with its rule, and gathers what is wrong with them.
///
/// A message names the setting and the rule and never quotes the value.
struct SettingsReader {
  let isLive: Bool
  private var values: [SettingName: (text: String, origin: Configuration.Setting.Origin)] = [:]
  private(set) var problems: [ConfigurationProblem] = []
  private(set) var settings: [Configuration.Setting] = []

  /// Variables win over the file's values; both are trimmed, and an empty one counts as absent.
  init(
    isLive: Bool, file: [SettingName: String], variables: [String: String],
    problems: [ConfigurationProblem]
  ) {
    self.isLive = isLive
    self.problems = problems
    for (name, text) in file where !text.isEmpty { values[name] = (text, .file) }
    for (variable, text) in variables.sorted(by: { $0.key < $1.key }) {
      guard variable.hasPrefix("WEIR_"), !variable.hasPrefix("WEIR_TEST_") else { continue }
      guard let name = SettingName(rawValue: variable.dropFirst(5).lowercased()),
        name.environmentName == variable
      else {
        self.problems.append(ConfigurationProblem(variable.shown, "is no setting"))
        continue
      }
      if !text.trimmed.isEmpty { values[name] = (text.trimmed, .environment) }
    }
  }

  mutating func refuse(_ name: SettingName, _ problem: String) {
    problems.append(ConfigurationProblem(name.environmentName, problem))
  }

  /// Sorted by name of setting, and each problem once.
  var allProblems: [ConfigurationProblem] {
    var seen = Set<ConfigurationProblem>()
    return problems.filter { seen.insert($0).inserted }
  }

  private mutating func note(
    _ name: SettingName, _ shown: String?, _ origin: Configuration.Setting.Origin
  ) {
    let shown = shown.map { name.isSecret ? Secret($0).description : $0 }
    settings.append(Configuration.Setting(name: name, shown: shown, origin: origin))
  }

  /// The value, or the standard one where there is none; nil where it breaks the rule, told.
  private mutating func take<T>(
    _ name: SettingName, standard: T?, shownStandard: String? = nil, rule: String,
    _ read: (String) -> T?
  ) -> T? {
    guard let (text, origin) = values[name] else {
      if standard == nil, isLive { refuse(name, "is missing: \(name.meaning)") }
      note(name, shownStandard, .standard)
      return standard
    }
    guard let value = read(text) else {
      refuse(name, rule)
      return standard
    }
    note(name, text, origin)
    return value
  }

  /// The text of a setting as it stands, where it is set.
  func text(_ name: SettingName) -> String? { values[name]?.text }

  mutating func integer(_ name: SettingName, _ range: ClosedRange<Int>, standard: Int) -> Int {
    take(
      name, standard: standard, shownStandard: String(standard),
      rule: "must be a whole number from \(range.lowerBound) to \(range.upperBound)"
    ) { text in
      guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text),
        range.contains(value)
      else { return nil }
      return value
    } ?? standard
  }

  mutating func flag(_ name: SettingName, standard: Bool) -> Bool {
    take(
      name, standard: standard, shownStandard: standard ? "on" : "off", rule: "must be on or off"
    ) { text in
      switch text.lowercased() {
      case "on", "true", "yes", "1": true
      case "off", "false", "no", "0": false
      default: nil
      }
    } ?? standard
  }

  /// Amounts such as `5000 USDT-ETH, 2 ETH-ETH`; none where it isn't set.
  mutating func amounts(_ name: SettingName) -> [Money] {
    take(
      name, standard: [],
      rule: "must be amounts such as `5000 USDT-ETH, 2 ETH-ETH`, of what the wallet can send"
    ) { text in
      var amounts: [Money] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let words = part.split(separator: " ")
        guard words.count == 2, let asset = Asset(text: String(words[1])), asset.isSendable,
          let amount = Money(String(words[0]), asset), amount.isPositive,
          !amounts.contains(where: { $0.asset == asset })
        else { return nil }
        amounts.append(amount)
      }
      return amounts
    } ?? []
  }

  /// Words with commas between them, or one line where there is no separator; none where it isn't
  /// set.
  mutating func words(_ name: SettingName, separator: Character? = ",") -> [String] {
    take(name, standard: [], rule: "must be printable ASCII") { text in
      guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f || $0 == 0x20 }) else { return nil }
      guard let separator else { return [text] }
      return text.split(separator: separator).map(\.trimmed).filter { !$0.isEmpty }
    } ?? []
  }

  mutating func word<W: Word>(_ name: SettingName, standard: W) -> W {
    let words = W.allCases.map(\.rawValue).joined(separator: " or ")
    return take(
      name, standard: standard, shownStandard: standard.rawValue, rule: "must be \(words)",
      W.init(text:)) ?? standard
  }

  mutating func finality(_ name: SettingName, standard: Configuration.Finality)
    -> Configuration.Finality
  {
    take(
      name, standard: standard, shownStandard: standard.description,
      rule: "must be `finalized` or a number of blocks from 1 to 1000"
    ) { text in
      if text == "finalized" { return .finalized }
      guard let count = Int(text), (1...1000).contains(count) else { return nil }
      return .confirmations(count)
    } ?? standard
  }

  /// A secret value; `fallback` stands in where a sandbox has none.
  mutating func secret(
    _ name: SettingName, least: Int, isOptional: Bool = false, fallback: () -> String? = { nil }
  ) -> Secret? {
    guard let (text, origin) = values[name] else {
      if isLive, !isOptional {
        refuse(name, "is missing: \(name.meaning)")
      } else if !isLive, let made = fallback() {
        note(name, made, .generated)
        return Secret(made)
      }
      return nil
    }
    if let obstacle = SecretRule.obstacle(text, least: isLive ? least : 1) {
      refuse(name, obstacle)
      return nil
    }
    note(name, text, origin)
    return Secret(text)
  }

  /// An Ethereum address with its checksum right; nil where it isn't set.
  mutating func address(_ name: SettingName) -> String? {
    guard let (text, origin) = values[name] else { return nil }
    if let obstacle = PayoutAddress.obstacle(text, of: .eth) {
      refuse(name, obstacle)
      return nil
    }
    note(name, text, origin)
    return text
  }

  /// `ana=KEY, ben=KEY`: names and keys that are all different, of two people at least, or of one
  /// where accounts may be the others; none where it isn't set, but for a sandbox, which makes its
  /// own.
  mutating func approvers(
    _ name: SettingName, made: () -> [Configuration.Approver]
  ) -> [Configuration.Approver] {
    guard let (text, origin) = values[name] else {
      guard !isLive else { return [] }
      note(name, "made", .generated)
      return made()
    }
    var approvers: [Configuration.Approver] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
      guard words.count == 2, words[0].isActorName else {
        refuse(name, "must be names and keys such as `ana=KEY, ben=KEY`")
        return []
      }
      if let obstacle = SecretRule.obstacle(words[1], least: isLive ? 32 : 1) {
        refuse(name, "has a key that \(obstacle)")
        return []
      }
      let isTaken = approvers.contains {
        $0.name.lowercased() == words[0].lowercased() || $0.key.matches(words[1])
      }
      if isTaken { refuse(name, "names a person or a key twice") }
      approvers.append(Configuration.Approver(name: words[0], key: Secret(words[1])))
    }
    if approvers.count < Limits.approversLeast, self.text(.accountKey) == nil {
      refuse(name, "must name \(Limits.approversLeast) people at least where accounts are off")
    }
    note(name, text, origin)
    return approvers
  }

  mutating func path(_ name: SettingName, isOptional: Bool = false) -> String? {
    guard let (text, origin) = values[name] else {
      if isLive, !isOptional { refuse(name, "is missing: \(name.meaning)") }
      return nil
    }
    if SecretRule.looksLikeKey(text) {
      refuse(name, "holds a key, and must be the path of a file that does")
      return nil
    }
    note(name, text, origin)
    return text
  }

  /// Where a database is; nil where that isn't said.
  mutating func database(_ name: SettingName) -> PostgresURL? {
    guard let (text, origin) = values[name] else { return nil }
    var why = ""
    guard let url = PostgresURL(text, why: &why) else {
      refuse(name, why)
      return nil
    }
    note(name, text, origin)
    return url
  }

  /// A base address, without a slash at the end.
  mutating func url(
    _ name: SettingName, rule: AddressRule, isOptional: Bool = false
  ) -> String? {
    guard let (text, origin) = values[name] else {
      if isLive, !isOptional { refuse(name, "is missing: \(name.meaning)") }
      return nil
    }
    switch rule.check(text, isLive: isLive) {
    case .failure(let obstacle):
      refuse(name, obstacle.words)
      return nil
    case .success(let address):
      note(name, address, origin)
      return address
    }
  }
}
