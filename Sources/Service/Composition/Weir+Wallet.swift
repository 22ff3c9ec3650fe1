import Dispatch
import Engine
import Gateways
import Kernel
import Synchronization

// The host wallet and its chain: whose key it is, from which nonce on, and where the nodes are.
extension Weir {
  func checkWallet() throws(WeirFailure) {
    let (found, wallet) = (DispatchSemaphore(value: 0), Box<String?>(nil))
    loop.inspect { state in
      wallet.value = state.hostWallet?.address
      found.signal()
    }
    found.wait()
    guard let address = wallet.value else { return }
    guard address.lowercased() == performer.key.address.lowercased() else {
      throw .otherWallet(log: address, key: performer.key.address)
    }
    isClaimed.withLock { $0 = true }
  }

  /// Tells the log which wallet it signs for, from which nonce on; waits for the node to say.
  func claimWallet() async {
    while !isClaimed.withLock({ $0 }), !isStopping.withLock({ $0 }) {
      do {
        let claim = try await performer.walletClaim(chain: configuration.ethereum.chainID)
        loop.submit(claim) { [self] answer in noteClaim(answer) }
      } catch GatewayFailure.permanent(let why, code: .wrongChain) {
        logger.error("wrong_chain", ["why": .text(why)])
        try? await Task.sleep(for: .seconds(10))
      } catch {
        logger.warning("node_unreachable", ["why": .text("\(error)")])
      }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Asks each hour, and at once, whether the nodes are on the wallet's chain (CH-17).
  ///
  /// Whatever sends asks that too; this is for those who read the log.
  func watchChain() async {
    var next = Weir.clock()
    while !isStopping.withLock({ $0 }) {
      let now = Weir.clock()
      if next <= now {
        next = now.adding(seconds: 3_600)
        do {
          let live = try await performer.endpoints.live(
            chain: configuration.ethereum.chainID, at: now)
          if let why = live.trouble { logger.warning("node_unreachable", ["why": .text(why)]) }
        } catch GatewayFailure.permanent(let why, code: .wrongChain) {
          logger.error("wrong_chain", ["why": .text(why)])
        } catch {
          logger.warning("node_unreachable", ["why": .text("\(error)")])
        }
      }
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// A claim that was not taken is made again: without it nobody is paid.
  private func noteClaim(_ answer: Answer) {
    switch answer {
    case .accepted, .replayed, .ignored: isClaimed.withLock { $0 = true }
    case .refused, .keyReused, .full:
      logger.error("wallet_not_claimed", ["why": .text("\(answer)")])
    case .stopping: break
    }
  }
}
