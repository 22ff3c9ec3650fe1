import Gateways
import JSON
import Kernel

/// All four stand-ins as one value: what happens next depends on inputs and their times alone.
///
/// Between two inputs the world moves by itself, at times that are known beforehand, in the order
/// of those times: moving in one go or in many comes to the same. So the journal of inputs is
/// enough to make the same world again.
struct World {
  let rules: Rules
  /// The time it has moved to, in milliseconds since 1970.
  private(set) var time: Int
  var chain: Chain
  var swaps: Swaps
  var payments: Payments
  var chats: Chats
  /// Wallets that got their first money, as `address/asset`.
  private(set) var funded: Set<String> = []

  init(_ rules: Rules) {
    self.rules = rules
    time = rules.genesis
    chain = Chain(rules)
    swaps = Swaps(rules)
    payments = Payments(rules)
    chats = Chats(rules)
  }

  /// Moves on to `now`, step by step.
  mutating func advance(to now: Int) {
    while let (due, kind) = nextDue, due <= now {
      time = max(time, due)
      switch kind {
      case .block:
        for movement in chain.mineBlock(at: time) { arrived(movement) }
      case .swap: swaps.step(at: time, &chain)
      case .payment: payments.step(at: time, &chain)
      }
    }
    time = max(time, now)
  }

  private enum Kind { case block, swap, payment }

  /// What happens next by itself; of two at the same time, the block first.
  private var nextDue: (Int, Kind)? {
    let all: [(Int?, Kind)] = [
      (chain.nextBlock(after: time), .block), (swaps.nextDue, .swap),
      (payments.nextDue, .payment),
    ]
    return all.compactMap { due, kind in due.map { ($0, kind) } }.min { $0.0 < $1.0 }
  }

  private mutating func arrived(_ movement: Movement) {
    swaps.arrived(movement, at: time)
  }

  /// Takes one input at its time.
  mutating func apply(_ input: Input) -> Reply {
    advance(to: input.at)
    switch input.what {
    case .fund: return fund(input.body)
    case .transaction: return chain.submit(input.body["raw"]?.text ?? "")
    case .chain: return chain.control(input.body, at: time)
    case .quote: return swaps.quote(input.body, at: time)
    case .exchange: return swaps.open(input.body, at: time)
    case .script: return swaps.script(input.body)
    case .invoice: return payments.invoice(input.body, at: time)
    case .payment: return payments.pay(input.body, at: time, &chain)
    case .delivery: return payments.delivered(input.body, at: time)
    case .telegram: return chats.call(input.body, at: time)
    case .person: return chats.act(input.body, at: time)
    }
  }

  /// `{address, amount, asset, first}`; the asset is `USDT-ETH` unless named.
  ///
  /// A wallet's `first` money comes once and makes it the wallet that payments are settled to.
  private mutating func fund(_ body: JSONValue) -> Reply {
    guard let address = body["address"]?.text.flatMap(EthereumAddress.init),
      let asset = Asset(text: body["asset"]?.text ?? Asset.usdt.text), asset.isSendable,
      let amount = body["amount"]?.decimal.flatMap({ Money($0, asset) }), amount.isPositive,
      amount.units <= Chain.highestAmount
    else { return .refused(400, problem("address, amount and an asset of the chain are needed")) }
    if body["first"]?.flag == true {
      guard funded.insert("\(address)/\(asset)").inserted else {
        return Reply(.object(["already": .bool(true)]), isChange: false)
      }
      payments.merchant = address
    }
    chain.give(amount, to: address, at: time)
    return Reply(.object(["address": .string(address.text), "asset": .string(asset.text)]))
  }
}

/// What the admin endpoints answer to a request they can't use.
func problem(_ detail: String) -> JSONValue {
  .object(["error": .string(detail)])
}
