import Engine
import Foundation
package import Gateways
import HTTP
package import Kernel
public import Log
import Synchronization

/// Takes into a restored log what it has forgotten: recovery's second repair (reliability 3.6).
///
/// What was signed stands whole at the witness. The log's own sagas run over it, and wherever they
/// would open a swap, take a nonce or sign, they are given the swap, the nonce and the bytes of
/// then; payments that it never heard of come from the provider's list first. Nothing new is
/// signed: bytes that aren't final yet are sent again, which pays nobody twice.
public struct Adoption: Sendable {
  /// What became of it.
  public struct Report: Sendable {
    /// Signed transactions that the log had forgotten.
    public let forgotten: Int
    /// Those that it still has not: a hash and what keeps it out.
    public let left: [(hash: String, why: String)]
    /// Payments that were listed, and why none were.
    public let payments: Int
    public let silent: String?
    public let from: UInt64
    public let to: UInt64
  }

  private let configuration: Configuration
  private let logger: Logger
  /// Bytes that aren't final are sent again; not where it is only tried on a copy.
  private let sends: Bool

  public init(_ configuration: Configuration, logger: Logger) {
    self.init(configuration, logger, sends: true)
  }

  private init(_ configuration: Configuration, _ logger: Logger, sends: Bool) {
    self.configuration = configuration
    self.logger = logger
    self.sends = sends
  }

