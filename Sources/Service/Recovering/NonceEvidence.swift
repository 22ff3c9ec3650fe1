import Gateways
import HTTP
import Kernel
public import Log

/// What every node says of one nonce of the wallet, beside what the log has of it.
///
/// Nothing is decided here: it is what a person looks at who has to (CH-05, CH-19).
public struct NonceEvidence: Sendable {
  /// What one node says.
  public struct Sight: Sendable, Hashable {
    public enum State: String, Sendable {
      /// In a block that won't be replaced.
      case final
      case mined
      /// In its pool, or counted as if it was.
      case waiting
      case free
      case silent
    }
    public let state: State
    /// Nil where it says of no transaction.
    public var hash: String?
    public var block: Int?
    /// What the transaction does, or why the node says nothing.
    public var words = ""
    /// Its signed bytes, where the node shows them.
    var raw: String?
  }

  public let nonce: Int
  /// Whose nonce it is in this log; nil where the log never gave it.
  public let transfer: String?
  /// What this log signed for it.
  public let signed: [String]
  /// By node, in the order in which they are configured.
  public let sights: [Sight]

  /// What consumed it for good, where every node says the same.
  var consumer: Sight? {
    guard let first = sights.first, first.state == .final, first.hash != nil else { return nil }
    let isAgreed = sights.allSatisfy {
      $0.state == .final && $0.hash == first.hash && $0.block == first.block
    }
    return isAgreed ? first : nil
  }

  /// Whether the log has the bytes of what consumed the nonce, or waits for it.
  public var isOurs: Bool {
    let hashes = Set(sights.compactMap(\.hash))
    return hashes.isEmpty ? transfer != nil : hashes.isSubset(of: Set(signed))
  }

  /// What it comes to, and what can be done.
  public var meaning: String {
    let silent = sights.contains { $0.state == .silent }
    if silent { return "a node is silent: nothing is known for sure; ask again" }
    if isOurs { return "ours: it is followed to its end" }
    let states = Set(sights.map(\.state))
    if states == [.free] { return "nobody has used it" }
    guard consumer != nil else {
      return "not ours, or not known to be, and not final on every node: nothing is decided yet"
    }
    return "consumed for good by what this log doesn't know: restore a newer log, adopt it (weir "
      + "recovery adopt), or move to another wallet (weir recovery rotate)"
  }
}

extension NonceEvidence {
  /// The evidence of every nonce that isn't plainly this log's: those that are open, and those that
  /// some node knows and the log never gave; or of one that is asked for.
  ///
  /// Reads the log whole, and waits for the nodes. Throws where the log can't be read, or knows no
  /// wallet.
  public static func gather(
    _ log: any EventSource, _ configuration: Configuration, nonce: Int? = nil
  ) throws(RotationError) -> [NonceEvidence] {
    let state: LedgerState
    do throws(StoreError) { state = try fold(log) } catch { throw .store(error) }
    guard let wallet = state.hostWallet else { throw .refused("the log knows no wallet yet") }
    let outside = try NonceNodes(configuration, chain: wallet.chain)
    return try waiting { () async throws(RotationError) in
      let known = try await outside.known(of: wallet.address)
      let open = state.openNonces().map(\.nonce)
      let beyond = wallet.nextNonce..<max(wallet.nextNonce, known.pending)
      let nonces = nonce.map { [$0] } ?? (open + beyond).sorted()
      return try await outside.evidence(of: nonces, state)
    }
  }

  /// All of a log.
  static func fold(_ log: any EventSource) throws(StoreError) -> LedgerState {
    var state = LedgerState()
    var position: UInt64 = 0
    while position < log.head.position {
      position = try log.replay(after: position, limit: 4_096, wanting: .all) {
        state.evolve($0.event)
      }
    }
    return state
  }
}

/// The nodes, each asked by itself.
struct NonceNodes: Sendable {
  private let endpoints: EthereumEndpoints
  private let nodes: [EthereumNode]
  private let chain: Int
  private let confirmations: Int?

