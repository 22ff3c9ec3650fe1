import Engine
import Foundation
public import Gateways
import HTTP
public import Kernel
public import Log

/// Lets another wallet take over: recovery's third repair (reliability 3.6), and what follows where
/// a wallet is quarantined.
///
/// The old wallet gets no nonce any more; what is open is followed to its end; what it holds is
/// swept to the new one, and then no lost transaction of it can move anything. What its chain shows
/// and the log forgot is adopted, what nobody owes is shown to two people, and only then does the
/// new wallet sign. Each step is a fact before the next one: run again, it goes on where it was.
public struct Rotation: Sendable {
  /// What two people ask for.
  public struct Order: Sendable {
    public var actor = ""
    public var second = ""
    public var reason = ""
    /// A step that waits for the chain is given up after so long, and gone on with by the next run.
    public var waitSeconds = 60
    /// Sweep in the place of what is signed and not mined, instead of waiting for it.
    public var isOverOpen = false
    /// Tokens that stay behind, where they can't be moved.
    public var leave: [Asset] = []
    /// Transactions that two people have looked at and that pay nothing the log owes.
    public var unmatched: Set<String> = []

    public init() {}
  }

  /// How far it came.
  public struct Report: Sendable {
    public let wallet: String
    public let successor: String
    /// The new wallet signs.
    public var isFinished = false
    /// What was done, or would be.
    public var done: [String] = []
    /// What keeps it from going on, and what a person can do.
    public var left: [String] = []
  }

  let configuration: Configuration
  let logger: Logger
  let successor: EthereumKey

  /// - Parameter successorKey: The new wallet's key, so that nothing is sent where nobody can sign.
  public init(
    _ configuration: Configuration, successorKey: EthereumKey, logger: Logger
  ) {
    self.configuration = configuration
    self.logger = logger
    successor = successorKey
  }

  /// Reads a private key's file, which nobody but its owner may read.
  public static func key(at path: String) throws(RotationError) -> EthereumKey {
    let (text, mode): (String, UInt32)
    do throws(FileText.Failure) {
      (text, mode) = try FileText.read(path)
    } catch { throw .refused("\(path): \(error.words)") }
    guard mode & 0o077 == 0 else { throw .refused("\(path): others may read it: chmod 600") }
    guard let key = EthereumKey(hex: text.trimmed) else {
      throw .refused("\(path): it holds no private key of 64 hex digits")
    }
    return key
  }

  /// Says what would be done, and changes nothing.
  public func plan(of store: any LogStore, _ order: Order) throws(RotationError) -> Report {
    let desk = try desk(store)
    let wallet = try wallet(of: desk)
    var report = Report(wallet: wallet.address, successor: successor.address)
    guard !isOver(desk.state) else {
      report.isFinished = true
      return report
    }
    let nodes = try NonceNodes(configuration, chain: wallet.chain)
    let sweeping = try RotationSweep(self, order, wallet)
    try check(wallet, nodes)
    let holdings = try waiting { () async throws(RotationError) in
      try await sweeping.holdings(try await nodes.live())
    }
    report.done = holdings.map { "sweep \($0.amountText) \($0.asset)" }
    report.left = try unsettled(desk.state, nodes).map(words)
    return report
  }

  /// Goes as far as it can on a log that nobody else writes.
  ///
  /// Throws what keeps it from going on without a person; whatever was a fact before stays one.
  public func run(on store: any LogStore, _ order: Order) throws(RotationError) -> Report {
    var desk = try desk(store)
    let wallet = try wallet(of: desk)
    var report = Report(wallet: wallet.address, successor: successor.address)
    guard !isOver(desk.state) else {
      report.isFinished = true
      return report
    }
    guard !order.second.isEmpty, order.second.lowercased() != order.actor.lowercased() else {
      throw .refused("it needs another person's name as well")
    }
    let nodes = try NonceNodes(configuration, chain: wallet.chain)
    let sweeping = try RotationSweep(self, order, wallet)
    try check(wallet, nodes)
    let retire = RotationCommand.retire(
      successor: successor.address, second: order.second, reason: order.reason)
    if try desk.ask(.wallet(.rotation(retire)), by: order.actor) {
      report.done.append("retired \(wallet.address)")
    }
    if !desk.state.openNonces().isEmpty {
      report.left = try settle(&desk, order, nodes)
      guard desk.state.openNonces().isEmpty || order.isOverOpen else { return report }
      report.left = []
    }
    guard try sweeping.run(&desk, nodes, &report) else { return report }
    report.left = try settle(&desk, order, nodes)
    guard report.left.isEmpty else { return report }
    let kept = try waiting { () async throws(RotationError) in
      try await sweeping.rest(try await nodes.live())
    }
    // The last look before anything is signed with the new one.
    try check(wallet, nodes)
    try desk.ask(.wallet(.rotation(.finish(nonce: 0, left: kept))), by: order.actor)
    report.isFinished = true
    report.done.append("rotated to \(successor.address)")
    return report
  }

  // MARK: Looking

  private func desk(_ store: any LogStore) throws(RotationError) -> LedgerDesk {
    do throws(StoreError) { return try LedgerDesk(store) } catch { throw .store(error) }
  }

  private func wallet(of desk: LedgerDesk) throws(RotationError) -> WalletState {
    guard let wallet = desk.state.hostWallet else { throw .refused("the log knows no wallet yet") }
    return wallet
  }

  private func isOver(_ state: LedgerState) -> Bool {
    state.hostWallet?.address.lowercased() == successor.address.lowercased()
  }

