import Engine
import Kernel
import Sagas

/// The outside of a simulated line: answers every effect, late, lost or final, by a seed alone.
struct ScriptedWorld {
  private var random: SplitMix
  private var polls: [String: Int] = [:]
  private var swaps = 0
  /// What each swap is to bring.
  private var worths: [String: String] = [:]
  private(set) var nonces = 0
  /// Hashes that reached the chain, with how much they move.
  private(set) var mined: [String: TransferEvent.Requested] = [:]
  /// One in so many calls has no answer; 0 for none.
  let lossOneIn: UInt64

  init(seed: UInt64, lossOneIn: UInt64) {
    random = SplitMix(state: seed)
    self.lossOneIn = lossOneIn
  }

  /// How long an answer takes, and what it is.
  mutating func answer(_ effect: Effect, at now: Instant) -> (Int64, JobOutcome) {
    let delay = Int64(random.next() % 900_000) + 20_000
    if lossOneIn > 0, random.next() % lossOneIn == 0 {
      return (delay * 10, .transient("no answer", retryAfterSeconds: nil))
    }
    return (delay, outcome(effect, at: now))
  }

  private mutating func outcome(_ effect: Effect, at now: Instant) -> JobOutcome {
    switch effect {
    case .createInvoice(let e):
      let invoice = InvoiceID(text: "inv-\(e.order.text.suffix(6))")!
      return .report([
        .order(.noteInvoice(e.order, invoice: invoice, url: "https://pay.example/1"))
      ])
    case .findRate(let e):
      let rate = Rate("2000", from: e.outcome.asset, to: .usdt)!
      let policy = PaymentPolicy(fee: .standardFee, tolerance: .zero, isAccumulating: true)
      return .report([.payment(.noteRate(e.payment, rate, source: "script", policy))])
    case .estimate(let e):
      let estimate = SplitEstimate(
        fromAmount: e.source.amountText, toAmount: Self.worth(of: e.source, in: e.asset),
        depositFee: "0", withdrawalFee: "0.001",
        rate: "r1", validUntil: now.adding(seconds: 1_200))
      return .report([.split(.noteEstimate(e.split, estimate))])
    case .openSwap(let e):
      swaps += 1
      let swap = OpenedSwap(
        swap: SwapID(text: "swap\(swaps)")!, attempt: e.attempt, fromAmount: e.amount.amountText,
        payin: "0x00000000000000000000000000000000000000aa", payinExtra: nil, payout: e.wallet,
        toAmount: Self.worth(of: e.amount, in: e.to), validUntil: now.adding(seconds: 1_200))
      worths[swap.swap.text] = swap.toAmount
      return .report([.split(.noteSwap(e.split, swap))])
    case .checkSwap(let e):
      return .report([.hostpay(.noteCheck(e.split, e.swap, status: "waiting"))])
    case .watchSwap(let split, let swap): return watch(split, swap)
    case .prepareTransfer, .signTransfer, .signReplacement, .settleTransfer: return send(effect)
    case .createInvite, .deliverInvite, .removeMember, .answerChat, .showPage,
      .deliverNotice, .post, .pollPayment:
      preconditionFailure("there is no bot")
    }
  }

  private mutating func watch(_ split: SplitID, _ swap: SwapID) -> JobOutcome {
    let words = ["confirming", "exchanging", "sending"]
    let poll = polls[swap.text, default: 0]
    polls[swap.text] = poll + 1
    guard poll >= words.count else {
      return .again([.split(.noteStatus(split, swap, status: words[poll]))], afterSeconds: 30)
    }
    let delivered = worths[swap.text] ?? ""
    return .report([
      .split(.noteFinished(split, delivered: delivered, payoutHash: "0xpayout"))
    ])
  }

  /// ETH at 2,000 USDT, as the rates above say, and any other coin at 200.
  private static func worth(of money: Money, in asset: Asset) -> String {
    let rate =
      switch (money.asset == .eth, asset == .usdt) {
      case (true, true): "2000"
      case (true, false): "10"
      case (false, true): "200"
      case (false, false): "0.005"
      }
    return Rate(rate, from: money.asset, to: asset)!.applied(to: money).amountText
  }

  private mutating func send(_ effect: Effect) -> JobOutcome {
    switch effect {
    case .prepareTransfer(let e, _):
      let quote = TransferQuote(
        latestNonce: nonces, pendingNonce: nonces, gasLimit: 70_000, maxFeePerGas: "2000000000",
        maxPriorityFeePerGas: "1000000000")
      return .report([.transfer(.reserveNonce(e.transfer, quote))])
    case .signTransfer(let e, let nonce):
      let signed = SignedTransfer(
        nonce: nonce.nonce, attempt: 1, raw: "0x02\(nonce.nonce)", hash: "0xhash\(nonce.nonce)",
        maxFeePerGas: "2000000000", maxPriorityFeePerGas: "1000000000")
      return .report([.transfer(.noteSigned(e.transfer, signed))])
    case .signReplacement(let e, let bump):
      let signed = SignedTransfer(
        nonce: bump.nonce, attempt: bump.attempt, raw: "0x02\(bump.nonce)",
        hash: "0xhash\(bump.nonce)-\(bump.attempt)", maxFeePerGas: bump.maxFeePerGas,
        maxPriorityFeePerGas: bump.maxPriorityFeePerGas)
      return .report([.transfer(.noteSigned(e.transfer, signed))])
    case .settleTransfer(let open):
      let e = open.requested
      // Any attempt may be the one that is mined, and it stays that one.
      let known = open.attempts.map(\.hash).first { mined[$0] != nil }
      guard let hash = known, random.next() % 3 == 0 else {
        if known == nil, open.attempts.count < 3, random.next() % 4 == 0 {
          return .again([.transfer(.bump(open.id, nil, reason: "script"))], afterSeconds: 12)
        }
        if known == nil {
          let choice = open.attempts[Int(random.next() % UInt64(open.attempts.count))]
          mined[choice.hash] = e
          nonces += 1
        }
        return .again([], afterSeconds: 12)
      }
      let fee = Money(65_000_000_000_000, .eth)
      let final = MinedTransfer(hash: hash, block: 100 + nonces, gasUsed: 65_000, fee: fee)
      return .report([.transfer(.confirm(e.transfer, final, amount: e.amount))])
    case .createInvoice, .findRate, .estimate, .openSwap, .checkSwap, .watchSwap, .createInvite,
      .deliverInvite, .removeMember, .answerChat, .showPage,
      .deliverNotice, .post, .pollPayment:
      preconditionFailure("not a transfer's call")
    }
  }
}

/// SplitMix64: the same seed, the same numbers, in every process.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
