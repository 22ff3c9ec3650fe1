import Glibc

// The program's front page: `weir COMMAND …`, a table of commands, one table of exit codes.
//
//   Command.swift   what a command is, and which there are
//   Arguments.swift the command line taken apart
//   Terminal.swift  data on stdout, talk on stderr
//   …Command.swift  a file a command

enum WeirTool {
  static let version = "0.1.0"

  static func run(_ words: [String]) -> ExitCode {
    // A reader of our output that goes away is an error of a write, not a signal.
    signal(SIGPIPE, SIG_IGN)
    let terminal = Terminal()
    defer { terminal.flush() }
    do throws(Failure) {
      return try run(words, terminal)
    } catch {
      terminal.flush()
      for line in error.words.split(separator: "\n", omittingEmptySubsequences: false) {
        terminal.complain(String(line))
      }
      return error.code
    }
  }

  private static func run(_ words: [String], _ terminal: Terminal) throws(Failure) -> ExitCode {
    if words == ["--version"] || words == ["version"] {
      terminal.put("weir \(version)")
      return .success
    }
    let asksHelp = words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    let plain = words.filter { $0 != "--help" && $0 != "-h" }
    guard let first = plain.first, first != "help" else {
      let help = overview
      if asksHelp || words.first == "help" {
        help.forEach(terminal.put)
        return .success
      }
      help.forEach(terminal.say)
      return .usage
    }
    let two = plain.prefix(2).joined(separator: " ")
    if let command = Command.all.first(where: { $0.name == two || $0.name == first }) {
      if asksHelp {
        (command.help + exitCodes).forEach(terminal.put)
        return .success
      }
      let count = command.name.split(separator: " ").count
      return try command.run(
        Arguments(Array(words.dropFirst(count)), for: command, terminal: terminal))
    }
    let family = Command.all.filter { $0.name.hasPrefix(first + " ") }
    guard !family.isEmpty else {
      throw Failure(.usage, "there is no command \(first.prefix(40)); see weir --help")
    }
    if asksHelp {
      family.forEach { terminal.put("\($0.usage)\n    \($0.summary)") }
      return .success
    }
    let names = family.map(\.name).joined(separator: ", ")
    throw Failure(.usage, "there are \(names); see weir --help")
  }

  private static var overview: [String] {
    let width = Command.all.map(\.name.count).max() ?? 0
    let commands = Command.all.map { command in
      let space = String(repeating: " ", count: width - command.name.count)
      return "  \(command.name)\(space)  \(command.summary)"
    }
    return ["usage: weir COMMAND [options]", "", "commands:"] + commands
      + ["", "weir COMMAND --help tells more; weir --version names the version."] + exitCodes
  }

  private static var exitCodes: [String] {
    ["", "exit codes:"]
      + ExitCode.allCases.map { code in
        let number = String(code.rawValue)
        return "  \(String(repeating: " ", count: 2 - number.count))\(number)  \(code.meaning)"
      }
  }
}
