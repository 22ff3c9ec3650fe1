// The second person of what one alone may not decide: known by a key, where the directory has keys.

extension Configuration {
  /// Why somebody isn't the second person, in words; nil where they are.
  ///
  /// Where approvers have keys, the file must hold the one of the approver of that name. Where none
  /// is configured, accounts approve, which nobody can sign in to while the service is down: there
  /// the name alone stands in the log.
  public func obstacle(toSecond name: String, keyAt path: String?) -> String? {
    guard !approvers.isEmpty else { return nil }
    guard let approver = approvers.first(where: { $0.name.lowercased() == name.lowercased() })
    else { return "--second names no approver of the settings" }
    guard let path else { return "--second-key must name the file with \(approver.name)'s key" }
    do throws(FileText.Failure) {
      let given = try FileText.read(path).text.trimmed
      return approver.key.matches(given) ? nil : "\(path): not the key of \(approver.name)"
    } catch {
      return "\(path): \(error.words)"
    }
  }
}
