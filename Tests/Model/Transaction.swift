/// A transaction of a wallet, known by its hash: equal ones have the same bytes.
public struct Transaction: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// What it does on chain.
  public enum Work: Hashable, Sendable {
    /// Pays a batch; attempts of one nonce differ in their fees only, and count from 0.
    case pays(batch: Int, attempt: Int)
    /// As the chain holds a payment that was reverted: the nonce is consumed, nobody is paid.
    case fails(batch: Int, attempt: Int)
    /// Sends nothing to the wallet itself.
    case cancels(attempt: Int)
    /// Moves all that the wallet holds to the next one.
    case sweeps
    /// Somebody else's with our key; pays no batch.
    case strange
  }

  // Wallet, nonce, kind, batch and attempt in one number, so that states hash and compare quickly.
  private let code: UInt64

  /// Wallets below 2^8, nonces below 2^24, batches below 2^20, attempts below 2^8.
  public init(wallet: Int, nonce: Int, _ work: Work) {
    let (kind, batch, attempt) =
      switch work {
      case .pays(let batch, let attempt): (0, batch, attempt)
      case .fails(let batch, let attempt): (1, batch, attempt)
      case .cancels(let attempt): (2, 0, attempt)
      case .sweeps: (3, 0, 0)
      case .strange: (4, 0, 0)
      }
    precondition(wallet >> 8 == 0 && nonce >> 24 == 0 && batch >> 20 == 0 && attempt >> 8 == 0)
    let place = UInt64(wallet) << 56 | UInt64(nonce) << 32
    code = place | UInt64(kind) << 28 | UInt64(batch) << 8 | UInt64(attempt)
  }

  public var wallet: Int { Int(code >> 56) }
  public var nonce: Int { Int(code >> 32 & 0xFF_FFFF) }

  public var work: Work {
    let (batch, attempt) = (Int(code >> 8 & 0xF_FFFF), Int(code & 0xFF))
    return switch code >> 28 & 0xF {
    case 0: .pays(batch: batch, attempt: attempt)
    case 1: .fails(batch: batch, attempt: attempt)
    case 2: .cancels(attempt: attempt)
    case 3: .sweeps
    default: .strange
    }
  }

  /// The batch it pays.
  var paid: Int? {
    guard case .pays(let batch, _) = work else { return nil }
    return batch
  }

  /// As the chain holds it where it was reverted; nil for what can't be.
  var failed: Transaction? {
    guard case .pays(let batch, let attempt) = work else { return nil }
    return Transaction(wallet: wallet, nonce: nonce, .fails(batch: batch, attempt: attempt))
  }

  public static func < (one: Self, other: Self) -> Bool { one.code < other.code }

  public var description: String {
    let text =
      switch work {
      case .pays(let batch, let attempt): "pay b\(batch)" + (attempt > 0 ? " bump \(attempt)" : "")
      case .fails(let batch, _): "pay b\(batch) reverted"
      case .cancels(let attempt): "cancel" + (attempt > 0 ? " bump \(attempt)" : "")
      case .sweeps: "sweep"
      case .strange: "stranger's"
      }
    return "[w\(wallet) n\(nonce) \(text)]"
  }
}

/// What the log holds of a transfer or a wallet.
enum Entry: Hashable, Sendable {
  case reserved(batch: Int, wallet: Int, nonce: Int)
  case signed(batch: Int, Transaction)
  case confirmed(batch: Int)
  case released(batch: Int, wallet: Int, nonce: Int)
  /// Found paid by a payment that the log didn't know.
  case adopted(batch: Int)
  /// Found consumed, and never to be given again.
  case skipped(wallet: Int, nonce: Int)
  case quarantined
  /// Recovery is over: on another wallet, or above all that may still be mined.
  case rotated(wallet: Int)
  case resumed(wallet: Int, next: Int)

  /// Whether order matters around it: it ends or begins an epoch.
  var isTurn: Bool {
    switch self {
    case .quarantined, .rotated, .resumed: true
    case .reserved, .signed, .confirmed, .released, .adopted, .skipped: false
    }
  }

  // States hash often, and this tells entries apart as well.
  func hash(into hasher: inout Hasher) { hasher.combine(order) }

  /// For one representative of logs that mean the same: reservations, signatures, ends.
  var order: UInt64 {
    func place(_ rank: UInt64, _ batch: Int, _ wallet: Int, _ nonce: Int, _ more: UInt64 = 0)
      -> UInt64
    {
      rank << 60 | UInt64(batch) << 40 | UInt64(wallet) << 36 | UInt64(nonce) << 12 | more
    }
    return switch self {
    case .reserved(let batch, let wallet, let nonce): place(0, batch, wallet, nonce)
    case .skipped(let wallet, let nonce): place(1, 0, wallet, nonce)
    case .signed(let batch, let t): place(2, batch, t.wallet, t.nonce, t.kindAndAttempt)
    case .released(let batch, let wallet, let nonce): place(3, batch, wallet, nonce)
    case .confirmed(let batch): place(4, batch, 0, 0)
    case .adopted(let batch): place(5, batch, 0, 0)
    case .quarantined: place(6, 0, 0, 0)
    case .rotated(let wallet): place(7, 0, wallet, 0)
    case .resumed(let wallet, let next): place(8, 0, wallet, next)
    }
  }
}

extension Transaction {
  fileprivate var kindAndAttempt: UInt64 {
    switch work {
    case .pays(_, let attempt): UInt64(attempt)
    case .fails(_, let attempt): 1 << 8 | UInt64(attempt)
    case .cancels(let attempt): 2 << 8 | UInt64(attempt)
    case .sweeps: 3 << 8
    case .strange: 4 << 8
    }
  }
}
