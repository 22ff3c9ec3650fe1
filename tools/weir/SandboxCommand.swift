import Glibc
import HTTP
import JSON
import Kernel
import Sandbox
import Service

extension Command {
  static let sandbox = Command(
    "sandbox", "Runs the providers' stand-ins alone, for a service that runs elsewhere",
    options: [
      Option("data", "DIR", "the service's data folder, whose keys they share", isRequired: true),
      Option("ports", "FIRST", "five ports in a row from this one; any free ones without it"),
    ],
    notes: ["Prints their addresses as one JSON object once they listen."]
  ) { (arguments) throws(Failure) in
    var first = 0
    if let text = arguments["ports"] {
      guard let port = Int(text), (1...65_531).contains(port) else {
        throw Failure(.usage, "--ports must be a port")
      }
      first = port
    }
    var configuration: Configuration
    do throws(ConfigurationFailure) {
      configuration = try Configuration.load(
        .sandbox, data: arguments.required("data"),
        listen: HTTPAddress(host: "127.0.0.1", port: 0), file: nil,
        variables: Terminal.environment)
    } catch {
      throw Failure(.refused, "\(error)")
    }
    let signals = StopSignals()
    do throws(SandboxError) {
      let started = try Sandbox.start(for: &configuration) { settings in
        guard first > 0 else { return }
        settings.nowPaymentsPort = first
        settings.changeNOWPort = first + 1
        settings.ethereumPort = first + 2
        settings.adminPort = first + 3
        settings.telegramPort = first + 4
      }
      guard let sandbox = started else {
        throw SandboxError.folder("the environment names other stand-ins: WEIR_…_URL")
      }
      arguments.terminal.put(
        JSONValue.object([
          "nowpayments": .string(sandbox.nowPaymentsURL),
          "changenow": .string(sandbox.changeNOWURL),
          "ethereum": .string(sandbox.ethereumURL), "admin": .string(sandbox.adminURL),
          "telegram": .string(sandbox.telegramURL),
        ]).written(.asIs))
      arguments.terminal.flush()
      _ = signals.wait()
      sandbox.stop()
      return .success
    } catch {
      throw Failure(error)
    }
  }
}
