@testable import Kernel

/// Commands of every kind at random: some that take the line further, and many that come late,
/// twice, or about something else.
struct Storm {
  var world = World()
  private var random: UInt64
  private var seen = 0
  private var requests: [SplitEvent.Requested] = []
  private(set) var transfers: [TransferID: TransferEvent.Requested] = [:]
  private(set) var nonces: [TransferID: Int] = [:]
  private(set) var bumps: [TransferID: TransferEvent.BumpRequested] = [:]
  private(set) var swaps: [SplitID: SplitEvent.SwapOpened] = [:]
  private var attempts: [SplitID: Int] = [:]
  /// The newest fact about each split, but for those that come at any time.
  private var stages: [SplitID: String] = [:]
  /// What waits for a rate, a conversion or a split, or did.
  private var valued: [PaymentID] = []
  private var locked: [(ChannelKey, PaymentID)] = []
  private var purposes: [SplitPurpose] = []
  let channels: [ChannelKey]

  static let payments = 60

  init(seed: UInt64) {
    random = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    let eth = Asset(text: "ETH-ETH")!
    let settings = [
      Sample.payout(.threshold), Sample.payout(.instant),
      Sample.payout(.threshold, threshold: "50.00", asset: .usdt, wallet: Sample.payin),
      Sample.payout(.instant, asset: eth, wallet: Sample.payin),
    ]
    var channels: [ChannelKey] = []
    for (index, payout) in settings.enumerated() {
      let open = OpenChannelID(text: "-100100\(index)")!
      world.ask(
        .channel(
          .register(
            Sample.form(
              open: open, closed: ClosedChannelID(text: "-200100\(index)")!, payout: payout))))
      channels.append(ChannelKey(registering: open))
    }
    self.channels = channels
    if chance(9) { world.claim() }
  }

  /// Asks the next thing; what it was and what came of it.
  mutating func step() -> Decision {
    let decision = world.ask(command())
    while seen < world.log.count {
      learn(world.log[seen])
      seen += 1
    }
    world.now = world.now.adding(seconds: 60)
    return decision
  }

  mutating func below(_ count: Int) -> Int {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return Int(random >> 33) % count
  }

