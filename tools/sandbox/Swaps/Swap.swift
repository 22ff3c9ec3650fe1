import Gateways
import JSON
import Kernel

/// One exchange at the swap provider.
struct Swap {
  let id: String
  let request: SwapRequest
  /// What was promised; what will be paid where the rate is fixed and the deposit right.
  let promised: Money
  /// On the sandbox chain for what the chain has, otherwise text that nobody can pay to.
  let payin: String
  let createdAt: Int
  /// Only of a fixed rate.
  let validUntil: Int?
  /// The first exchange, of one that a second deposit to its address made.
  var original: String?
  var behaviour: Behaviour?

  var status = Status.waiting
  var updatedAt: Int
  var deposit: Movement?
  var depositedAt: Int?
  /// What was paid out, once it is on its way.
  var paid: Money?
  var payoutHash: String?
  var refund: Money?
  var refundHash: String?
  /// Exchanges that later deposits to the same address made, and in which token.
  var repeated: [String] = []
  var related: [String] = []

  enum Status: String {
    case waiting, confirming, exchanging, sending, finished, failed, refunded, verifying, expired
  }

  /// Money that came too late, or of the wrong amount at a fixed rate, goes back.
  var mustReturn: Bool {
    guard let deposit, let depositedAt else { return false }
    if behaviour == .refund || deposit.money.asset != request.from.asset { return true }
    guard request.flow == .fixedRate, let validUntil else { return false }
    return deposit.money != request.from || depositedAt > validUntil
  }
}

/// What an exchange was asked to be.
struct SwapRequest {
  let from: Money
  let to: Asset
  let flow: SwapFlow
  let address: String
  let refundAddress: String
  let rateID: String?
  let extraID: String?
  let userID: String?
  let payload: JSONValue?
}

/// A misbehaviour that tests ask for.
enum Behaviour: String {
  /// 400 `pair_is_inactive`.
  case refuse
  /// The exchange is made and the answer never comes.
  case hang
  /// 500, and nothing is made.
  case error500
  /// Stops at `verifying` once the deposit is there.
  case verifying
  /// Stops at `failed` once the deposit is there.
  case fail
  /// Sends the deposit back.
  case refund
  /// Expires at once.
  case expire
  /// Says that it is finished, with the hash of a payout that was never made.
  case phantom

  /// True for what happens at the door; the others ride with the exchange.
  var isAtTheDoor: Bool {
    switch self {
    case .refuse, .hang, .error500: true
    case .verifying, .fail, .refund, .expire, .phantom: false
    }
  }
}

/// A misbehaviour, for whom and how often.
struct Script {
  let currency: String?
  let address: String?
  let behaviour: Behaviour
  /// Nil for always.
  var times: Int?

  func matches(to: Asset, address: String?) -> Bool {
    if times == 0 { return false }
    if let currency, currency != to.currency.lowercased() { return false }
    guard let wanted = self.address else { return true }
    return address.map { $0.lowercased() == wanted } ?? false
  }
}
