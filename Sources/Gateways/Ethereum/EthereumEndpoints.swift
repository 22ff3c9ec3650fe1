public import Kernel
import Synchronization

/// One or two nodes of different providers, of which none is believed alone where there are two.
///
/// A nonce is the highest that any of them knows, bytes go to all, and a transaction counts when
/// all have it in the same final block (CH-18). While one is silent, sending goes on with the
/// other, and nothing is settled. Each must be on the right chain, and both on the same one
/// (CH-17): that is asked before a node is used, and every hour.
public struct EthereumEndpoints: Sendable {
  private let nodes: [EthereumNode]
  private let checks = Checks()

  /// When a node was on the right chain last, and which chain that is.
  private final class Checks: Sendable {
    struct State {
      var at: [Int: (chain: Int, when: Instant)] = [:]
      var genesis: String?
    }
    let state = Mutex(State())
  }

  static let checkSeconds: Int64 = 3_600

  public init(_ first: EthereumNode, _ second: EthereumNode? = nil) {
    nodes = [first] + (second.map { [$0] } ?? [])
  }

  /// The nodes that may be used now.
  ///
  /// Permanent where one is on another chain: nothing is signed, sent or settled until it is gone.
  /// Transient where none answers.
  public func live(chain: Int, at now: Instant) async throws(GatewayFailure) -> LiveEndpoints {
    var live: [EthereumNode] = []
    var failure: GatewayFailure?
    for (index, node) in nodes.enumerated() {
      do throws(GatewayFailure) {
        try await check(node, index, chain, at: now)
        live.append(node)
      } catch {
        if case .permanent(_, .wrongChain) = error { throw error }
        failure = error
      }
    }
    guard !live.isEmpty else {
      throw failure ?? .transient("no node answers", retryAfterSeconds: nil)
    }
    return LiveEndpoints(live, trouble: failure.map { "a node is silent: \($0)" })
  }

  private func check(
    _ node: EthereumNode, _ index: Int, _ chain: Int, at now: Instant
  ) async throws(GatewayFailure) {
    let last = checks.state.withLock { $0.at[index] }
    // A clock that was set back asks again.
    if let last, last.chain == chain, last.when <= now,
      now < last.when.adding(seconds: Self.checkSeconds)
    {
      return
    }
    let found = try await node.chainID()
    guard found == chain else {
      throw .permanent("a node is on chain \(found), the wallet on \(chain)", code: .wrongChain)
    }
    guard let genesis = try await node.blockHash(at: 0) else {
      throw .transient("a node has no first block", retryAfterSeconds: nil)
    }
    let known = checks.state.withLock { state in
      let known = state.genesis ?? genesis
      state.genesis = known
      if known == genesis { state.at[index] = (chain, now) }
      return known
    }
    guard known == genesis else {
      throw .permanent(
        "the chain of a node began with \(genesis), that of the other with \(known)",
        code: .wrongChain)
    }
  }
}

/// What is known of a nonce's transactions.
public enum Sighting: Hashable, Sendable {
  /// All nodes have it in the same block, and that is final.
  case final(attempt: Int, Receipt)
  /// Some node has one in a block; `isAgreed` where all have it.
  case mined(isAgreed: Bool, because: String?)
  /// No node has any of them in a block.
  case unseen
  /// Those that answered have none.
  case unsure(String)
}

/// The nodes that are on the right chain and may be used.
public struct LiveEndpoints: Sendable {
  public let nodes: [EthereumNode]
  /// Why a configured node isn't among them; nil where all are.
  public let trouble: String?

  init(_ nodes: [EthereumNode], trouble: String?) {
    self.nodes = nodes
    self.trouble = trouble
  }

  /// What each says that answers; fails where none does.
  public func each<T>(
    _ ask: (EthereumNode) async throws(GatewayFailure) -> T
  ) async throws(GatewayFailure) -> [T] {
    var answers: [T] = []
    var failure: GatewayFailure?
    for node in nodes {
      do throws(GatewayFailure) {
        answers.append(try await ask(node))
      } catch { failure = failure ?? error }
    }
    if answers.isEmpty, let failure { throw failure }
    return answers
  }

  /// What the first says that can; of failures the first one.
  public func any<T>(
    _ ask: (EthereumNode) async throws(GatewayFailure) -> T
  ) async throws(GatewayFailure) -> T {
    var failure: GatewayFailure?
    for node in nodes {
      do throws(GatewayFailure) { return try await ask(node) } catch { failure = failure ?? error }
    }
    throw failure ?? .transient("no node answers", retryAfterSeconds: nil)
  }

  /// The account's next nonces, by mined state and with pools: the highest that any node knows.
  public func nonces(
    of account: String
  ) async throws(GatewayFailure) -> (latest: Int, pending: Int) {
    let all = try await each { node throws(GatewayFailure) in
      (
        try await node.nonce(of: account, at: .latest),
        try await node.nonce(of: account, at: .pending)
      )
    }
    return (all.map(\.0).max() ?? 0, all.map(\.1).max() ?? 0)
  }

