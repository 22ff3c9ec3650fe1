import Engine
import Foundation
import Gateways
import HTTP
import Kernel
import Log

/// Moves what the retired wallet holds to its successor.
///
/// Tokens first, then ETH to the last wei that gas leaves; one transaction at a time, on the first
/// nonce that isn't mined.
struct RotationSweep: Sendable {
  private let rotation: Rotation
  private let order: Rotation.Order
  private let performer: Performer
  private let address: String

  init(
    _ rotation: Rotation, _ order: Rotation.Order, _ wallet: WalletState
  ) throws(RotationError) {
    self.rotation = rotation
    self.order = order
    address = wallet.address
    do throws(WeirFailure) {
      performer = try Performer(
        rotation.configuration, http: HTTPClient(), clock: Weir.clock, isRecovering: false)
    } catch { throw .refused(error.description) }
    guard performer.key.address.lowercased() == wallet.address.lowercased() else {
      throw .refused(
        "the key at hand is that of \(performer.key.address): until the rotation is over that of "
          + "\(wallet.address) is needed")
    }
  }

  // MARK: What there is

  private func holding(
    _ asset: Asset, _ live: LiveEndpoints
  ) async throws(GatewayFailure) -> Money {
    let (address, contract) = (address, performer.contract(of: asset))
    let units = try await live.each { node throws(GatewayFailure) -> Int128 in
      guard let contract else { return try await node.balance(of: address) }
      do throws(GatewayFailure) {
        return try await node.tokenBalance(of: address, contract: contract)
      } catch {
        // A chain of one's own needn't have each token.
        if case .permanent(_, .addressInvalid) = error { return 0 }
        throw error
      }
    }
    return Money(units.min() ?? 0, asset)
  }

  /// What is to be swept, in the order in which it is: tokens, then ETH.
  func holdings(_ live: LiveEndpoints) async throws(RotationError) -> [Money] {
    try await all(live).filter { $0.isPositive && !order.leave.contains($0.asset) }
  }

  /// What stays behind.
  func rest(_ live: LiveEndpoints) async throws(RotationError) -> [Money] {
    try await all(live).filter(\.isPositive)
  }

  private func all(_ live: LiveEndpoints) async throws(RotationError) -> [Money] {
    let sendable = Asset.payable.filter(\.isSendable)
    var found: [Money] = []
    do throws(GatewayFailure) {
      for asset in sendable.filter({ $0 != .eth }) + [.eth] {
        found.append(try await holding(asset, live))
      }
    } catch { throw .silent("\(error)") }
    return found
  }

  // MARK: The sweep

  private enum Sight {
    case final(Int, Receipt)
    /// Something else has its nonce for good.
    case taken
    case open
  }

  /// True where nothing is left that can be swept, and all of it is final.
  func run(
    _ desk: inout LedgerDesk, _ nodes: NonceNodes, _ report: inout Rotation.Report
  ) throws(RotationError) -> Bool {
    let deadline = ContinuousClock.now + .seconds(order.waitSeconds)
    var (firstHead, isTaken): (Int?, Bool) = (nil, false)
    while true {
      let sweeps = desk.state.hostWallet?.sweeps ?? []
      guard let last = sweeps.last, !isTaken else {
        isTaken = false
        firstHead = nil
        guard try sign(&desk, nodes, after: sweeps) else { return true }
        continue
      }
      switch try waiting({ () async throws(RotationError) in try await sight(sweeps, nodes) }) {
      case .final(let index, let receipt):
        let moved = moved(sweeps[index], receipt)
        let mined = MinedTransfer(
          hash: receipt.hash, block: receipt.block, gasUsed: receipt.gasUsed, fee: receipt.fee)
        try ask(.noteSwept(mined, amount: moved), &desk)
        report.done.append("swept \(moved.amountText) \(moved.asset) by \(receipt.hash)")
        guard receipt.isSuccess else {
          report.left.append("\(receipt.hash) was to sweep \(moved.asset), and reverted")
          return false
        }
      case .taken: isTaken = true
      case .open:
        try keep(last, desk.store.logID)
        let (answer, head) = try waiting { () async throws(RotationError) in
          try await send(last, nodes)
        }
        firstHead = firstHead ?? head
        if case .insufficientFunds = answer {
          report.left.append("the wallet's ETH doesn't cover the gas of \(last.hash)")
          return false
        }
        let waited = head - (firstHead ?? head)
        if answer == .replacementUnderpriced || waited >= performer.settings.bumpAfterBlocks {
          firstHead = nil
          _ = try sign(&desk, nodes, after: sweeps, isAnother: true)
          continue
        }
        guard ContinuousClock.now < deadline else {
          report.left.append("the sweep \(last.hash) isn't final yet: run it again later")
          return false
        }
        Thread.sleep(forTimeInterval: 0.3)
      }
    }
  }