  mutating func chance(_ tenths: Int) -> Bool { below(10) < tenths }
  mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }

  private mutating func learn(_ event: LedgerEvent) {
    switch event {
    case .split(let e): stages[e.id] = event.name
    case .hostpay(let e): stages[e.id] = event.name
    case .transfer(let e): stages[e.id.split!] = event.name
    default: break
    }
    switch event {
    case .payment(.valuationRequested(let e)): valued.append(e.payment)
    case .accumulation(.locked(let e)): locked.append((e.channel, e.payment))
    case .payment(.routed(let e)):
      if e.strategy == .instant { purposes.append(.payment(e.payment)) }
    case .conversion(.requested(let e)): purposes.append(.conversion(e.conversion))
    case .batch(.opened(let e)): purposes.append(.batch(e.batch))
    case .split(.requested(let e)): requests.append(e)
    case .split(.swapIntended(let e)): attempts[e.split] = e.attempt
    case .split(.swapOpened(let e)): swaps[e.split] = e
    case .transfer(.requested(let e)): transfers[e.transfer] = e
    case .transfer(.nonceReserved(let e)): nonces[e.transfer] = e.nonce
    case .transfer(.bumpRequested(let e)): bumps[e.transfer] = e
    default: break
    }
  }

  private mutating func command() -> LedgerCommand {
    if let last = requests.last, chance(5) {
      let id = SplitID(number: max(1, requests.count - below(3)))
      return proper(id) ?? proper(last.split) ?? noteCommand()
    }
    return switch below(20) {
    case 0, 1: orderCommand()
    case 2, 3, 4: noteCommand()
    case 5, 6: rateCommand()
    case 7: conversionCommand()
    case 8, 9: batchCommand()
    case 10: .split(.request(purpose(), .fixedRate))
    case 11, 12, 13: splitCommand(split())
    case 14, 15: hostpayCommand(split())
    case 16, 17, 18: transferCommand(split().transfer)
    default: rareCommand()
    }
  }

  /// What a split's sagas would ask next.
  private mutating func proper(_ id: SplitID) -> LedgerCommand? {
    guard let requested = requests.first(where: { $0.split == id }) else { return nil }
    let purpose = requested.purpose
    switch stages[id] {
    case "split.requested.v1":
      return requested.route == .direct ? .hostpay(.request(id)) : estimate(id, requested)
    case "split.swap_abandoned.v1": return estimate(id, requested)
    case "split.estimated.v1": return .split(.intendSwap(id))
    case "split.swap_intended.v1": return opened(id, requested)
    case "split.swap_opened.v1": return .hostpay(.request(id))
    case "hostpay.requested.v1", "hostpay.checked.v1": return .transfer(.request(id))
    case "transfer.requested.v1": return .transfer(.reserveNonce(id.transfer, World.quote))
    case "transfer.nonce_reserved.v1":
      return .transfer(
        .noteSigned(id.transfer, World.signed(nonces[id.transfer] ?? 7, hash: "0x\(id.transfer)")))
    case "transfer.bump_requested.v1": return signature(of: id.transfer)
    case "transfer.cancel_requested.v1": return bump(id.transfer)
    case "transfer.cancel_signed.v1":
      return .transfer(.noteCancelled(id.transfer, World.mined("0xc\(id.transfer)")))
    case "transfer.signed.v1":
      return .transfer(
        .confirm(id.transfer, World.mined("0x\(id.transfer)"), amount: requested.source))
    case "transfer.confirmed.v1": return .hostpay(.noteFunded(id))
    case "hostpay.funded.v1", "split.swap_observed.v1":
      return requested.route == .direct
        ? .split(.completeDirect(id))
        : .split(.noteFinished(id, delivered: worth(of: requested), payoutHash: nil))
    case "split.completed.v1":
      if let batch = purpose.batch {
        return chance(5)
          ? .batch(.handOff(batch, id))
          : .batch(.complete(batch, id, delivered: requested.source, transaction: World.hash))
      }
      return purpose.conversion.map {
        .conversion(.complete($0, id, received: Sample.usdt("58.10")))
      }
    default: return nil
    }
  }

  /// What was credited for a conversion, and half a cent for a dollar.
  private func worth(of requested: SplitEvent.Requested?) -> String {
    let conversion = requested?.purpose.conversion.flatMap { world.state.payments[$0] }
    if let expected = conversion?.requested.expected, expected.isPositive {
      return expected.amountText
    }
    guard let requested, requested.source.asset == .usdt,
      let rate = Rate("0.005", from: .usdt, to: requested.asset)
    else { return "0.51" }
    return rate.applied(to: requested.source).amountText
  }

  /// One in fifty is absurd.
  private func estimate(_ id: SplitID, _ requested: SplitEvent.Requested?) -> LedgerCommand {
    let text = world.log.count % 50 == 0 ? "900000000" : worth(of: requested)
    let estimate = SplitEstimate(
      fromAmount: (requested?.source ?? Sample.usdt("1")).amountText, toAmount: text,
      depositFee: "0", withdrawalFee: "0", rate: "r", validUntil: nil)
    return .split(.noteEstimate(id, estimate))
  }

  private mutating func opened(_ id: SplitID, _ requested: SplitEvent.Requested) -> LedgerCommand {
    let name = chance(9) ? "s\(id)" : "s1"
    return .split(
      .noteSwap(
        id,
        OpenedSwap(
          swap: SwapID(composed: "\(name)a\(attempts[id] ?? 0)"), attempt: attempts[id] ?? 1,
          fromAmount: requested.source.amountText, payin: "0x99", payinExtra: nil,
          payout: requested.wallet, toAmount: nil, validUntil: chance(1) ? world.now : nil)))
  }

  private mutating func payment() -> PaymentID { Sample.payment(below(Self.payments) + 1) }
  private mutating func orderID() -> OrderID { Sample.order("o\(below(Self.payments) + 1)") }

  /// Mostly one of the newest, seldom any, or one that isn't there yet.
  private mutating func split() -> SplitID {
    let last = requests.count
    if last > 0, chance(7) { return SplitID(number: max(1, last - below(4))) }
    return SplitID(number: below(last + 1) + 1)
  }

  private mutating func purpose() -> SplitPurpose {
    if !purposes.isEmpty, chance(8) {
      return purposes[purposes.count - 1 - below(min(6, purposes.count))]
    }
    return switch below(3) {
    case 0: .payment(payment())
    case 1: .conversion(ConversionID(of: payment()))
    default: .batch(batch())
    }
  }

  private mutating func batch() -> BatchID {
    BatchID(composed: "\(pick(channels))-b\(below(4) + 1)")
  }

  private mutating func orderCommand() -> LedgerCommand {
    let id = orderID()
    switch below(6) {
    case 0:
      return .order(
        .placeDonation(
          id, channel: pick(channels), price: Sample.usd("20.00"), user: Sample.user, fee: .zero))
    case 1: return .order(.noteInvoice(id, invoice: InvoiceID(text: "i1")!, url: "https://x"))
    case 2: return .order(.noteInvoiceFailure(id, reason: "x"))
    default:
      let user = UserID(text: "\(100 + below(3))")!
      return .order(
        .placeSubscription(
          id, channel: pick(channels), tier: below(4) + 1, user: user, fee: .standardFee))
    }
  }

  mutating func noteCommand() -> LedgerCommand {
    let number = below(Self.payments) + 1
    let status = pick(["waiting", "confirming", "finished", "finished", "finished", "odd"])
    let currency = pick(["usdterc20", "usdterc20", "usdttrc20", "eth", "eth", "xyz"])
    let amount = currency == "eth" ? pick(["0.02", "0.0151234567891"]) : pick(["60", "25", "1"])
    var report = Sample.report(
      number, order: Sample.order("o\(number)"), amount, status: status, currency: currency,
      at: "\(below(3))")
    switch below(30) {
    case 0: report.order = "PGP-555|-100100\(below(5))"
    case 1: report.order = nil
    case 2: report.order = "weir-live-x"
    case 3: report.parent = Sample.payment(99)
    case 4: report.outcomeAmount = nil
    default: break
    }
    report.priceAmount = "25.00"
    report.priceCurrency = "usd"
    return .payment(.note(report, world.policy))
  }

  private mutating func rateCommand() -> LedgerCommand {
    let id = chance(7) ? valued.last ?? payment() : payment()
    if chance(1) { return .payment(.noteNoRate(id)) }
    let from = chance(8) ? Asset.eth : .usdt
    return .payment(.noteRate(id, Rate("3000", from: from, to: .usdt)!, source: "x", world.policy))
  }

  private mutating func conversionCommand() -> LedgerCommand {
    if !locked.isEmpty, chance(7) {
      let (channel, payment) = pick(locked)
      return .conversion(.request(channel, payment))
    }
    let id = payment()
    switch below(4) {
    case 0:
      return .conversion(
        .complete(ConversionID(of: id), split(), received: Sample.usdt("58.10")))
    case 1: return .conversion(.fail(ConversionID(of: id), reason: "x"))
    default: return .conversion(.request(pick(channels), id))
    }
  }

  private mutating func batchCommand() -> LedgerCommand {
    let due = world.state.dueGroups(isRetry: chance(5))
    if !due.isEmpty, chance(4) { return pick(due).command(isRetry: chance(5)).1 }
    let id = requests.last.flatMap { chance(6) ? $0.purpose.batch : nil } ?? batch()
    switch below(3) {
    case 0: return .batch(.handOff(id, split()))
    case 1:
      return .batch(
        .complete(
          id, split(), delivered: Money("0.5", Sample.monero)!, transaction: World.hash))
    default: return .batch(.fail(id, reason: "x"))
    }
  }

  private mutating func splitCommand(_ id: SplitID) -> LedgerCommand {
    let requested = requests.first { $0.split == id }
    switch below(14) {
    case 0, 1: return estimate(id, requested)
    case 2, 3: return .split(.intendSwap(id))
    case 4, 5, 6: return requested.map { opened(id, $0) } ?? .split(.intendSwap(id))
    case 7: return .split(.abandonSwap(id, attempt: attempts[id] ?? 1, reason: "x"))
    case 8:
      let swap = chance(8) ? swaps[id]?.swap : nil
      return .split(
        .noteStatus(id, swap ?? SwapID(composed: "s1"), status: pick(["waiting", "sending"])))
    case 9, 10: return .split(.noteFinished(id, delivered: worth(of: requested), payoutHash: nil))
    case 11: return .split(.completeDirect(id))
    case 12: return chance(1) ? .split(.hold(id, reason: "x")) : .split(.completeDirect(id))
    default: return chance(1) ? .split(.fail(id, reason: "x")) : .split(.intendSwap(id))
    }
  }
}
