import JSON
import Kernel
import Log
import Service

extension Command {
  static let recoveryAdopt = Command(
    "recovery adopt", "Takes in what the log has forgotten, from the witness and the providers",
    options: checkOptions + [
      Option("reason", "TEXT", "why, for the log", isRequired: true),
      Option("actor", "NAME", "who says so, for the log", isRequired: true),
      Option("wait", "SECONDS", "give up when nothing happened for so long; 60 by default"),
      Option("dry-run", nil, "try it on a copy of the log, and change and send nothing"),
    ],
    notes: [
      "For a log that owes recovery and whose end no mirror has. Needs it for itself: stop the",
      "service. Payments come from the provider's list. What was signed is the witness's, and",
      "where it isn't final the same bytes are sent again; nothing new is signed. Exit code 2 says",
      "that something is left, and why; run it again when that has changed.",
      "Then: weir recovery complete --new-epoch.",
    ]
  ) { (arguments) throws(Failure) in
    let seconds = try arguments.number("wait", standard: 60)
    guard (1...86_400).contains(seconds) else {
      throw Failure(.usage, "--wait is 1 to 86400 seconds")
    }
    var configuration = try configuration(arguments)
    let logger = Logger(secrets: configuration.secrets, clock: Weir.clock)
    let store = try openStore(configuration)
    guard store.recoveryOwed != nil else {
      throw Failure(.refused, "recovery-none: the log owes no recovery; nothing was changed")
    }
    let standIns = try StandIns.start(for: &configuration, logger: logger)
    defer { standIns?.stop() }
    let report: Adoption.Report
    do throws(AdoptionError) {
      let (actor, reason) = (arguments.required("actor"), arguments.required("reason"))
      guard (1...Limits.descriptionMost).contains(reason.count) else {
        throw AdoptionError.configuration(
          "--reason is at most \(Limits.descriptionMost) characters")
      }
      let adoption = Adoption(configuration, logger: logger)
      report =
        arguments.has("dry-run")
        ? try adoption.rehearse(
          of: store, by: actor, reason: reason, quietSeconds: Int(seconds))
        : try adoption.run(on: store, by: actor, reason: reason, quietSeconds: Int(seconds))
    } catch {
      throw Failure(error)
    }
    do throws(StoreError) { try store.close() } catch { throw Failure(error) }
    show(report, arguments)
    return report.left.isEmpty ? .success : .refused
  }

  private static func show(_ report: Adoption.Report, _ arguments: Arguments) {
    let terminal = arguments.terminal
    if arguments.has("json") {
      return terminal.put(
        JSONValue.object([
          "adopted": .bool(!arguments.has("dry-run")),
          "forgotten": .integer(report.forgotten),
          "left": .array(
            report.left.map {
              .object(["hash": .string($0.hash), "why": .string($0.why)])
            }),
          "payments_listed": .integer(report.payments),
          "not_listed": report.silent.map(JSONValue.string) ?? .null,
          "from": .number(String(report.from)), "to": .number(String(report.to)),
        ]).written(.asIs))
    }
    let adopted = report.forgotten - report.left.count
    terminal.put(
      (arguments.has("dry-run") ? "would adopt: " : "")
        + "forgotten=\(report.forgotten) adopted=\(adopted) payments=\(report.payments) "
        + "events=\(report.to - report.from)")
    for (hash, why) in report.left { terminal.put("left \(hash): \(why)") }
    if let silent = report.silent { terminal.complain(silent) }
  }
}

extension Failure {
  init(_ error: AdoptionError) {
    switch error {
    case .store(let error): self.init(error)
    case .noWitness, .witness, .configuration: self.init(.refused, error.description)
    case .silent: self.init(.failure, error.description)
    }
  }
}
