/// One option of a command.
struct Option: Sendable {
  let name: String
  /// What its value is called; nil where it has none.
  let value: String?
  let meaning: String
  let isRequired: Bool

  init(_ name: String, _ value: String? = nil, _ meaning: String, isRequired: Bool = false) {
    self.name = name
    self.value = value
    self.meaning = meaning
    self.isRequired = isRequired
  }

  var shown: String { "--\(name)" + (value.map { " \($0)" } ?? "") }
}

/// A command line taken apart by its command's options.
struct Arguments {
  private(set) var values: [String: String] = [:]
  private(set) var flags: Set<String> = []
  private(set) var operands: [String] = []
  let terminal: Terminal

  /// `--name value`, `--name=value`, `--flag`, and `--` before operands that begin with a dash.
  ///
  /// An operand such as `-1001234567890` is one: options have two dashes.
  init(_ words: [String], for command: Command, terminal: Terminal) throws(Failure) {
    self.terminal = terminal
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      guard word.hasPrefix("--") else {
        operands.append(word)
        continue
      }
      let body = word.dropFirst(2)
      let name = String(body.prefix { $0 != "=" })
      guard let option = command.options.first(where: { $0.name == name }) else {
        throw Failure(.usage, "\(command.name) has no option --\(name.prefix(40))")
      }
      let inline = body.firstIndex(of: "=").map { String(body[body.index(after: $0)...]) }
      guard values[name] == nil, !flags.contains(name) else {
        throw Failure(.usage, "--\(name) stands twice")
      }
      if option.value == nil {
        guard inline == nil else { throw Failure(.usage, "--\(name) takes no value") }
        flags.insert(name)
      } else {
        guard let value = inline ?? rest.popFirst(), !value.isEmpty else {
          throw Failure(.usage, "--\(name) needs a value")
        }
        values[name] = value
      }
    }
    for option in command.options where option.isRequired && values[option.name] == nil {
      throw Failure(.usage, "\(command.name) needs \(option.shown)")
    }
    guard command.operands.contains(operands.count) else {
      throw Failure(.usage, "usage: \(command.usage)")
    }
  }

  subscript(name: String) -> String? { values[name] }
  func has(_ flag: String) -> Bool { flags.contains(flag) }

  /// The value of a required option.
  func required(_ name: String) -> String {
    guard let value = values[name] else {
      preconditionFailure("--\(name) is not required by its command")
    }
    return value
  }

  func number(_ name: String, standard: UInt64) throws(Failure) -> UInt64 {
    guard let text = values[name] else { return standard }
    guard let number = UInt64(text) else { throw Failure(.usage, "--\(name) must be a number") }
    return number
  }
}
