import HTTP
import JSON
import Kernel
import Service

extension Command {
  static let configCheck = Command(
    "config check", "Lists every problem of the configuration at once, or what it says",
    options: [
      Option("config", "FILE", "settings as `name = \"value\"` lines"),
      Option("sandbox", nil, "check for the sandbox, which needs nothing"), jsonOption,
    ],
    notes: [
      "Each setting is also a variable, WEIR_ and its name in capitals, which wins:"
    ] + SettingName.allCases.map { "  \($0.environmentName): \($0.meaning)" }
  ) { (arguments) throws(Failure) in
    let terminal = arguments.terminal
    do throws(ConfigurationFailure) {
      let configuration = try Configuration.load(
        arguments.has("sandbox") ? .sandbox : .live, data: ".",
        listen: HTTPAddress(host: "127.0.0.1", port: 8080), file: arguments["config"],
        variables: Terminal.environment, generates: false)
      var table = TextTable(["SETTING", "VALUE", "FROM"])
      for setting in configuration.settings {
        if arguments.has("json") {
          terminal.put(
            JSONValue.object([
              "setting": .string(setting.name.rawValue),
              "value": setting.shown.map(JSONValue.string) ?? .null,
              "from": .string(setting.origin.rawValue),
            ]).written(.asIs))
        } else {
          table.add([setting.name.rawValue, setting.shown ?? "", setting.origin.rawValue])
        }
      }
      if !arguments.has("json") { table.lines.forEach(terminal.put) }
      configuration.warnings.forEach { terminal.say("weir: warning: \($0)") }
      return .success
    } catch {
      if arguments.has("json") {
        for problem in error.problems {
          terminal.put(
            JSONValue.object([
              "setting": .string(problem.name), "problem": .string(problem.problem),
            ]).written(.asIs))
        }
      }
      let count = error.problems.count
      throw Failure(
        .refused, "\(count) \(count == 1 ? "problem" : "problems")\n\(error.description)")
    }
  }
}
