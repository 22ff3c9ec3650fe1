/// What may be asked of the host wallet.
public enum WalletCommand: Hashable, Sendable {
  /// Signs for this wallet from now on; `nonce` is the chain's account nonce.
  case claim(address: String, chain: Int, nonce: Int)
  case quarantine(nonce: Int, reason: String)
  case rotation(RotationCommand)
}

/// What is known of the host wallet.
public struct WalletState: Sendable {
  public internal(set) var address: String
  public internal(set) var chain: Int
  /// The nonce the next transfer gets.
  public internal(set) var nextNonce: Int
  public internal(set) var isQuarantined = false
  /// Set once another wallet is to take over.
  public internal(set) var retired: RotationEvent.Retired?
  /// The attempts of the newest sweep, until one of them is final.
  public internal(set) var sweeps: [RotationEvent.SweepSigned] = []
  /// Nonces that sweeps have consumed.
  public internal(set) var sweptNonces: [Int] = []
  public internal(set) var openNonces = 0
  /// What open nonces will take at most, value and gas.
  var promised: [Asset: Int128] = [:]

  /// Whether the wallet covers one more transfer beside all that are open (CH-13, P-56).
  ///
  /// Cautious: what was mined and is not final yet counts twice.
  func holds(_ amount: Money, _ quote: TransferQuote) -> Bool {
    let gas = Self.gas(quote.gasLimit, quote.maxFeePerGas)
    return quote.holdings.allSatisfy { held in
      let value = held.asset == amount.asset ? amount.units : 0
      let fees = held.asset == .eth ? gas : 0
      return held.units - (promised[held.asset] ?? 0) - fees >= value
    }
  }

  mutating func promise(_ amount: Money) { promised[amount.asset, default: 0] += amount.units }

  /// Wei that so much gas costs at most, at a fee in decimal wei.
  public static func gasCost(_ limit: Int, _ fee: String) -> Int128 { gas(limit, fee) }

  /// Wei; a fee that is none, or beyond all fees, counts as one that nobody can pay.
  static func gas(_ limit: Int, _ fee: String) -> Int128 {
    let most = Int128.ten(34)
    guard let price = DecimalText.units(fee, scale: 0), price >= 0 else { return most }
    let (gas, isOver) = price.multipliedReportingOverflow(by: Int128(limit))
    return isOver || gas > most ? most : gas
  }
}

extension WalletState {
  static let blank = WalletState(address: "", chain: 0, nextNonce: 0)

  mutating func list(_ fields: inout StateFields) {
    fields.text("address", &address)
    fields.number("chain", &chain)
    fields.number("nextNonce", &nextNonce)
    fields.flag("isQuarantined", &isQuarantined)
    fields.number("openNonces", &openNonces)
    fields.fact("retired", &retired)
    fields.list("sweeps", &sweeps, blank: RotationEvent.SweepSigned()) { $1.fact("sweep", &$0) }
    fields.list("sweptNonces", &sweptNonces, blank: 0) { $1.number("nonce", &$0) }
    var places: [Int: Int128] = [:]
    for (asset, units) in promised { places[Int(asset.index)] = units }
    fields.map("promised", &places, blank: (0, 0)) {
      $2.number("asset", &$0)
      $2.number("units", &$1)
    }
    guard fields.isReading else { return }
    promised = [:]
    for (place, units) in places {
      guard let asset = Asset(place: place) else { return fields.refuse() }
      promised[asset] = units
    }
  }
}

extension LedgerState {
  /// The wallet this log signs for.
  public var hostWallet: WalletState? { wallet }

  func decide(_ command: WalletCommand) -> Decision {
    switch command {
    case .claim(let address, let chain, let nonce):
      guard let wallet else {
        let claimed = WalletEvent.Claimed(chain: chain, nonce: nonce, wallet: address)
        return .accept([.wallet(.claimed(claimed))])
      }
      guard wallet.address == address, wallet.chain == chain else {
        return .refuse(.walletClaimedElsewhere)
      }
      return .ignore
    case .quarantine(let nonce, let reason):
      guard let wallet else { return .refuse(.walletUnknown) }
      guard !wallet.isQuarantined else { return .ignore }
      return .accept([
        .wallet(
          .quarantined(
            WalletEvent.Quarantined(
              chain: wallet.chain, nonce: nonce, reason: reason, wallet: wallet.address)))
      ])
    case .rotation(let command): return decide(command)
    }
  }

  mutating func evolve(_ event: WalletEvent) {
    switch event {
    case .claimed(let e):
      wallet = WalletState(address: e.wallet, chain: e.chain, nextNonce: e.nonce)
      moveRequests(to: e.wallet)
    case .nonceAssigned(let e):
      // I8: nonces are given once, in order.
      precondition(wallet?.nextNonce == e.nonce, "I8: nonce \(e.nonce) given out of order")
      wallet?.nextNonce += 1
      wallet?.passSwept()
      wallet?.openNonces += 1
    case .quarantined: wallet?.isQuarantined = true
    case .rotation(let e): evolve(e)
    }
  }
}
