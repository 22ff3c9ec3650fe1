import Glibc
import HTTP
import Kernel
import Log
import Service

extension Command {
  static let serve = Command(
    "serve", "Runs the service until it is told to stop (SIGINT, SIGTERM)",
    options: [
      Option("sandbox", nil, "play money: stand-ins for the providers, keys made as needed"),
      dataOption, storeOption, Option("listen", "HOST:PORT", "where to listen", isRequired: true),
      Option("config", "FILE", "settings; `weir config check --help` lists them"),
      Option("web", "DIR", "built web app; `web` beside the program where nothing is said"),
      Option("standby", nil, "with --store: wait while another node serves, then take over"),
      Option("init", nil, "begin a new log; once, as an empty one owes everything anew"),
    ],
    notes: [
      "A sandbox needs no settings: its keys are kept in DIR/sandbox, the service key in",
      "DIR/sandbox/service-key, the operators' in DIR/sandbox/operator-key. Its stand-ins run",
      "beside it, unless WEIR_NOWPAYMENTS_URL, WEIR_CHANGENOW_URL and WEIR_ETHEREUM_RPC_URL name",
      "others.",
      "The log of what it does goes to standard error, one JSON object a line.",
    ]
  ) { (arguments) throws(Failure) in
    guard var listen = HTTPAddress(arguments.required("listen")) else {
      throw Failure(.usage, "--listen must be HOST:PORT, such as 127.0.0.1:8080")
    }
    if listen.port == 0 { listen = try FreePort.on(listen.host) }
    var variables = Terminal.environment
    if let store = arguments["store"] { variables[SettingName.store.environmentName] = store }
    var configuration: Configuration
    do throws(ConfigurationFailure) {
      configuration = try Configuration.load(
        arguments.has("sandbox") ? .sandbox : .live, data: arguments.required("data"),
        listen: listen, file: arguments["config"], variables: variables)
    } catch {
      throw Failure(.refused, "\(error)")
    }
    if let web = arguments["web"] { configuration.web = web }
    // Threads inherit this: only `sigwait` below hears the signals.
    let signals = StopSignals()
    let logger = Logger(secrets: configuration.secrets, clock: Weir.clock)
    let standIns = try StandIns.start(for: &configuration, logger: logger)
    let tables = TableKeeper(configuration, logger)
    defer { tables?.stop() }
    let standing =
      try arguments.has("standby") ? Standing(configuration, signals, logger, tables) : nil
    guard let weir = try start(configuration, logger, arguments.has("init"), standing, tables)
    else {
      standIns?.stop()
      return .success
    }
    // Nobody else could.
    if configuration.store == nil { tables?.keep(true) }
    AdminClient.note(HTTPAddress(host: listen.host, port: weir.port), in: configuration.data)
    logger.info(
      "listening",
      [
        "url": .text("http://\(HTTPAddress(host: listen.host, port: weir.port))"),
        "environment": .text(configuration.environment.text),
        "data": .text(configuration.data), "version": .text(WeirTool.version),
      ])
    let signal = signals.wait()
    logger.info("stopping", ["signal": .integer(Int(signal))])
    weir.stop()
    standIns?.stop()
    return .success
  }
}

extension Failure {
  init(_ error: WeirFailure) {
    switch error {
    case .store(let error): self.init(error)
    case .proof(let error): self.init(error)
    case .tables, .server: self.init(.failure, error.description)
    case .otherWallet, .configuration: self.init(.refused, error.description)
    }
  }
}

/// The service, once no other node has its log; nil where it was told to stop before.
private func start(
  _ configuration: Configuration, _ logger: Logger, _ isNew: Bool, _ standing: Standing?,
  _ tables: TableKeeper?
) throws(Failure) -> Weir? {
  while true {
    if let standing, try !standing.wait() { return nil }
    do throws(WeirFailure) {
      return try Weir.start(configuration, logger: logger, beginning: isNew, tables: tables)
    } catch {
      // Another that stood by was quicker.
      if standing != nil, case .store(.locked) = error { continue }
      throw Failure(error)
    }
  }
}

/// SIGINT and SIGTERM, blocked from here on and waited for.
struct StopSignals {
  private var signals = sigset_t()

  init() {
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Whether one has come, which is heard by that.
  func haveCome() -> Bool {
    var (signals, none) = (signals, timespec())
    return sigtimedwait(&signals, nil, &none) > 0
  }

  /// Whether one comes within so long, which is heard by that.
  func come(within milliseconds: Int) -> Bool {
    var signals = signals
    var time = timespec(
      tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
    return sigtimedwait(&signals, nil, &time) > 0
  }

  /// The one that came; another one ends the process at once, which is as safe as a kill.
  func wait() -> Int32 {
    var (signals, signal) = (signals, Int32(0))
    sigwait(&signals, &signal)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    return signal
  }
}

/// A port nobody listens on: the provider must be told where notices go before we listen.
///
/// Below those that the system gives to whoever asks for any, as the stand-ins and every call out
/// do meanwhile.
enum FreePort {
  private static let range = 10_000..<20_000

  static func on(_ host: String) throws(Failure) -> HTTPAddress {
    var failure = HTTPServerError.addressInUse(HTTPAddress(host: host, port: 0))
    for _ in 0..<100 {
      let address = HTTPAddress(host: host, port: Int.random(in: range))
      do throws(HTTPServerError) {
        try HTTPServer(listen: address) { $1.send(.empty(503)) }.drainAndStop(deadlineSeconds: 0)
        return address
      } catch {
        failure = error
        guard case .addressInUse = error else { break }
      }
    }
    throw Failure(.failure, "can't listen: \(failure)")
  }
}
