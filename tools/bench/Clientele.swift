import Engine
import Kernel
import Log

/// The channels of a bench: a few in a hundred are paid at once, the others behind a threshold.
struct Clientele: Sendable {
  struct Channel: Sendable {
    let key: ChannelKey
    let open: OpenChannelID
    let registration: ChannelRegistration
  }

  static let prices = ["25", "50", "30"]
  let channels: [Channel]

  /// The channel whose timeline is read.
  var watched: Channel { channels[0] }

  /// - Parameter threshold: Dollars; nil for a mix of thresholds and channels paid at once.
  init(count: Int, threshold: String? = nil) {
    channels = (0..<max(1, count)).map { Self.channel($0, threshold) }
  }

  private static func channel(_ number: Int, _ threshold: String?) -> Channel {
    let open = known(OpenChannelID(text: "-100\(1_000_000_000 + number)"))
    let closed = known(ClosedChannelID(text: "-100\(2_000_000_000 + number)"))
    let assets = ["ETH-ETH", "XMR-XMR", "USDT-ETH", "TRX-TRX", "BTC-BTC"]
    // Number 0 is the watched one and keeps to its threshold.
    let isInstant = threshold == nil && number % 8 == 7
    let sum = threshold ?? ["500", "100", "200", "1000"][number % 4]
    let payout = PayoutSettings(
      asset: known(Asset(text: assets[number % assets.count])),
      wallet: "0x" + String(repeating: "ab", count: 16) + String(10_000_000 + number),
      strategy: isInstant ? .instant : .threshold,
      threshold: isInstant ? .zero(.usd) : known(Money(sum, .usd)))
    let days = [30, 90, 30]
    return Channel(
      key: ChannelKey(registering: open), open: open,
      registration: ChannelRegistration(
        open: ChannelFace(id: open, title: "Signals \(number)", description: "Daily, and free"),
        closed: ChannelFace(id: closed, title: "Signals \(number) plus", description: "All of it"),
        tiers: zip(prices, days).map { Tier(price: known(Money($0, .usd)), days: $1) },
        payout: payout, donationMessage: nil, notify: nil))
  }

  /// What opens a new log: its genesis, the wallet it signs for, and the channels.
  func opening(log: String) -> [Submission] {
    let wallet = LedgerCommand.wallet(
      .claim(address: World.wallet, chain: 31_337, nonce: 0))
    return [
      Submission(bench: "genesis", .ledger(.open(environment: .sandbox, log: log))),
      Submission(bench: "wallet", wallet),
    ]
      + channels.map {
        Submission(bench: "register/\($0.key)", .channel(.register($0.registration)))
      }
  }
}

/// A text of the bench's own that must be right.
func known<T>(_ value: T?) -> T {
  guard let value else { preconditionFailure("a bench made a bad \(T.self)") }
  return value
}

extension Submission {
  /// A command of the bench's own, under an id that it uses once.
  init(bench id: String, _ command: LedgerCommand, actor: String = "service") {
    self.init(
      id: .composed("bench", id), digest: SHA256.digest(of: Array(id.utf8)), command: command,
      actor: actor)
  }
}
