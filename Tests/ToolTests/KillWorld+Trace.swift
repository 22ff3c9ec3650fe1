import Gateways
import Kernel
import Log
import Model
import PostgresLog
import Support

extension KillWorld {
  /// Every fact so far, read beside the service.
  func facts() async throws -> [LedgerEvent] {
    let (folder, store) = (data + "/log", environment["WEIR_STORE"])
    return try await offPool {
      let log: any WholeLog
      if let store, let url = PostgresURL(store) {
        log = try PostgresReader.open(url)
      } else {
        log = try FileLogReader.open(folder: folder)
      }
      return try log.read(after: 0, limit: .max).map { try $0.event() }
    }
  }

  /// What log and chain tell of the host wallet, as the model's actions.
  func trace(at node: EthereumNode) async throws -> Trace {
    try await Trace(of: try await facts(), nonce: try await node.nonce(of: wallet, at: .latest)) {
      try await node.receipt($0)?.isSuccess
    }
  }
}