  /// A successor that has ever sent anything may send more that nobody here knows of.
  private func check(_ wallet: WalletState, _ nodes: NonceNodes) throws(RotationError) {
    let address = successor.address
    // What collects is paid to, and what pays must not be (CH-27).
    guard address.lowercased() != configuration.collectWallet?.lowercased() else {
      throw .refused("\(address) is the collect wallet: what pays must be another one")
    }
    let known = try waiting { () async throws(RotationError) in try await nodes.known(of: address) }
    guard known.pending == 0 else {
      throw .refused("\(address) has sent \(known.pending) transactions: take a new wallet")
    }
  }

  /// The nonces that are open, and those below the last final one that the log never gave.
  private func unsettled(
    _ state: LedgerState, _ nodes: NonceNodes
  ) throws(RotationError) -> [NonceEvidence] {
    guard let wallet = state.hostWallet else { return [] }
    return try waiting { () async throws(RotationError) in
      let final = try await nodes.known(of: wallet.address).final
      let beyond = (wallet.nextNonce..<max(wallet.nextNonce, final))
        .filter { !wallet.sweptNonces.contains($0) }
      return try await nodes.evidence(of: state.openNonces().map(\.nonce) + beyond, state)
    }
  }

  private func words(_ evidence: NonceEvidence) -> String {
    let whose = evidence.transfer.map { "transfer \($0)" } ?? "never given by this log"
    guard let found = evidence.consumer, let hash = found.hash, !evidence.isOurs else {
      let signed = evidence.signed.isEmpty ? "not signed: serve, and it will be" : "not final yet"
      return "nonce \(evidence.nonce), \(whose): \(signed)"
    }
    return "nonce \(evidence.nonce), \(whose): consumed by \(hash), \(found.words), which nothing "
      + "in the log owes; look at it, and say --unmatched \(hash)"
  }

  // MARK: Nonces

  /// Follows what is open, takes in what the chain has of a forgotten past, and notes as lost what
  /// two people have looked at; what is left, in words.
  private func settle(
    _ desk: inout LedgerDesk, _ order: Order, _ nodes: NonceNodes
  ) throws(RotationError) -> [String] {
    while true {
      var rest = try unsettled(desk.state, nodes)
      guard !rest.isEmpty else { return [] }
      try adopt(rest, &desk, order, nodes)
      rest = try unsettled(desk.state, nodes)
      guard let lost = rest.first(where: { isLost($0, order) }) else { return rest.map(words) }
      try lose(lost, &desk, order)
    }
  }

  private func isLost(_ evidence: NonceEvidence, _ order: Order) -> Bool {
    guard !evidence.isOurs, let hash = evidence.consumer?.hash else { return false }
    return order.unmatched.contains(hash)
  }

  /// The log's own sagas run over it, and are given what the chain and the witness have.
  private func adopt(
    _ rest: [NonceEvidence], _ desk: inout LedgerDesk, _ order: Order, _ nodes: NonceNodes
  ) throws(RotationError) {
    guard let wallet = desk.state.hostWallet else { return }
    let store = desk.store
    let history = rest.compactMap { evidence -> SignedWitness.Entry? in
      guard !evidence.isOurs, let found = evidence.consumer, let hash = found.hash,
        let raw = found.raw
      else { return nil }
      return SignedWitness.Entry(
        log: store.logID, transfer: evidence.transfer ?? "", chain: wallet.chain,
        wallet: wallet.address, nonce: evidence.nonce, attempt: evidence.signed.count + 1,
        hash: hash, raw: raw)
    }
    let end = (rest.map(\.nonce).max() ?? 0) + 1
    do throws(AdoptionError) {
      _ = try Adoption(configuration, logger: logger).run(
        on: store, by: order.actor,
        { $0 == 0 ? nil : .ledger(.beginAdoption(forgotten: $0, reason: order.reason)) },
        quietSeconds: order.waitSeconds, beside: history
      ) { $0.map { $0.openNonces == 0 && $0.nextNonce >= end } ?? false }
    } catch { throw .adoption(error) }
    do throws(StoreError) { try desk.look() } catch { throw .store(error) }
  }

  private func lose(
    _ evidence: NonceEvidence, _ desk: inout LedgerDesk, _ order: Order
  ) throws(RotationError) {
    guard let found = evidence.consumer, let hash = found.hash, let block = found.block else {
      return
    }
    let (chain, fee) = (desk.state.hostWallet?.chain ?? 0, Box<Money?>(nil))
    let nodes = try NonceNodes(configuration, chain: chain)
    try waiting { () async throws(RotationError) in
      let live = try await nodes.live()
      do throws(GatewayFailure) {
        fee.value = try await live.receipt(hash)?.fee
      } catch { throw .silent("\(error)") }
    }
    let reason = "\(found.words); \(order.actor) and \(order.second) have looked at it"
    try desk.ask(
      .wallet(
        .rotation(
          .noteNonceLost(
            nonce: evidence.nonce, hash: hash, block: block, fee: fee.value,
            reason: String(reason.prefix(Limits.descriptionMost))))), by: order.actor)
  }
}

/// Why another wallet doesn't take over, or not yet.
public enum RotationError: Error, CustomStringConvertible {
  case store(StoreError)
  case adoption(AdoptionError)
  case refused(String)
  /// A node says nothing, or something that can't be relied on.
  case silent(String)

  public var description: String {
    switch self {
    case .store(let error): error.description
    case .adoption(let error): error.description
    case .refused(let why): "rotation-refused: \(why)"
    case .silent(let why): "rotation-unasked: \(why)"
    }
  }
}
