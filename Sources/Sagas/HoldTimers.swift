public import Kernel

/// When changes of where a channel's money goes take effect.
///
/// The time stands in `channel.payout_change_held`; until the end of it is a fact, the ledger is
/// asked for that again a minute later, and ignores what is too early, replaced or cancelled.
public struct HoldTimers: Sendable {
  private struct Hold: Hashable, Sendable {
    var asset = Asset.none
    var effective = Instant(microseconds: 0)
    var wallet = ""
  }

  private static let againSeconds: Int64 = 60

  /// The newest change of each channel.
  private var holds: [ChannelKey: Hold] = [:]
  /// When those that were told are told again; every start tells them at once.
  private var again: [ChannelKey: Instant] = [:]
  /// The soonest of them; nil where none runs.
  public private(set) var next: Instant?

  public init() {}

  public mutating func take(_ event: LedgerEvent) {
    switch event {
    case .channel(.payoutChangeHeld(let e)):
      set(e.channel, Hold(asset: e.asset, effective: e.effective, wallet: e.wallet))
    case .channel(.payoutChangeCancelled(let e)): set(e.channel, nil)
    case .channel(.payoutSettingsChanged(let e)):
      guard let hold = holds[e.channel], hold.asset == e.payout.asset,
        hold.wallet == e.payout.wallet
      else { return }
      set(e.channel, nil)
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  /// What is over at `now`.
  public mutating func due(at now: Instant) -> [(CommandID, LedgerCommand)] {
    guard let next, next <= now else { return [] }
    var commands: [(CommandID, LedgerCommand)] = []
    for key in holds.keys.sorted() {
      guard let effective = holds[key]?.effective, again[key] ?? effective <= now else { continue }
      again[key] = now.adding(seconds: Self.againSeconds)
      let id = CommandID.composed("hold", key.text, "\(effective.microseconds)")
      commands.append((id, .channel(.endHold(key, effective: effective))))
    }
    find()
    return commands
  }

  private mutating func set(_ key: ChannelKey, _ hold: Hold?) {
    holds[key] = hold
    again[key] = nil
    find()
  }

  private mutating func find() { next = holds.map { again[$0.key] ?? $0.value.effective }.min() }

  /// The one listing of them; see `StateFields`.
  public mutating func list(_ fields: inout StateFields) {
    fields.map("holds", &holds, blank: (.blank, Hold())) {
      $2.text("channel", &$0)
      $2.text("asset", &$1.asset)
      var effective = $1.effective.microseconds
      $2.number("effective", &effective)
      $1.effective = Instant(microseconds: effective)
      $2.text("wallet", &$1.wallet)
    }
    if fields.isReading { find() }
  }
}