  private func ask(_ command: RotationCommand, _ desk: inout LedgerDesk) throws(RotationError) {
    try desk.ask(.wallet(.rotation(command)), by: order.actor)
  }

  private func sight(
    _ sweeps: [RotationEvent.SweepSigned], _ nodes: NonceNodes
  ) async throws(RotationError) -> Sight {
    let live = try await nodes.live()
    let (hashes, confirmations) = (sweeps.map(\.hash), performer.settings.confirmations)
    do throws(GatewayFailure) {
      switch await live.sight(hashes, confirmations: confirmations) {
      case .final(let index, let receipt): return .final(index, receipt)
      case .mined, .unsure: return .open
      case .unseen: break
      }
      let nonce = sweeps[0].nonce
      guard try await live.hasConsumed(nonce, of: address, confirmations: confirmations) else {
        return .open
      }
      // Once more for receipts: a node may have been between two blocks.
      let again = await live.sight(hashes, confirmations: confirmations)
      return again == .unseen ? .taken : .open
    } catch { throw .silent("\(error)") }
  }

  private func moved(_ sweep: RotationEvent.SweepSigned, _ receipt: Receipt) -> Money {
    let asset = sweep.amount.asset
    guard receipt.isSuccess else { return .zero(asset) }
    guard let contract = performer.contract(of: asset) else { return sweep.amount }
    return Money(receipt.moved(contract: contract, from: address, to: sweep.successor), asset)
  }

  /// At the witness before any byte leaves (T4).
  private func keep(
    _ sweep: RotationEvent.SweepSigned, _ log: String
  ) throws(RotationError) {
    guard let path = rotation.configuration.witnessPath else { return }
    do throws(DiskError) {
      try SignedWitness(path: SignedWitness.path(beside: path)).keep([
        SignedWitness.Entry(
          log: log, transfer: "sweep", chain: sweep.chain, wallet: sweep.wallet,
          nonce: sweep.nonce, attempt: sweep.attempt, hash: sweep.hash, raw: sweep.raw)
      ])
    } catch { throw .refused("the witness can't keep the sweep, which isn't sent: \(error)") }
  }

  private func send(
    _ sweep: RotationEvent.SweepSigned, _ nodes: NonceNodes
  ) async throws(RotationError) -> (SendAnswer, head: Int) {
    let live = try await nodes.live()
    do throws(GatewayFailure) {
      return (try await live.send(raw: sweep.raw), try await live.head())
    } catch { throw .silent("\(error)") }
  }

  // MARK: Signing

  /// Signs the next sweep, or another attempt of the one there is; false where nothing is left.
  private func sign(
    _ desk: inout LedgerDesk, _ nodes: NonceNodes, after sweeps: [RotationEvent.SweepSigned],
    isAnother: Bool = false
  ) throws(RotationError) -> Bool {
    let state = desk.state
    let sweep = try waiting { () async throws(RotationError) in
      try await next(state, try await nodes.live(), isAnother ? sweeps : [])
    }
    guard let sweep else { return false }
    try ask(.noteSweepSigned(sweep), &desk)
    return true
  }

