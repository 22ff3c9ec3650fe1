/// The differences that stand, and what the wallet holds beside the books.
struct Differences: Sendable {
  struct Entry: Sendable {
    var found = DifferenceEvent.Found()
    var explained: DifferenceEvent.Explained?
    /// The books follow the chain.
    var corrected: DifferenceEvent.TransferCorrected?
  }

  /// By number.
  private(set) var entries: [Int: Entry] = [:]
  /// Differences ever found; numbers the next one.
  private(set) var count = 0
  /// By the asset's place: what the wallet holds and no fact brought there.
  private var floats: [Int: Int128] = [:]
  /// The highest block in which a transfer of ours was closed.
  private var lastBlock = 0

  func entry(_ kind: DifferenceKind, _ subject: String) -> Entry? {
    entries.values.first { $0.found.kind == kind && $0.found.subject == subject }
  }

  /// Nil before the asset was counted.
  func float(_ asset: Asset) -> Int128? { floats[Int(asset.index)] }

  /// Whether the books know no block after this one.
  func isCurrent(_ block: Int) -> Bool { lastBlock <= block }

  /// `custody` is what the books have of the fact's asset.
  mutating func take(_ event: DifferenceEvent, custody: (Asset) -> Int128) {
    switch event {
    case .found(let e):
      count = max(count, e.difference)
      entries[e.difference, default: Entry()].found = e
    case .explained(let e):
      guard let amount = e.amount else {
        entries[e.difference]?.explained = e
        return
      }
      entries[e.difference] = nil
      let sign: Int128 = e.kind == .walletShort ? -1 : 1
      floats[Int(amount.asset.index), default: 0] += sign * amount.units
    case .closed(let e): entries[e.difference] = nil
    case .transferCorrected(let e):
      entries[e.difference]?.corrected = e.kind == .takenBack ? e : nil
    case .walletCounted(let e):
      floats[Int(e.held.asset.index)] = e.held.units - custody(e.held.asset)
    }
  }

  /// The books name from now on what was in the wallet before it was counted.
  mutating func noteHeld(_ amount: Money) {
    let place = Int(amount.asset.index)
    if let units = floats[place] { floats[place] = units - amount.units }
  }

  mutating func note(block: Int) { lastBlock = max(lastBlock, block) }

  mutating func list(_ fields: inout StateFields) {
    fields.map("differences", &entries, blank: (0, Entry())) {
      $2.number("difference", &$0)
      $2.fact("found", &$1.found)
      $2.fact("explained", &$1.explained)
      $2.fact("corrected", &$1.corrected)
    }
    fields.number("found", &count)
    fields.map("floats", &floats, blank: (0, 0)) {
      $2.number("asset", &$0)
      $2.number("units", &$1)
    }
    fields.number("lastBlock", &lastBlock)
  }
}

/// A difference between ledger and outside that stands.
public struct Difference: Hashable, Sendable {
  public let number: Int
  public let kind: DifferenceKind
  public let subject: String
  public let amount: Money?
  public let ledger: String
  public let outside: String
  public let since: Instant
  /// A person's words; nil as long as nobody has explained it.
  public let explained: String?
}

extension LedgerState {
  /// Those that stand, the oldest first; explained ones among them as long as they do.
  public func standingDifferences() -> [Difference] {
    differences.entries.keys.sorted().compactMap { number in
      differences.entries[number].map { entry in
        let found = entry.found
        return Difference(
          number: number, kind: found.kind, subject: found.subject, amount: found.amount,
          ledger: found.ledger, outside: found.outside, since: found.since,
          explained: entry.explained?.reason)
      }
    }
  }

  /// What to look at: what may have changed, and what differed last.
  public func outsideQuestion() -> OutsideQuestion {
    var open: [OutsideQuestion.Open] = []
    splits.eachTransfer { transfer in
      guard transfer.isNonceOpen, !transfer.attempts.isEmpty else { return }
      open.append(
        OutsideQuestion.Open(
          requested: transfer.requested,
          attempts: transfer.attempts.map {
            OutsideQuestion.Attempt(hash: $0.hash, isCancel: $0.isCancel)
          }))
    }
    open.sort { $0.requested.transfer < $1.requested.transfer }
    let standing = standingDifferences()
    func subjects(_ kinds: DifferenceKind...) -> [String] {
      standing.filter { kinds.contains($0.kind) }.map(\.subject)
    }
    let assets = Asset.payable.filter { asset in
      asset == .eth || asset == .usdt
        || asset.isSendable && (books.income(asset) > 0 || differences.float(asset) != nil)
    }
    return OutsideQuestion(
      wallet: wallet?.address, assets: assets, open: open,
      swaps: subjects(.swapUnknown, .swapDiffers).compactMap { SwapID(text: $0) },
      payments: subjects(.paymentUnknown, .paymentDiffers).compactMap { PaymentID(text: $0) })
  }
}
