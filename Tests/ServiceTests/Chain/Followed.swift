import Gateways
import Kernel
import Log
import Model
import Sandbox

@testable import Service

extension Trace {
  /// What a log and the chain at its end tell of the host wallet, as the model's actions.
  init(of log: any EventSource, wallet: String, node: EthereumNode) async throws {
    try await self.init(
      of: try log.read(after: 0, limit: .max).map { try $0.event() },
      nonce: try await node.nonce(of: wallet, at: .latest)
    ) { try await node.receipt($0)?.isSuccess }
  }
}

extension EVMLine {
  func trace() async throws -> Trace {
    try await Trace(of: store, wallet: key.address, node: node)
  }
}

extension Stage {
  func trace() async throws -> Trace {
    try await Trace(
      of: weir.store, wallet: weir.performer.key.address,
      node: EthereumNode(url: sandbox.ethereumURL, http: http))
  }
}
