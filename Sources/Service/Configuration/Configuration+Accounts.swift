import Kernel

extension Configuration {
  static func accountKeys(_ reader: inout SettingsReader, _ keys: inout SandboxKeys) -> [Secret] {
    let current = reader.secret(.accountKey, least: 32, isOptional: true) {
      keys.text("account-key")
    }
    let previous = reader.secret(.accountKeyPrevious, least: 32, isOptional: true)
    return [current, previous].compactMap { $0 }
  }

  /// Accounts without mail could never confirm an address: live they need a server for it.
  static func smtp(_ reader: inout SettingsReader) -> SMTP? {
    let url = reader.text(.smtpURL)
    if reader.isLive, reader.text(.accountKey) != nil, url == nil {
      reader.refuse(.smtpURL, "is missing: \(SettingName.smtpURL.meaning)")
    }
    let user = reader.line(.smtpUser) ?? ""
    let password = reader.secret(.smtpPassword, least: 1, isOptional: true)
    let from = reader.line(.mailFrom)
    guard let address = reader.line(.smtpURL) else { return nil }
    guard address.hasPrefix("smtps://") || address.hasPrefix("smtp://"), !address.contains("@")
    else {
      reader.refuse(.smtpURL, "must begin with smtps:// or smtp://, without a user")
      return nil
    }
    guard let from, AccountText.isEmail(from) else {
      reader.refuse(.mailFrom, "must be an e-mail address")
      return nil
    }
    return SMTP(url: address, user: user, password: password ?? Secret(""), from: from)
  }

  static func limitsRates(_ reader: inout SettingsReader) -> Bool {
    let isOn = reader.flag(.rateLimits, standard: true)
    if reader.isLive, !isOn { reader.refuse(.rateLimits, "may be off in a sandbox only") }
    return isOn
  }

  /// 16 take a browser about a second.
  static func humanCheckBits(_ reader: inout SettingsReader) -> Int {
    let bits = reader.integer(
      .humanCheckBits, 0...HumanCheck.bitsMost, standard: reader.isLive ? 16 : 0)
    if reader.isLive, bits == 0 { reader.refuse(.humanCheckBits, "may be 0 in a sandbox only") }
    return bits
  }
}

extension SettingsReader {
  /// A line of text that is no secret; nil where it isn't set.
  mutating func line(_ name: SettingName) -> String? {
    let text = words(name, separator: nil).first
    return text
  }
}