  /// Sends bytes to every node.
  public func send(raw: String) async throws(GatewayFailure) -> SendAnswer {
    SendAnswer.together(
      try await each { node throws(GatewayFailure) in try await node.send(raw: raw) })
  }

  /// The newest block that every node has.
  public func head() async throws(GatewayFailure) -> Int {
    try await agreed { node throws(GatewayFailure) in try await node.blockNumber(.latest) }.min()
      ?? 0
  }

  /// What an account had of an asset after a block, where all nodes say the same; nil where there
  /// is no such token.
  public func holding(
    of account: String, _ asset: Asset, contract: String?, atBlock number: Int
  ) async throws(GatewayFailure) -> Money? {
    do throws(GatewayFailure) {
      let all = try await agreed { node throws(GatewayFailure) in
        guard let contract else { return try await node.balance(of: account, atBlock: number) }
        return try await node.tokenBalance(of: account, contract: contract, atBlock: number)
      }
      guard let units = all.first, all.allSatisfy({ $0 == units }) else {
        throw .transient("the nodes differ about \(asset)", retryAfterSeconds: nil)
      }
      return Money(units, asset)
    } catch {
      guard case .permanent(_, .addressInvalid) = error else { throw error }
      return nil
    }
  }

  /// The receipt that all nodes have of a transaction; nil where none has one.
  public func receipt(_ hash: String) async throws(GatewayFailure) -> Receipt? {
    let all = try await agreed { node throws(GatewayFailure) in try await node.receipt(hash) }
    guard let receipt = all.first, all.allSatisfy({ $0 == receipt }) else {
      throw .transient("the nodes differ about \(hash)", retryAfterSeconds: nil)
    }
    return receipt
  }

  /// What each says; fails where one that is configured doesn't answer.
  private func agreed<T>(
    _ ask: (EthereumNode) async throws(GatewayFailure) -> T
  ) async throws(GatewayFailure) -> [T] {
    if let trouble { throw .transient(trouble, retryAfterSeconds: nil) }
    var answers: [T] = []
    for node in nodes { answers.append(try await ask(node)) }
    return answers
  }

  /// Looks for a nonce's transactions, given by their hashes.
  ///
  /// Final is what lies at or below each node's final block, in the block that each has there;
  /// `confirmations` says how many blocks make it so, nil that the chain has its own word.
  public func sight(_ hashes: [String], confirmations: Int?) async -> Sighting {
    var silence = trouble
    for (index, hash) in hashes.enumerated() {
      var receipts: [Receipt?] = []
      for node in nodes {
        do throws(GatewayFailure) {
          receipts.append(try await node.receipt(hash))
        } catch { silence = silence ?? "a node is silent: \(error)" }
      }
      let seen = receipts.compactMap(\.self)
      guard let receipt = seen.first else { continue }
      guard seen.allSatisfy({ $0 == receipt }) else {
        return .mined(isAgreed: false, because: "the nodes differ about \(hash)")
      }
      guard silence == nil, seen.count == nodes.count else {
        return .mined(isAgreed: false, because: silence)
      }
      for node in nodes {
        do throws(GatewayFailure) {
          guard receipt.block <= (try await node.finalBlock(confirmations)),
            try await node.blockHash(at: receipt.block) == receipt.blockHash
          else { return .mined(isAgreed: true, because: nil) }
        } catch { return .mined(isAgreed: true, because: "\(error)") }
      }
      return .final(attempt: index, receipt)
    }
    return silence.map { .unsure($0) } ?? .unseen
  }

  /// True where every configured node says that the nonce is consumed in a final block.
  public func hasConsumed(
    _ nonce: Int, of account: String, confirmations: Int?
  ) async throws(GatewayFailure) -> Bool {
    guard trouble == nil else { return false }
    for node in nodes {
      guard try await node.finalNonce(of: account, confirmations) > nonce else { return false }
    }
    return true
  }

  /// True where some node has one of the transactions, in a block or in its pool.
  public func knowsAny(_ hashes: [String]) async throws(GatewayFailure) -> Bool {
    for hash in hashes {
      let known = try await each { node throws(GatewayFailure) in try await node.knows(hash) }
      if known.contains(true) { return true }
    }
    return false
  }
}

extension EthereumNode {
  /// The highest block that won't be replaced.
  func finalBlock(_ confirmations: Int?) async throws(GatewayFailure) -> Int {
    guard let confirmations else { return try await blockNumber(.finalized) }
    return try await blockNumber(.latest) - confirmations + 1
  }

  /// Nonces that are consumed for good; a chain whose finality is a count may not know the tag.
  func finalNonce(of account: String, _ confirmations: Int?) async throws(GatewayFailure) -> Int {
    guard confirmations != nil else { return try await nonce(of: account, at: .finalized) }
    let final = try await finalBlock(confirmations)
    return final < 0 ? 0 : try await nonce(of: account, atBlock: final)
  }
}
