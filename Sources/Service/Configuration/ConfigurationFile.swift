/// The settings file: `name = "value"` lines, `#` comments, names with or without `WEIR_`.
enum ConfigurationFile {
  /// The values of a text by name, and what is wrong with its lines.
  static func read(_ text: String, path: String) -> (
    values: [SettingName: String], problems: [ConfigurationProblem]
  ) {
    var values: [SettingName: String] = [:]
    var problems: [ConfigurationProblem] = []
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in lines.enumerated() {
      let line = line.trimmed
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      let place = "\(path):\(index + 1)"
      guard let mark = line.firstIndex(of: "=") else {
        problems.append(ConfigurationProblem(place, "not of the form name = \"value\""))
        continue
      }
      let written = line[..<mark].trimmed
      guard let name = SettingName(written: written) else {
        problems.append(ConfigurationProblem(place, "\(written.shown) is no setting"))
        continue
      }
      guard let value = value(line[line.index(after: mark)...].trimmed) else {
        problems.append(ConfigurationProblem(place, "the value's quotes don't close"))
        continue
      }
      if values.updateValue(value, forKey: name) != nil {
        problems.append(ConfigurationProblem(place, "\(name.rawValue) stands twice"))
      }
    }
    return (values, problems)
  }

  /// A quoted value with nothing but a comment behind it, or a bare one up to a comment.
  private static func value(_ text: String) -> String? {
    guard let quote = text.first, quote == "\"" || quote == "'" else {
      guard let mark = text.firstRange(of: " #") else { return text }
      return String(text[..<mark.lowerBound]).trimmed
    }
    let inner = text.dropFirst()
    guard let end = inner.firstIndex(of: quote) else { return nil }
    let rest = String(inner[inner.index(after: end)...]).trimmed
    return rest.isEmpty || rest.hasPrefix("#") ? String(inner[..<end]).trimmed : nil
  }
}

extension SettingName {
  /// Reads a name as a file has it, in any case, with or without `WEIR_`.
  init?(written: String) {
    let lower = written.lowercased()
    self.init(rawValue: lower.hasPrefix("weir_") ? String(lower.dropFirst(5)) : lower)
  }
}

extension StringProtocol {
  /// Without white space and line ends around it (P-61).
  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }

  /// As a name in a message: cut and without control characters, for it may be anything.
  var shown: String {
    String(
      prefix(40).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : $0 }
        .map(Character.init))
  }
}
