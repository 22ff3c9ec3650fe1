import Dispatch
import HTTP
import Kernel
import Log
import PostgresLog
import Service

/// What notices are sent to: the service, beside it a node that stands by where the log is in a
/// database, and a server that does nothing.
struct IngestNodes {
  /// What the notices are signed with.
  static let secret = "bench-" + String(repeating: "0f1e2d3c", count: 4)

  private let weir: Weir
  private let standby: StandbyReads?
  private let bare: HTTPServer

  /// Ports of the server that does nothing, of the service, and of both nodes where there are two.
  var nothing: [Int] { [bare.port] }
  var one: [Int] { [weir.port] }
  var both: [Int]? { standby.map { [weir.port, $0.port] } }

  /// - Parameter url: Where the log is; nil for files in the folder.
  init(
    _ folder: String, _ url: PostgresURL?, _ clientele: Clientele
  ) throws(BenchFailure) {
    do {
      weir = try Weir.start(
        Self.configuration(folder, url), logger: Self.silent)
    } catch {
      throw .failed("\(error)")
    }
    do {
      for channel in clientele.channels {
        let reply = Reply()
        weir.submit(
          .init(bench: "register/\(channel.key)", .channel(.register(channel.registration)))
        ) { reply.give($0) }
        Line.check(reply.wait())
      }
      standby =
        url == nil
        ? nil
        : try StandbyReads.start(Self.configuration(folder + "-standby", url), Self.silent)
      bare = try HTTPServer(listen: HTTPAddress(host: "127.0.0.1", port: 0)) { _, responder in
        responder.send(.json(Array(#"{"status":"accepted","position":1234567}"#.utf8)))
      }
    } catch {
      weir.stop()
      throw .failed("\(error)")
    }
  }

  func stop() {
    standby?.stop()
    weir.stop()
    bare.drainAndStop(deadlineSeconds: 1)
  }

  private static let silent = Logger(secrets: [], clock: Weir.clock, sink: { _ in })

  private static func configuration(
    _ folder: String, _ url: PostgresURL?
  ) throws -> Configuration {
    try RealDisk().makeFolder(folder)
    // Nobody listens there, and nothing is ever asked.
    let nowhere = "http://127.0.0.1:9"
    var configuration = try Configuration.load(
      .sandbox, data: folder, listen: HTTPAddress(host: "127.0.0.1", port: 0), file: nil,
      variables: [
        "WEIR_NOWPAYMENTS_IPN_SECRET": secret, "WEIR_NOWPAYMENTS_URL": nowhere,
        "WEIR_CHANGENOW_URL": nowhere, "WEIR_ETHEREUM_RPC_URL": nowhere,
        "WEIR_BATCH_INTERVAL_SECONDS": "86400",
      ])
    configuration.store = url
    return configuration
  }
}
