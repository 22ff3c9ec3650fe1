// Stand-ins for NOWPayments, ChangeNOW, Ethereum and Telegram on the loopback, so that the whole
// line can be walked without anybody's money.
//
// They speak the providers' HTTP and keep the providers' rules: transactions are decoded and their
// signatures, nonces and funds checked; an exchange moves when its deposit is mined, and pays out
// on the chain; notices are signed and sent again until they are taken. What goes wrong outside can
// be asked for (`/admin/…`).
//
// All of it is one value, `World`, that moves by inputs and their times alone. `Core` holds it and
// writes each input to the journal before answering, so that a restart, also after `kill -9`, goes
// on with the same balances, nonces, exchanges and payments.
//
// Reading order:
//   Model/World, Input, Agenda   what there is, what may be asked, what is due when
//   Chain/…                      accounts, pool, blocks; ChainMethods answers JSON-RPC
//   Swaps/…                      the swap provider
//   Payments/…                   the payment provider
//   Telegram/…                   people, channels and their links
//   Edge/…                       journal, faults, the providers as they answer (StandIns),
//                                and the servers in front of them
public import HTTP
import JSON

/// Why the stand-ins did not start.
public enum SandboxError: Error, CustomStringConvertible {
  case notListening(HTTPServerError)
  /// The folder can't be used; a text for people.
  case folder(String)
  /// The host wallet is no address, or its first money no amount.
  case wallet

  public var description: String {
    switch self {
    case .notListening(let why): "the sandbox can't listen: \(why)"
    case .folder(let why): "the sandbox's folder can't be used: \(why)"
    case .wallet: "the sandbox's host wallet or its first money can't be read"
    }
  }
}

/// The stand-ins and their admin server, running.
public final class Sandbox: Sendable {
  /// Ends in `/v1`.
  public let nowPaymentsURL: String
  public let changeNOWURL: String
  public let ethereumURL: String
  public let adminURL: String
  public let telegramURL: String

  private let standIns: StandIns
  private let servers: [HTTPServer]
  private let sender: NoticeSender

  /// Starts them; with a folder, the world that was left there goes on.
  public static func start(_ settings: SandboxSettings) throws(SandboxError) -> Sandbox {
    try Sandbox(settings, StandIns(settings, clock: { Core.wallTime() }))
  }

  private init(_ settings: SandboxSettings, _ standIns: StandIns) throws(SandboxError) {
    self.standIns = standIns
    func serve(
      _ port: Int, _ handler: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void
    ) throws(SandboxError) -> HTTPServer {
      let address = HTTPAddress(host: settings.host, port: port)
      do throws(HTTPServerError) {
        return try HTTPServer(listen: address, handler: handler)
      } catch {
        throw .notListening(error)
      }
    }
    let admin = Router(AdminServer(core: standIns.core, faults: standIns.faults).routes())
    servers = [
      try serve(settings.nowPaymentsPort) { standIns.handle(.nowPayments, $0, $1) },
      try serve(settings.changeNOWPort) { standIns.handle(.changeNOW, $0, $1) },
      try serve(settings.ethereumPort) { standIns.handle(.ethereum, $0, $1) },
      try serve(settings.adminPort) { admin.handle($0, $1) },
      try serve(settings.telegramPort) { standIns.handle(.telegram, $0, $1) },
    ]
    let urls = servers.map { "http://\(HTTPAddress(host: settings.host, port: $0.port))" }
    nowPaymentsURL = urls[0] + "/v1"
    changeNOWURL = urls[1]
    ethereumURL = urls[2]
    adminURL = urls[3]
    telegramURL = urls[4]
    sender = NoticeSender(core: standIns.core, secret: settings.ipnSecret)
    sender.start()
  }

  deinit { stop() }

  /// Stops them; what they know stays in the folder, which another may then use.
  public func stop() {
    sender.stop()
    for server in servers { server.drainAndStop(deadlineSeconds: 0.5) }
    standIns.core.close()
  }
}
