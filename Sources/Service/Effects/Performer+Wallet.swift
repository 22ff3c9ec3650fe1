package import Engine
package import Gateways
package import Kernel

// The first facts of a log: which environment it is of, and which wallet it signs for.
extension Performer {
  /// Asks the chain from which nonce on the host wallet is the log's, and gives the claim.
  ///
  /// Throws `wrongChain` where the node is of another chain than `chain`.
  package func walletClaim(chain: Int) async throws(GatewayFailure) -> Submission {
    let found = try await node.chainID()
    guard found == chain else {
      throw .permanent("the node is on chain \(found), not \(chain)", code: .wrongChain)
    }
    let nonce = try await node.nonce(of: key.address, at: .pending)
    return Submission(
      of: .composed("wallet", "claim", key.address),
      .wallet(.claim(address: key.address, chain: chain, nonce: nonce)))
  }
}

extension Submission {
  /// A command of the service itself.
  init(of id: CommandID, _ command: LedgerCommand) {
    self.init(
      id: id, digest: CommandDigest.of(command), command: command, actor: "service")
  }

  /// The first fact of a new log: which environment it is of (C-7, P-48f).
  package static func opening(_ environment: Environment, log: String) -> Submission {
    Submission(
      of: .composed("ledger", "open"), .ledger(.open(environment: environment, log: log)))
  }
}