  init(_ configuration: Configuration, chain: Int) throws(RotationError) {
    guard let (first, second) = configuration.ethereum.nodes(HTTPClient()) else {
      throw .refused("no Ethereum node is configured")
    }
    endpoints = EthereumEndpoints(first, second)
    nodes = [first] + (second.map { [$0] } ?? [])
    self.chain = chain
    var count: Int?
    if case .confirmations(let some) = configuration.ethereum.finality { count = some }
    confirmations = count
  }

  /// All nodes, none of them silent and each on the right chain; else nothing may be decided.
  func live() async throws(RotationError) -> LiveEndpoints {
    let live: LiveEndpoints
    do throws(GatewayFailure) {
      live = try await endpoints.live(chain: chain, at: Weir.clock())
    } catch { throw .silent("\(error)") }
    if let trouble = live.trouble { throw .silent(trouble) }
    return live
  }

  /// The account's next nonces: the highest that is mined or waits, and the lowest that is final.
  func known(
    of account: String
  ) async throws(RotationError) -> (latest: Int, pending: Int, final: Int) {
    let live = try await live()
    do throws(GatewayFailure) {
      let (latest, pending) = try await live.nonces(of: account)
      var final = Int.max
      for node in live.nodes {
        let head = try await node.finalHead(confirmations)
        final = min(final, head < 0 ? 0 : try await node.nonce(of: account, atBlock: head))
      }
      return (latest, max(latest, pending), final)
    } catch { throw .silent("\(error)") }
  }

  func evidence(
    of nonces: [Int], _ state: LedgerState
  ) async throws(RotationError) -> [NonceEvidence] {
    guard let wallet = state.hostWallet else { return [] }
    let open = state.openNonces()
    var found: [NonceEvidence] = []
    for nonce in nonces {
      var sights: [NonceEvidence.Sight] = []
      for node in nodes { sights.append(await sight(of: nonce, wallet.address, node)) }
      let mine = open.first { $0.nonce == nonce }
      let sweeps = wallet.sweeps.filter { $0.nonce == nonce }.map(\.hash)
      found.append(
        NonceEvidence(
          nonce: nonce, transfer: mine?.transfer.text,
          signed: (mine?.attempts.map(\.hash) ?? []) + sweeps, sights: sights))
    }
    return found
  }

  private func sight(
    of nonce: Int, _ account: String, _ node: EthereumNode
  ) async -> NonceEvidence.Sight {
    do throws(GatewayFailure) {
      guard try await node.chainID() == chain else {
        return NonceEvidence.Sight(state: .silent, words: "it is on another chain")
      }
      let head = try await node.blockNumber(.latest)
      guard let seen = try await node.consumer(of: nonce, by: account, upTo: head) else {
        if let seen = await node.waiting(for: nonce, of: account) {
          return NonceEvidence.Sight(.waiting, seen)
        }
        guard try await node.nonce(of: account, at: .pending) > nonce else {
          return NonceEvidence.Sight(state: .free)
        }
        return NonceEvidence.Sight(
          state: .waiting, words: "it counts it, and doesn't show its transaction")
      }
      let isFinal = try await (seen.block ?? .max) <= node.finalHead(confirmations)
      return NonceEvidence.Sight(isFinal ? .final : .mined, seen)
    } catch { return NonceEvidence.Sight(state: .silent, words: "\(error)") }
  }
}

extension NonceEvidence.Sight {
  init(_ state: State, _ seen: SeenTransaction) {
    self.state = state
    hash = seen.hash
    block = seen.block
    raw = seen.raw
    let to = seen.to ?? "a new contract"
    if let moved = ERC20.readTransfer(seen.data) {
      let token = Asset.payable.first { $0.contract?.lowercased() == seen.to?.lowercased() }
      let amount = token.map { "\(Money(moved.amount, $0).amountText) \($0)" }
      words = "\(amount ?? "\(moved.amount) of the token \(to)") to \(moved.to)"
    } else if seen.data.isEmpty {
      let value = seen.value.map { "\(Money($0, .eth).amountText) \(Asset.eth)" }
      words = "\(value ?? "some ETH") to \(to)"
    } else {
      words = "a call of \(to)"
    }
  }
}