  private func next(
    _ state: LedgerState, _ live: LiveEndpoints, _ before: [RotationEvent.SweepSigned]
  ) async throws(RotationError) -> SignedSweep? {
    guard let wallet = state.hostWallet else { return nil }
    let open = state.openNonces()
    do throws(GatewayFailure) {
      let latest = try await live.nonces(of: address).latest
      let nonce = before.first?.nonce ?? (open.isEmpty ? max(latest, wallet.nextNonce) : latest)
      let outbid =
        before.last.map {
          EthereumFees(
            maxFeePerGas: $0.maxFeePerGas, maxPriorityFeePerGas: $0.maxPriorityFeePerGas)
        }
        ?? open.first { $0.nonce == nonce }?.attempts.last.map {
          EthereumFees(
            maxFeePerGas: $0.maxFeePerGas, maxPriorityFeePerGas: $0.maxPriorityFeePerGas)
        }
      let fees = try await live.any { node throws(GatewayFailure) in
        try await node.bid(above: outbid, isCancel: true)
      }
      for held in try await holdingsThrowing(live) {
        if let asset = before.first?.amount.asset, asset != held.asset { continue }
        let sweep = try await signed(
          held, nonce: nonce, attempt: before.count + 1, fees, wallet, live)
        if let sweep { return sweep }
      }
      return nil
    } catch {
      guard case .permanent(let why, _) = error else { throw .silent("\(error)") }
      throw .refused("\(why); a token that can't be moved stays behind with --leave")
    }
  }

  private func holdingsThrowing(_ live: LiveEndpoints) async throws(GatewayFailure) -> [Money] {
    do throws(RotationError) {
      return try await holdings(live)
    } catch { throw .transient("\(error)", retryAfterSeconds: nil) }
  }

  /// Nil where its gas would cost more than there is of it.
  private func signed(
    _ held: Money, nonce: Int, attempt: Int, _ fees: EthereumFees, _ wallet: WalletState,
    _ live: LiveEndpoints
  ) async throws(GatewayFailure) -> SignedSweep? {
    var (amount, tip) = (held, fees.maxPriorityFeePerGas)
    let to = rotation.successor.address
    func call(_ amount: Money) -> EthereumCall? {
      EthereumCall.paying(
        amount, from: address, to: to, contract: performer.contract(of: amount.asset))
    }
    guard let asked = call(Money(held.asset == .eth ? 1 : held.units, held.asset)) else {
      throw .permanent("\(held.asset) can't be sent to \(to)", code: .addressInvalid)
    }
    let gas: Int
    if held.asset == .eth {
      // The price is the whole fee and the gas what it takes, so that nothing stays behind.
      let estimate = try await live.any { node throws(GatewayFailure) in
        try await node.gasEstimate(asked)
      }
      gas = Int(clamping: estimate)
      tip = fees.maxFeePerGas
      amount = Money(held.units - WalletState.gasCost(gas, fees.maxFeePerGas), .eth)
      guard amount.isPositive else { return nil }
    } else {
      try await live.any { node throws(GatewayFailure) in try await node.simulate(asked) }
      gas = try await live.any { node throws(GatewayFailure) in try await node.gasLimit(asked) }
    }
    guard let call = call(amount),
      let transaction = EthereumTransaction(
        call, chainID: wallet.chain, nonce: nonce, maxFeePerGas: fees.maxFeePerGas,
        maxPriorityFeePerGas: tip, gasLimit: gas)
    else { throw .permanent("the sweep can't be written as a transaction", code: .other) }
    let signed = transaction.signed(with: performer.key)
    return SignedSweep(
      amount: amount,
      signed: SignedTransfer(
        nonce: nonce, attempt: attempt, raw: signed.raw, hash: signed.hash,
        maxFeePerGas: fees.maxFeePerGas, maxPriorityFeePerGas: tip))
  }
}