  /// Tries it on a copy of the log, which is gone afterwards: nothing is changed and nothing sent.
  public func rehearse(
    of store: any LogStore, by actor: String, reason: String, quietSeconds: Int
  ) throws(AdoptionError) -> Report {
    guard store is FileStore else {
      throw .configuration("only a log in files can be copied to try it; see weir log copy")
    }
    let folder = NSTemporaryDirectory() + "weir-adopt-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      try FileManager.default.copyItem(
        atPath: DataFolder(configuration.data).log, toPath: folder)
    } catch { throw AdoptionError.store(.failed("\(folder): \(error.localizedDescription)")) }
    let copy = try reading { () throws(StoreError) in
      try FileStore.open(folder: folder, environment: store.environment)
    }
    let report = try Adoption(configuration, logger, sends: false).run(
      on: copy, by: actor, reason: reason, quietSeconds: quietSeconds)
    try reading { () throws(StoreError) in try copy.close() }
    return report
  }

  /// Adopts into `store`, which nobody else writes; gives up when nothing happened for so long.
  ///
  /// May be run again after it was cut off, and after more has become final.
  public func run(
    on store: any LogStore, by actor: String, reason: String, quietSeconds: Int
  ) throws(AdoptionError) -> Report {
    guard configuration.witnessPath != nil else { throw .noWitness }
    let word = { LedgerCommand.ledger(.beginAdoption(forgotten: $0, reason: reason)) }
    return try run(
      on: store, by: actor, word, quietSeconds: quietSeconds, beside: []
    ) { _ in true }
  }

  /// The same, with what the chain has beside the witness, and until the wallet is as it should be
  /// as well.
  ///
  /// - Parameter word: What is noted first, by how many were forgotten.
  func run(
    on store: any LogStore, by actor: String, _ word: (Int) -> LedgerCommand?, quietSeconds: Int,
    beside history: [SignedWitness.Entry], until isDone: (WalletState?) -> Bool
  ) throws(AdoptionError) -> Report {
    let from = store.head.position
    var entries = history
    if let path = configuration.witnessPath.map(SignedWitness.path(beside:)) {
      let unknown = try reading { () throws(StoreError) in try forgotten(by: store, path) }
      let seen = Set(history.map(\.hash))
      switch unknown {
      case .success(let found): entries += found.filter { !seen.contains($0.hash) }
      case .failure(let error): throw .witness("\(path): \(error)")
      }
    }
    var performer: Performer
    do throws(WeirFailure) {
      performer = try Performer(
        configuration, http: HTTPClient(), clock: Weir.clock, isRecovering: false)
    } catch { throw .configuration(error.description) }
    performer.keepSigned(beside: configuration.witnessPath, log: store.logID, logger)
    if !sends { performer.beforeBroadcast = { _, _ in false } }
    let gathered = try gather(entries, performer)
    let known = try reading { () throws(StoreError) in
      try Self.splits(of: gathered.found, in: store)
    }
    let last = try reading { () throws(StoreError) in
      from > 0 ? try store.read(after: from - 1, limit: 1).first?.at : nil
    }
    let engine = AdoptingEngine(
      store, configuration, gathered.found, barred: gathered.barred, known: known, performer,
      logger,
      asOf: last ?? Weir.clock())
    try engine.run(
      word(entries.count), by: actor, gathered.reports, quietSeconds: quietSeconds
    ) { wallet in
      let rest = try? SignedWitness.unknown(to: store, id: store.logID, among: entries)
      return rest?.isEmpty == true && isDone(wallet)
    }
    let rest = try reading { () throws(StoreError) in
      try SignedWitness.unknown(to: store, id: store.logID, among: entries)
    }
    let unreadable = Set(gathered.unreadable)
    return Report(
      forgotten: entries.count,
      left: rest.map { entry in
        let found = gathered.found.first { $0.entry == entry }
        return (entry.hash, why(entry, found, isUnreadable: unreadable.contains(entry.hash)))
      }, payments: gathered.reports.count, silent: gathered.silent, from: from,
      to: store.head.position)
  }

  private func why(
    _ entry: SignedWitness.Entry, _ found: Forgotten?, isUnreadable: Bool
  ) -> String {
    let nonce = "nonce \(entry.nonce), transfer \(entry.transfer)"
    guard !isUnreadable, let found else { return "\(nonce): its bytes can't be read" }
    guard let payment = found.payment else {
      return "\(nonce): it moves nothing that anybody is owed, such as a cancel"
    }
    let money = "\(payment.money.amountText) \(payment.money.asset)"
    let swap = found.swap.map { "the deposit of swap \($0.swap)" } ?? "no swap that is listed"
    return "\(nonce): \(money) to \(payment.to), \(swap); nothing in the log owes it yet"
  }

  private func forgotten(
    by store: any LogStore, _ path: String
  ) throws(StoreError) -> Result<[SignedWitness.Entry], DiskError> {
    let entries: [SignedWitness.Entry]
    do throws(DiskError) {
      entries = try SignedWitness.entries(at: path).filter { $0.log == store.logID }
    } catch { return .failure(error) }
    let state = try RecoveryCheck.wallets(of: store)
    return .success(
      try SignedWitness.unknown(to: store, id: store.logID, among: state.signable(entries)))
  }

  /// Whose swap the log has already, by the deposit's hash.
  package static func splits(
    of forgotten: [Forgotten], in store: any LogStore
  ) throws(StoreError) -> [String: String] {
    var known: [String: String] = [:]
    for each in forgotten {
      guard let swap = each.swap, let tag = Tag(text: "swap:\(swap.swap)") else { continue }
      for stored in try store.read(tag, after: 0, limit: 100) {
        if case .split(.swapOpened(let e)) = try stored.event() {
          known[each.entry.hash] = e.split.text
        }
      }
    }
    return known
  }

  /// What the witness has and the log has not, with what the providers say of it.
  package struct Gathered: Sendable {
    package fileprivate(set) var found: [Forgotten] = []
    fileprivate var unreadable: [String] = []
    /// Nonces with a transaction that moves nothing, or can't be read.
    package fileprivate(set) var barred: Set<Int> = []
    package fileprivate(set) var reports: [PaymentReport] = []
    fileprivate var silent: String?
  }

  /// What the providers have to say of it.
  private func gather(
    _ entries: [SignedWitness.Entry], _ performer: Performer
  ) throws(AdoptionError) -> Gathered {
    do throws(GatewayFailure) {
      return try waiting { () async throws(GatewayFailure) in
        try await Self.gather(entries, performer, configuration, at: Weir.clock())
      }
    } catch { throw .silent("\(error)") }
  }

  /// Asks the providers for swaps and payments; changes nothing anywhere.
  package static func gather(
    _ entries: [SignedWitness.Entry], _ performer: Performer, _ configuration: Configuration,
    at now: Instant
  ) async throws(GatewayFailure) -> Gathered {
    var gathered = Gathered()
    for entry in entries {
      if let found = Forgotten(entry, contract: { performer.contract(of: $0) }) {
        gathered.found.append(found)
        if found.payment == nil { gathered.barred.insert(entry.nonce) }
      } else {
        gathered.unreadable.append(entry.hash)
        gathered.barred.insert(entry.nonce)
      }
    }
    gathered.found.sort { ($0.nonce, $0.entry.attempt) < ($1.nonce, $1.entry.attempt) }
    let addresses = gathered.found.compactMap { $0.payment?.to }
    let swaps =
      addresses.isEmpty ? [] : try await performer.changeNOW.swaps(paidInto: addresses)
    for index in gathered.found.indices {
      let to = gathered.found[index].payment?.to.lowercased()
      gathered.found[index].swap = swaps.first { $0.payin.lowercased() == to }
    }
    guard let account = configuration.nowPayments.account else {
      gathered.silent = "nowpayments_email is not set: payments that were lost aren't listed"
      return gathered
    }
    let listed = try await performer.nowPayments.payments(
      since: now.adding(seconds: -Self.secondsListed), email: account.email.reveal(),
      password: account.password.reveal())
    // In the order in which they came.
    gathered.reports = listed.sorted { ($0.updatedAt ?? "") < ($1.updatedAt ?? "") }
    return gathered
  }

  private static let secondsListed: Int64 = 30 * 86_400
}

/// Why nothing is adopted: each begins with a name that stays.
public enum AdoptionError: Error, CustomStringConvertible {
  case store(StoreError)
  /// No witness is configured.
  case noWitness
  case witness(String)
  case configuration(String)
  /// A provider gave no answer.
  case silent(String)

  public var description: String {
    switch self {
    case .store(let error): error.description
    case .noWitness: "adopt-no-witness: nobody has what was signed; set witness_path"
    case .witness(let why): "adopt-no-witness: \(why)"
    case .configuration(let why): why
    case .silent(let why): "adopt-unasked: \(why); nothing was changed"
    }
  }
}

private func reading<T>(_ body: () throws(StoreError) -> T) throws(AdoptionError) -> T {
  do throws(StoreError) { return try body() } catch { throw .store(error) }
}
