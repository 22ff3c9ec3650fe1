import HTTP
import JSON
import Kernel
import Log
import Service

extension Command {
  static let checkOptions = [
    dataOption, storeOption,
    Option("config", "FILE", "settings; `weir config check --help` lists them"),
    Option("sandbox", nil, "the folder is a sandbox's"), jsonOption,
  ]

  static let secondKeyOption = Option(
    "second-key", "FILE", "that person's key; or an account's password, and its code of now below")

  static let recoveryStatus = Command(
    "recovery status", "Says whether the log owes recovery, why, and which checks stand",
    options: checkOptions,
    notes: [
      "Works while the service runs. R1: the log begins with all that was signed of it, here and",
      "at the witness. R2: the chain knows no nonce of the wallet that the log never gave. R3: the",
      "witness knows no signed transaction that the log has forgotten. R4: the providers list no",
      "money that the log never heard of.",
    ]
  ) { (arguments) throws(Failure) in
    let log = try DataFolder(arguments.required("data")).openLog(arguments)
    guard let owed = log.recoveryOwed else {
      show(owed: nil, log.head.position, [], arguments)
      return .success
    }
    let configuration = try configuration(arguments)
    return try reading { () throws(StoreError) in
      let checks = try RecoveryCheck.all(of: log, id: log.logID, configuration)
      show(owed: owed, log.head.position, checks, arguments)
      return .success
    }
  }

  static let recoveryComplete = Command(
    "recovery complete", "Lets a restored log sign again, where the checks pass",
    options: checkOptions + [
      Option("reason", "TEXT", "why, for the log", isRequired: true),
      Option("actor", "NAME", "who says so, for the log", isRequired: true),
      Option("new-epoch", nil, "give up what was signed and is gone: it stays beside the witness"),
      Option("second", "NAME", "another person who says so too; needed for --new-epoch"),
      secondKeyOption,
    ],
    notes: [
      "Needs the log for itself: stop the service, and start it again afterwards. Who and why",
      "become an event, ledger.recovered.v1. Exit code 2 says that a check didn't pass.",
    ]
  ) { (arguments) throws(Failure) in
    var configuration = try configuration(arguments)
    let logger = Logger(secrets: configuration.secrets, clock: Weir.clock)
    let store = try openStore(configuration)
    guard let owed = store.recoveryOwed else {
      show(owed: nil, store.head.position, [], arguments)
      return .success
    }
    let standIns = try StandIns.start(for: &configuration, logger: logger)
    defer { standIns?.stop() }
    let ready = configuration
    return try reading { () throws(StoreError) in
      let checks = try RecoveryCheck.all(of: store, id: store.logID, ready)
      let (reason, gaveUp) = try newEpoch(arguments, checks, ready, of: store)
      guard checks.allSatisfy({ $0.isPassed || $0.isForked && gaveUp }) else {
        show(owed: owed, store.head.position, checks, arguments)
        arguments.terminal.complain("recovery-owed: a check didn't pass; nothing was changed")
        return .refused
      }
      guard reason.count <= Limits.descriptionMost else {
        arguments.terminal.complain("--reason is at most \(Limits.descriptionMost) characters")
        return .usage
      }
      if gaveUp {
        do throws(ProofError) {
          let files = CheckpointFiles(data: ready.data, witness: ready.witnessPath)
          if let aside = try files.beginEpoch() {
            arguments.terminal.complain("what was signed before is kept in \(aside)")
          }
        } catch {
          arguments.terminal.complain("\(error)")
          return .failure
        }
      }
      guard
        try store.endRecovery(
          by: arguments.required("actor"), reason: reason, at: Weir.clock())
      else {
        arguments.terminal.complain("--reason must say something")
        return .usage
      }
      show(owed: nil, store.head.position, checks, arguments)
      try store.close()
      return .success
    }
  }

  /// The words for the log, and whether two people give up what was signed and is gone.
  private static func newEpoch(
    _ arguments: Arguments, _ checks: [RecoveryCheck], _ configuration: Configuration,
    of log: any EventSource
  ) throws(StoreError) -> (reason: String, gaveUp: Bool) {
    let (reason, actor) = (arguments.required("reason"), arguments.required("actor"))
    guard arguments.has("new-epoch"), checks.contains(where: \.isForked) else {
      return (reason, false)
    }
    guard let second = arguments["second"], second.lowercased() != actor.lowercased() else {
      arguments.terminal.complain("--new-epoch needs another person's name as --second")
      return (reason, false)
    }
    if let why = try configuration.obstacle(
      toSecond: second, keyAt: arguments["second-key"], in: log, at: Weir.clock())
    {
      arguments.terminal.complain(why)
      return (reason, false)
    }
    return ("\(reason); with \(second): what was signed and is gone is given up", true)
  }

  static func configuration(_ arguments: Arguments) throws(Failure) -> Configuration {
    var variables = Terminal.environment
    if let store = arguments["store"] { variables[SettingName.store.environmentName] = store }
    do throws(ConfigurationFailure) {
      return try Configuration.load(
        arguments.has("sandbox") ? .sandbox : .live, data: arguments.required("data"),
        listen: HTTPAddress(host: "127.0.0.1", port: 8080), file: arguments["config"],
        variables: variables)
    } catch {
      throw Failure(.refused, "\(error)")
    }
  }

  static func openStore(_ configuration: Configuration) throws(Failure) -> any LogStore {
    do throws(StoreError) {
      let folder = LogPlace.folder(DataFolder(configuration.data))
      let place = configuration.store.map { LogPlace.database($0) } ?? folder
      return try place.open(nil)
    } catch {
      if case .locked = error {
        throw Failure(.refused, "\(error); stop the service first, and start it again afterwards")
      }
      throw Failure(error)
    }
  }

  private static func show(
    owed: String?, _ position: UInt64, _ checks: [RecoveryCheck], _ arguments: Arguments
  ) {
    let terminal = arguments.terminal
    if arguments.has("json") {
      terminal.put(
        JSONValue.object([
          "recovery": .string(owed == nil ? "none" : "owed"),
          "why": owed.map(JSONValue.string) ?? .null, "position": .number(String(position)),
          "checks": .array(
            checks.map {
              .object([
                "name": .string($0.name), "passed": .bool($0.isPassed), "words": .string($0.words),
              ])
            }),
        ]).written(.asIs))
      return
    }
    terminal.put("recovery=\(owed == nil ? "none" : "owed") position=\(position)")
    if let owed { terminal.put("why: \(owed)") }
    for check in checks {
      terminal.put("\(check.name) \(check.isPassed ? "passed" : "NOT PASSED"): \(check.words)")
    }
  }
}
