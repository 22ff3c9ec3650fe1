import Gateways
import JSON
import Kernel

/// The swap provider: exchanges, what moves them, and the scripts that make it misbehave.
///
/// It has no say over the chain: an exchange goes on when its deposit is mined, and pays out, or
/// back, by a payment of its own.
struct Swaps {
  let rules: Rules
  let made: Made
  /// The wallet it pays from.
  let house: EthereumAddress
  private(set) var all: [String: Swap] = [:]
  /// In order of creation.
  private(set) var order: [String] = []
  private var byPayin: [EthereumAddress: String] = [:]
  private var agenda = Agenda<Due>()
  private var scripts: [Script] = []
  private var serial = 0

  private enum Due {
    /// Nobody waits for the deposit any longer.
    case expiry(String)
    case move(String)
  }

  /// What it keeps of a refund.
  static let refundFeeCents = 30

  init(_ rules: Rules) {
    self.rules = rules
    made = Made(seed: rules.seed)
    house = made.address("swap provider", 0)
  }

  var nextDue: Int? { agenda.nextDue }

  // MARK: Scripts

  /// `{match: {to_currency?, address?}, behaviour, times?}`, or `{clear: true}`.
  mutating func script(_ body: JSONValue) -> Reply {
    if body["clear"]?.flag == true {
      scripts = []
      return Reply(.object(["cleared": .bool(true)]))
    }
    guard let behaviour = body["behaviour"]?.text.flatMap(Behaviour.init) else {
      return .refused(
        400,
        problem("behaviour is refuse, hang, error500, verifying, fail, refund, expire or phantom"))
    }
    scripts.append(
      Script(
        currency: body["match"]?["to_currency"]?.text?.lowercased(),
        address: body["match"]?["address"]?.text?.lowercased(), behaviour: behaviour,
        times: body["times"]?.integer))
    return Reply(.object(["scripts": .integer(scripts.count)]))
  }

  /// The first script that applies, used up once; a script that names an address waits for one.
  mutating func takeScript(
    to: Asset, address: String?, where allowed: (Behaviour) -> Bool = { _ in true }
  ) -> Behaviour? {
    guard
      let place = scripts.firstIndex(where: {
        allowed($0.behaviour) && $0.matches(to: to, address: address)
      })
    else { return nil }
    scripts[place].times = scripts[place].times.map { $0 - 1 }
    return scripts[place].behaviour
  }

  // MARK: Exchanges

  /// Makes an exchange that waits for its deposit.
  mutating func make(
    _ request: SwapRequest, promised: Money, behaviour: Behaviour?, at time: Int
  ) -> Swap {
    serial += 1
    let payin = made.address("payin", serial)
    let isOnChain = request.from.asset.isSendable
    let hasFixedRate = request.flow == .fixedRate
    let swap = Swap(
      id: made.digits("exchange", serial, count: 14), request: request, promised: promised,
      payin: isOnChain ? payin.text : made.digits("payin", serial, count: 34),
      createdAt: time, validUntil: hasFixedRate ? time + rules.depositMilliseconds : nil,
      behaviour: behaviour, updatedAt: time)
    all[swap.id] = swap
    order.append(swap.id)
    if isOnChain { byPayin[payin] = swap.id }
    let patience = behaviour == .expire ? rules.stepMilliseconds : rules.depositMilliseconds
    agenda.add(.expiry(swap.id), at: time + patience)
    return swap
  }

  /// Value was mined: a deposit, if it went to an address of ours.
  mutating func arrived(_ movement: Movement, at time: Int) {
    guard let id = byPayin[movement.to], var swap = all[id] else { return }
    guard swap.deposit == nil, movement.money.asset == swap.request.from.asset else {
      return open(again: swap, movement, at: time)
    }
    swap.deposit = movement
    swap.depositedAt = time
    swap.status = .confirming
    swap.updatedAt = time
    all[id] = swap
    agenda.add(.move(id), at: time + rules.stepMilliseconds)
  }

