import Gateways
import JSON
import Kernel
import Log
import Service

extension Command {
  static let recoveryEvidence = Command(
    "recovery evidence", "Shows what every node says of nonces that the log can't explain",
    options: checkOptions + [Option("nonce", "NUMBER", "of this one, whatever it is")],
    notes: [
      "Works while the service runs, and changes nothing. Shown are the wallet's open nonces, and",
      "those that a node knows and the log never gave. Exit code 2 says that one of them isn't",
      "this log's. What can be done stands beside each: nothing is ever guessed.",
    ]
  ) { (arguments) throws(Failure) in
    let configuration = try configuration(arguments)
    let log = try DataFolder(arguments.required("data")).openLog(arguments)
    let nonce = try arguments["nonce"].map { (_) throws(Failure) in
      Int(clamping: try arguments.number("nonce", standard: 0))
    }
    let found: [NonceEvidence]
    do throws(RotationError) {
      found = try NonceEvidence.gather(log, configuration, nonce: nonce)
    } catch { throw Failure(error) }
    for evidence in found { show(evidence, arguments) }
    if found.isEmpty, !arguments.has("json") { arguments.terminal.put("no nonce is open") }
    return found.allSatisfy(\.isOurs) ? .success : .refused
  }

  private static func show(_ evidence: NonceEvidence, _ arguments: Arguments) {
    let terminal = arguments.terminal
    guard arguments.has("json") else {
      let whose = evidence.transfer.map { "transfer \($0)" } ?? "never given by this log"
      terminal.put("nonce \(evidence.nonce): \(whose); \(evidence.meaning)")
      for hash in evidence.signed { terminal.put("  signed here: \(hash)") }
      for (number, sight) in evidence.sights.enumerated() {
        let block = sight.block.map { " in block \($0)" } ?? ""
        let what = [sight.hash, sight.words.isEmpty ? nil : sight.words].compactMap(\.self)
        terminal.put(
          "  node \(number + 1): \(sight.state.rawValue)\(block) \(what.joined(separator: ", "))")
      }
      return
    }
    terminal.put(
      JSONValue.object([
        "nonce": .integer(evidence.nonce),
        "transfer": evidence.transfer.map(JSONValue.string) ?? .null,
        "signed": .array(evidence.signed.map { .string($0) }),
        "ours": .bool(evidence.isOurs), "meaning": .string(evidence.meaning),
        "nodes": .array(
          evidence.sights.map { sight in
            .object([
              "state": .string(sight.state.rawValue),
              "hash": sight.hash.map(JSONValue.string) ?? .null,
              "block": sight.block.map(JSONValue.integer) ?? .null,
              "words": .string(sight.words),
            ])
          }),
      ]).written(.asIs))
  }

  static let recoveryRotate = Command(
    "recovery rotate", "Lets another wallet take over from the one the log signs for",
    options: checkOptions + [
      Option(
        "successor-key", "FILE", "the new wallet's private key, mode 0600", isRequired: true),
      Option("reason", "TEXT", "why, for the log", isRequired: true),
      Option("actor", "NAME", "who says so, for the log", isRequired: true),
      Option("second", "NAME", "another person who says so too"),
      secondKeyOption,
      Option("unmatched", "HASHES", "transactions, by comma, that both know to pay nothing owed"),
      Option("leave", "ASSETS", "tokens, by comma, that stay behind as they can't be moved"),
      Option("over-open", nil, "sweep in the place of what is signed and not mined"),
      Option("wait", "SECONDS", "give up what waits for the chain after so long; 60 by default"),
      Option("dry-run", nil, "say what would be done, and change and send nothing"),
    ],
    notes: [
      "Needs the log for itself: stop the service. From the first run on the old wallet gets no",
      "nonce any more; what is open is followed to its end, by this or by the service, what it",
      "holds is swept to the new wallet, what its chain shows and the log forgot is adopted, and",
      "what nobody owes is shown. Exit code 2 says what is left; run it again, any time, also",
      "after it was cut off. A live chain is final after some 15 minutes. When it says finished,",
      "set host_wallet_key_file to the new key, have the providers pay to its address, and, where",
      "recovery is owed, see weir recovery status. Nothing is signed with the old key any more:",
      "never send money to it again.",
    ]
  ) { (arguments) throws(Failure) in
    var order = Rotation.Order()
    order.actor = arguments.required("actor")
    order.reason = arguments.required("reason")
    order.second = arguments["second"] ?? ""
    order.isOverOpen = arguments.has("over-open")
    order.waitSeconds = Int(clamping: try arguments.number("wait", standard: 60))
    guard (1...86_400).contains(order.waitSeconds) else {
      throw Failure(.usage, "--wait is 1 to 86400 seconds")
    }
    order.unmatched = Set(list(arguments["unmatched"]).map { $0.lowercased() })
    order.leave = try list(arguments["leave"]).map { (text) throws(Failure) in
      guard let asset = Asset(text: text), asset != .eth else {
        throw Failure(.usage, "--leave names tokens such as USDT-ETH")
      }
      return asset
    }
    var configuration = try configuration(arguments)
    let logger = Logger(secrets: configuration.secrets, clock: Weir.clock)
    let store = try openStore(configuration)
    if !arguments.has("dry-run") {
      try check(order.second, arguments, configuration, in: store)
    }
    let standIns = try StandIns.start(for: &configuration, logger: logger)
    defer { standIns?.stop() }
    let report: Rotation.Report
    do throws(RotationError) {
      let rotation = Rotation(
        configuration, successorKey: try Rotation.key(at: arguments.required("successor-key")),
        logger: logger)
      report =
        arguments.has("dry-run")
        ? try rotation.plan(of: store, order) : try rotation.run(on: store, order)
    } catch {
      throw Failure(error)
    }
    do throws(StoreError) { try store.close() } catch { throw Failure(error) }
    show(report, arguments)
    return report.left.isEmpty ? .success : .refused
  }

  private static func check(
    _ second: String, _ arguments: Arguments, _ configuration: Configuration,
    in log: any EventSource
  ) throws(Failure) {
    let why: String?
    do throws(StoreError) {
      why = try configuration.obstacle(
        toSecond: second, keyAt: arguments["second-key"], in: log, at: Weir.clock())
    } catch {
      throw Failure(error)
    }
    if let why { throw Failure(.refused, why) }
  }

  private static func list(_ text: String?) -> [String] {
    text?.split(separator: ",").map(String.init) ?? []
  }

  private static func show(_ report: Rotation.Report, _ arguments: Arguments) {
    let (terminal, isDry) = (arguments.terminal, arguments.has("dry-run"))
    if arguments.has("json") {
      return terminal.put(
        JSONValue.object([
          "finished": .bool(report.isFinished), "dry_run": .bool(isDry),
          "wallet": .string(report.wallet), "successor": .string(report.successor),
          "done": .array(report.done.map { .string($0) }),
          "left": .array(report.left.map { .string($0) }),
        ]).written(.asIs))
    }
    terminal.put(
      "rotation=\(report.isFinished ? "finished" : isDry ? "planned" : "begun") "
        + "wallet=\(report.wallet) successor=\(report.successor)")
    for line in report.done { terminal.put("\(isDry ? "would " : "")\(line)") }
    for line in report.left { terminal.put("left: \(line)") }
  }
}

extension Failure {
  init(_ error: RotationError) {
    switch error {
    case .store(let error): self.init(error)
    case .adoption(let error): self.init(error)
    case .refused: self.init(.refused, error.description)
    case .silent: self.init(.failure, error.description)
    }
  }
}
