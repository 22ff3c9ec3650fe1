import Dispatch
import Gateways
import HTTP
import Kernel
public import Log

/// One of the things that must hold before a log that owes recovery may sign again (reliability
/// 3.6), and whether it does.
public struct RecoveryCheck: Sendable {
  /// `R1` to `R4`, as reliability 3.6 numbers them.
  public let name: String
  public let isPassed: Bool
  /// What was found; where it didn't pass, also what can be done.
  public let words: String
  /// What was signed of the log isn't how it begins any more: it goes on only as another one.
  public var isForked = false

  init(name: String, isPassed: Bool, words: String, isForked: Bool = false) {
    self.name = name
    self.isPassed = isPassed
    self.words = words
    self.isForked = isForked
  }

  /// Makes the checks there are today: what was signed of the log is how it begins (R1), the chain
  /// knows no nonce of the wallet that the log never gave (R2), the witness knows no signed
  /// transaction that the log has forgotten (R3), and the providers have no money of payments and
  /// swaps that it never heard of (R4).
  ///
  /// What can't be asked isn't passed. Waits for the node; throws where the log can't be read.
  public static func all(
    of log: any EventSource, id: String, _ configuration: Configuration
  ) throws(StoreError) -> [RecoveryCheck] {
    let state = try wallets(of: log)
    let wallet = state.hostWallet
    let (found, listed) = (Box<RecoveryCheck?>(nil), Box<ProviderLists?>(nil))
    let done = DispatchSemaphore(value: 0)
    let last = log.head.position > 0 ? try log.read(after: log.head.position - 1, limit: 1) : []
    Task {
      found.value = await nonces(wallet, configuration)
      listed.value = await ProviderLists(since: last.first?.at, configuration)
      done.signal()
    }
    let witness = try witness(log, id, configuration)
    done.wait()
    let lists = try listed.value.map { (lists) throws(StoreError) in try lists.check(log) }
    return [witness] + [found.value].compactMap { $0 } + [try signed(log, id, state, configuration)]
      + [lists].compactMap { $0 }
  }

  private static let repairs =
    "what is missing must come back first: append it from a mirror (weir recovery append), adopt "
    + "it from the witness (weir recovery adopt), or restore a newer backup; where nobody has it, "
    + "move to another wallet (weir recovery rotate)"

  private static func witness(
    _ log: any EventSource, _ id: String, _ configuration: Configuration
  ) throws(StoreError) -> RecoveryCheck {
    let path = configuration.witnessPath
    let files = CheckpointFiles(data: configuration.data, witness: path)
    do throws(ProofError) {
      let size = try Notary.check(log, log: id, files: files)
      let place = path.map { "the witness \($0)" } ?? "the data folder (no witness is configured)"
      return RecoveryCheck(
        name: "R1", isPassed: true,
        words: "the log begins with the \(size) events that were signed, by \(place)")
    } catch {
      switch error {
      case .store(let error): throw error
      case .truncated, .rewritten:
        return RecoveryCheck(
          name: "R1", isPassed: false, words: "\(error); \(repairs)", isForked: true)
      case .key:
        return RecoveryCheck(
          name: "R1", isPassed: false,
          words: "\(error); put the key back that was kept outside the backup")
      case .files, .witness, .unsigned, .unproven, .malformed, .forged, .otherLog:
        return RecoveryCheck(name: "R1", isPassed: false, words: "\(error)")
      }
    }
  }

  private static func signed(
    _ log: any EventSource, _ id: String, _ state: LedgerState, _ configuration: Configuration
  ) throws(StoreError) -> RecoveryCheck {
    guard let path = configuration.witnessPath.map(SignedWitness.path(beside:)) else {
      return RecoveryCheck(
        name: "R3", isPassed: true,
        words: "no witness is configured: what was signed and never mined isn't known here")
    }
    let entries: [SignedWitness.Entry]
    do throws(DiskError) {
      entries = state.signable(try SignedWitness.entries(at: path).filter { $0.log == id })
    } catch {
      return RecoveryCheck(name: "R3", isPassed: false, words: "\(path) can't be read: \(error)")
    }
    let unknown = try SignedWitness.unknown(to: log, id: id, among: entries)
    return RecoveryCheck(
      name: "R3", isPassed: unknown.isEmpty,
      words: words(on: unknown).map { "\($0); \(repairs)" }
        ?? "the log has all \(entries.count) signed transactions of the witness \(path)")
  }

  /// Signed transactions that a log has forgotten; nil where there are none.
  static func words(on unknown: [SignedWitness.Entry]) -> String? {
    guard let first = unknown.first else { return nil }
    let more = unknown.count > 1 ? " and \(unknown.count - 1) more" : ""
    return "signed-forgotten: the witness has transfer \(first.transfer), nonce \(first.nonce), "
      + "\(first.hash)\(more), which this log doesn't know of"
  }

  /// The wallets as the log knows them, and nothing else of it.
  static func wallets(of log: any EventSource) throws(StoreError) -> LedgerState {
    var state = LedgerState()
    var position: UInt64 = 0
    while position < log.head.position {
      position = try log.replay(after: position, limit: 4_096, wanting: FactForms(.wallet)) {
        state.evolve($0.event)
      }
    }
    return state
  }

  private static func nonces(
    _ wallet: WalletState?, _ configuration: Configuration
  ) async -> RecoveryCheck {
    func failed(_ words: String) -> RecoveryCheck {
      RecoveryCheck(name: "R2", isPassed: false, words: words)
    }
    guard let (node, second) = configuration.ethereum.nodes(HTTPClient()),
      let key = EthereumKey(hex: configuration.hostWalletKey.reveal())
    else { return failed("no Ethereum node or no wallet key is configured") }
    if let wallet, wallet.retired != nil {
      return failed(
        "\(wallet.address) is retired and its successor doesn't sign yet: go on with weir recovery "
          + "rotate")
    }
    if let wallet, wallet.address.lowercased() != key.address.lowercased() {
      return failed("the log signs for \(wallet.address), but the key is that of \(key.address)")
    }
    do throws(GatewayFailure) {
      let live = try await EthereumEndpoints(node, second)
        .live(chain: wallet?.chain ?? configuration.ethereum.chainID, at: Weir.clock())
      // One that is silent may be the one that knows.
      if let trouble = live.trouble { return failed(trouble) }
      var (latest, pending) = (0, 0)
      for node in live.nodes {
        latest = max(latest, try await node.nonce(of: key.address, at: .latest))
        pending = max(pending, try await node.nonce(of: key.address, at: .pending))
      }
      let next = wallet?.nextNonce ?? 0
      let words =
        "the chain's next nonce of \(key.address) is \(latest), with what is pending \(pending); "
        + "the log gives \(next) next"
      guard max(latest, pending) <= next else {
        return failed("\(words): money left that this log doesn't know of; \(repairs)")
      }
      return RecoveryCheck(name: "R2", isPassed: true, words: words)
    } catch {
      return failed("the nonces couldn't be asked for: \(error)")
    }
  }
}

extension LedgerState {
  /// Signed transactions that could still move something: not those of a wallet that another one
  /// took over from, which was swept before.
  func signable(_ entries: [SignedWitness.Entry]) -> [SignedWitness.Entry] {
    let former = Set(formerWallets.map { $0.lowercased() })
    return entries.filter { !former.contains($0.wallet.lowercased()) }
  }
}