  /// A second deposit is exchanged again, a wrong token too: nobody asks the payer.
  private mutating func open(again swap: Swap, _ movement: Movement, at time: Int) {
    serial += 1
    let old = swap.request
    let request = SwapRequest(
      from: movement.money, to: old.to, flow: .standard, address: old.address,
      refundAddress: old.refundAddress, rateID: nil, extraID: old.extraID, userID: old.userID,
      payload: old.payload)
    let again = Swap(
      id: made.digits("exchange", serial, count: 14), request: request,
      promised: price(movement.money, to: old.to, .standard) ?? .zero(old.to),
      payin: swap.payin, createdAt: time, validUntil: nil, original: swap.id,
      status: .confirming, updatedAt: time, deposit: movement, depositedAt: time)
    all[again.id] = again
    order.append(again.id)
    if movement.money.asset == old.from.asset {
      all[swap.id]?.repeated.append(again.id)
    } else {
      all[swap.id]?.related.append(again.id)
    }
    agenda.add(.move(again.id), at: time + rules.stepMilliseconds)
  }

  /// The next move of the exchange whose time has come.
  mutating func step(at time: Int, _ chain: inout Chain) {
    guard let due = agenda.next() else { return }
    let id: String
    switch due {
    case .expiry(let waiting):
      if all[waiting]?.status == .waiting {
        all[waiting]?.status = .expired
        all[waiting]?.updatedAt = time
      }
      return
    case .move(let moving): id = moving
    }
    guard var swap = all[id] else { return }
    let before = swap.status
    if move(&swap, &chain) { agenda.add(.move(id), at: time + rules.stepMilliseconds) }
    if swap.status != before { swap.updatedAt = time }
    all[id] = swap
  }

  /// True where the exchange is to move again.
  private func move(_ swap: inout Swap, _ chain: inout Chain) -> Bool {
    switch swap.status {
    case .confirming:
      if swap.behaviour == .verifying {
        swap.status = .verifying
        return false
      }
      swap.status = .exchanging
      return true
    case .exchanging:
      if swap.behaviour == .fail {
        swap.status = .failed
        return false
      }
      return swap.mustReturn ? sendBack(&swap, &chain) : sendOut(&swap, &chain)
    case .sending:
      if let hash = swap.refundHash {
        guard chain.mined[hash] != nil else { return true }
        swap.status = .refunded
        return false
      }
      let isOnChain = swap.request.to.isSendable && swap.behaviour != .phantom
      if isOnChain, let hash = swap.payoutHash, chain.mined[hash] == nil { return true }
      swap.status = .finished
      return false
    case .waiting, .finished, .failed, .refunded, .verifying, .expired:
      return false
    }
  }

  private func sendOut(_ swap: inout Swap, _ chain: inout Chain) -> Bool {
    guard let deposit = swap.deposit else { return false }
    let isExact = swap.request.flow == .fixedRate
    let floating = price(deposit.money, to: swap.request.to, .standard).flatMap(Self.slipped)
    guard let paid = isExact ? swap.promised : floating, paid.isPositive else {
      return sendBack(&swap, &chain)
    }
    swap.paid = paid
    swap.status = .sending
    if swap.behaviour == .phantom {
      swap.payoutHash = made.hash("phantom \(swap.id)", 0)
    } else if swap.request.to.isSendable, let recipient = EthereumAddress(swap.request.address) {
      swap.payoutHash = chain.pay(paid, from: house, to: recipient)
    } else {
      swap.payoutHash = String(made.hash("payout \(swap.id)", 0).dropFirst(2))
    }
    return true
  }

  private func sendBack(_ swap: inout Swap, _ chain: inout Chain) -> Bool {
    guard let deposit = swap.deposit else { return false }
    let fee = Prices.worth(cents: Self.refundFeeCents, in: deposit.money.asset)
    let rest = Money(deposit.money.units - fee.units, deposit.money.asset)
    guard rest.isPositive, let home = EthereumAddress(swap.request.refundAddress) else {
      swap.status = .failed
      return false
    }
    swap.refund = rest
    swap.refundHash = chain.pay(rest, from: house, to: home)
    swap.status = .sending
    return true
  }
}
