package import Engine
import Gateways
import Kernel
package import Sagas

/// What calls take from configuration.
struct PerformerSettings: Sendable {
  /// Where the payment provider sends its notices.
  var noticeURL: String
  var policy: PaymentPolicy
  /// Between two looks at a swap, and at the chain.
  var swapPollSeconds = 30
  var chainPollSeconds = 12
  /// The chain whose payouts we can look at; nil where there is none.
  var chain: Int?
  /// Where deposits come back to; nil for the wallet that pays.
  var collectWallet: String?
  /// Whether the swap provider lists our swaps.
  var listsSwaps = false
  /// Who lists payments; nil where nobody does.
  var account: Configuration.Account?
  /// Blocks that make a transaction final, its own among them; nil for the chain's own word.
  var confirmations: Int?
  /// Blocks an attempt may wait for its receipt before the next one offers more (T7).
  var bumpAfterBlocks = 12
  /// Between two tries of telling somebody who hasn't spoken to the bot yet.
  var inviteRetrySeconds = 60
  /// Where owners register; nil where that is no address for a button.
  var registerURL: String?
  /// Tokens whose contract is not mainnet's, by asset text; for chains of one's own.
  var contracts: [String: String] = [:]
}

/// Makes the calls the log owes: an effect in, the ledger's words out.
///
/// Nothing is decided here. A try that brought no answer is unknown, not failed; whatever is asked
/// twice is harmless twice, but for a transfer's bytes, which are always the same bytes.
package struct Performer: Sendable {
  let nowPayments: NOWPaymentsClient
  let changeNOW: ChangeNOWClient
  let endpoints: EthereumEndpoints
  /// Nil where there is no bot.
  let telegram: TelegramClient?
  let key: EthereumKey
  let settings: PerformerSettings
  let clock: @Sendable () -> Instant
  /// Recovery is owed: what leads to money is not called, and stays owed.
  let isRecovering: Bool
  /// Whether nothing new may be signed at the moment.
  let isFrozen: @Sendable () -> Bool
  let sendings = Sendings()
  /// The bot's name, once it was asked for.
  let botName = Box<String?>(nil)
  let shown = Shown()
  /// Who says what a conversion's coin is held against.
  package let deposits = DepositDesk()
  /// How often each payment was asked after.
  let polls = Polls()
  /// Where bytes that are durable in the log are told before they leave, each time: a witness.
  ///
  /// False keeps them from leaving for now.
  var beforeBroadcast: @Sendable (OpenTransfer, OpenTransfer.Attempt) async -> Bool = { _, _ in
    true
  }

  init(
    nowPayments: NOWPaymentsClient, changeNOW: ChangeNOWClient, node: EthereumNode,
    second: EthereumNode? = nil, telegram: TelegramClient? = nil, key: EthereumKey,
    settings: PerformerSettings,
    clock: @escaping @Sendable () -> Instant, isRecovering: Bool,
    isFrozen: @escaping @Sendable () -> Bool = { false }
  ) {
    self.nowPayments = nowPayments
    self.changeNOW = changeNOW
    self.telegram = telegram
    endpoints = EthereumEndpoints(node, second)
    self.key = key
    self.settings = settings
    self.clock = clock
    self.isRecovering = isRecovering
    self.isFrozen = isFrozen
  }

  package func perform(_ effect: Effect) async -> JobOutcome {
    if isRecovering, effect.leadsToMoney { return .again([], afterSeconds: 60) }
    if effect.leadsToSignature, isFrozen() {
      return .again([], afterSeconds: settings.chainPollSeconds)
    }
    if let obstacle = Self.addressObstacle(effect) { return .permanent(obstacle) }
    do throws(GatewayFailure) {
      switch effect {
      case .createInvoice(let order): return try await createInvoice(order)
      case .findRate(let request): return try await findRate(request)
      case .estimate(let request): return try await estimate(request)
      case .openSwap(let intent): return try await openSwap(intent)
      case .checkSwap(let swap): return try await checkSwap(swap)
      case .prepareTransfer(let request, let swap): return try await prepare(request, swap)
      case .signTransfer(let request, let nonce): return sign(request, nonce)
      case .signReplacement(let request, let bump): return sign(request, bump)
      case .settleTransfer(let transfer): return try await settle(transfer)
      case .watchSwap(let split, let swap): return try await watch(split, swap)
      case .createInvite(let request): return try await createInvite(request)
      case .deliverInvite(let request, let link): return try await deliverInvite(request, link)
      case .removeMember(let expired): return try await removeMember(expired)
      case .answerChat(let heard): return try await answerChat(heard)
      case .showPage(let heard, let page): return try await showPage(heard, page)
      case .deliverNotice(let notice): return try await deliverNotice(notice)
      case .post(let request): return try await post(request)
      case .pollPayment(let payment): return try await poll(payment)
      }
    } catch {
      return Self.meaning(
        of: error, againAfter: settings.chainPollSeconds * 5, isLast: Self.isLast(effect))
    }
  }

  /// True of what has no other way once it was given up: a batch is opened anew, a conversion not.
  private static func isLast(_ effect: Effect) -> Bool {
    switch effect {
    case .estimate(let e): e.purpose.batch == nil
    case .findRate: true
    case .createInvoice, .openSwap, .checkSwap, .prepareTransfer, .signTransfer,
      .signReplacement, .settleTransfer, .watchSwap, .createInvite, .deliverInvite, .removeMember,
      .answerChat, .showPage, .deliverNotice, .post, .pollPayment:
      false
    }
  }

  /// What a failed try says about the job.
  ///
  /// What an operator can put right is no end of anybody's payout: it is asked again, aloud.
  /// So is a pair that is off for a while, where giving up is the last word.
  static func meaning(
    of failure: GatewayFailure, againAfter seconds: Int, isLast: Bool
  ) -> JobOutcome {
    switch failure {
    case .transient(let why, let seconds): return .transient(why, retryAfterSeconds: seconds)
    case .unknown(let why): return .transient(why, retryAfterSeconds: nil)
    case .permanent(let why, let code):
      let words = "\(code.rawValue): \(why)"
      switch code {
      case .credentials, .wrongChain, .insufficientFunds, .rightsMissing, .chatUnknown:
        return .again([], afterSeconds: seconds, because: words)
      case .pairInactive, .notAvailable, .fixedRateUnavailable:
        return isLast ? .transient(words, retryAfterSeconds: nil) : .permanent(words)
      case .badRequest, .notFound, .addressInvalid, .assetUnsupported, .amountTooSmall,
        .amountTooLarge, .amountOutOfRange, .rateExpired, .answerDiffers, .wouldRevert,
        .gasAboveCap, .unreachable, .notRemovable, .unchanged, .messageGone,
        .queryTooOld, .requestGone, .other:
        return .permanent(words)
      }
    }
  }

  private func createInvoice(
    _ order: OrderEvent.Placed
  ) async throws(GatewayFailure) -> JobOutcome {
    // A second invoice is harmless: only the recorded one is shown, and both name the order.
    let invoice = try await nowPayments.createInvoice(
      order: order.order, price: order.price, description: describe(order), successURL: nil,
      callbackURL: settings.noticeURL)
    return .report([.order(.noteInvoice(order.order, invoice: invoice.id, url: invoice.url))])
  }

  private func describe(_ order: OrderEvent.Placed) -> String {
    switch order.kind {
    case .subscription: "Access for \(order.days) days"
    case .donation: "Donation"
    }
  }

  private func findRate(
    _ request: PaymentEvent.ValuationRequested
  ) async throws(GatewayFailure) -> JobOutcome {
    // The question is about what a swap would take; the rate holds for the rest as well.
    let sold = request.outcome.swappable.part
    let estimate = try await changeNOW.estimate(sold, to: .usdt, flow: .standard)
    guard let bought = Money(truncating: estimate.toAmount, .usdt),
      let rate = Rate(selling: sold, for: bought)
    else { return .transient("an estimate without a usable amount", retryAfterSeconds: nil) }
    return .report([
      .payment(.noteRate(request.payment, rate, source: "changenow estimate", settings.policy))
    ])
  }
}
