public import Kernel

/// An outside call that the log owes: its intent is a fact, its outcome is not yet one.
public enum Effect: Hashable, Sendable {
  /// Make the provider's invoice of an order.
  case createInvoice(OrderEvent.Placed)
  /// Find what an arrived coin is worth in USDT.
  case findRate(PaymentEvent.ValuationRequested)
  /// Ask what a swap would bring.
  case estimate(SplitEvent.Requested)
  /// Create the swap at the provider (S1).
  case openSwap(SplitEvent.SwapIntended)
  /// Right before paying: is the swap waiting, with time left (S4)?
  case checkSwap(SplitEvent.SwapOpened)
  /// Read nonces, balances, gas and fees off the chain (T1 to T3), and look at the swap it funds,
  /// if it does, once more (S4).
  case prepareTransfer(TransferEvent.Requested, SplitEvent.SwapOpened?)
  /// Sign for the reserved nonce (T4).
  case signTransfer(TransferEvent.Requested, TransferEvent.NonceReserved)
  /// Sign the next attempt on the same nonce, of the payment or of its cancel (T7, T8).
  case signReplacement(TransferEvent.Requested, TransferEvent.BumpRequested)
  /// Send the signed bytes, any number of times, until the nonce is consumed for good (T5 to T9).
  case settleTransfer(OpenTransfer)
  /// Ask for the swap's status until it is final (S7).
  case watchSwap(SplitID, SwapID)
  /// Make the link by which an order's subscriber gets into the channel.
  case createInvite(InviteEvent.Requested)
  /// Tell the subscriber of it.
  case deliverInvite(InviteEvent.Requested, InviteEvent.Created)
  /// Take out of the channel whose access is over.
  case removeMember(MembershipEvent.Expired)
  /// Answer who has said something to the bot.
  case answerChat(ChatEvent.Heard)
  /// Show the page to pay on to who asked for it; nil where there will be none.
  case showPage(ChatEvent.Heard, OrderEvent.Invoiced?)
  /// Tell somebody what nobody asked for.
  case deliverNotice(ChatEvent.NoticeRequested)
  /// Post into a channel, and take away what was posted there before.
  case post(ChatEvent.PostRequested)
  /// Ask what became of a payment that isn't over.
  case pollPayment(PaymentID)
}

extension Effect {
  /// Same call, same key: one is under way at a time.
  public var key: Subject {
    switch self {
    case .createInvoice(let e): "invoice/\(e.order)"
    case .findRate(let e): "rate/\(e.payment)"
    case .estimate(let e): "estimate/\(e.split)"
    case .openSwap(let e): "swap/\(e.split)"
    case .checkSwap(let e): "check/\(e.split)"
    case .prepareTransfer(let e, _): "prepare/\(e.transfer)"
    case .signTransfer(let e, _): "sign/\(e.transfer)"
    case .signReplacement(let e, _): "sign/\(e.transfer)"
    case .settleTransfer(let e): "settle/\(e.id)"
    case .watchSwap(let split, _): "watch/\(split)"
    case .createInvite(let e): "invite/\(e.order)"
    case .deliverInvite(let e, _): "message/\(e.order)"
    case .removeMember(let e): "remove/\(e.order)"
    case .answerChat(let e): "chat/\(e.update)"
    case .showPage(let e, _): "page/\(e.update)"
    case .deliverNotice(let e): "notice/\(e.notice)"
    case .post(let e): "post/\(e.open)/\(e.place)"
    case .pollPayment(let id): "poll/\(id)"
    }
  }

  /// The queue it waits in; the old platform's names where it had one (domain 8.1).
  public var lane: String {
    switch self {
    case .createInvoice: "nowpayments-invoice-queue"
    case .findRate: "accumulator-payment-queue"
    case .estimate: "gcsplit-usdt-eth-estimate-queue"
    case .openSwap: "gcsplit-eth-client-swap-queue"
    case .checkSwap: "gchostpay-status-check-queue"
    case .prepareTransfer, .signTransfer, .signReplacement, .settleTransfer:
      "gchostpay-payment-exec-queue"
    case .watchSwap: "gchostpay1-response-queue"
    case .createInvite, .deliverInvite, .removeMember: "telegram"
    case .answerChat, .showPage: "telegram-chat"
    case .deliverNotice, .post: "telegram-notices"
    case .pollPayment: "nowpayments-status-queue"
    }
  }

  /// Calls a second of lanes whose other side takes fewer: a removal is two of the thirty that
  /// Telegram takes, and so is an answer to a button, or a post; a lane that was idle may do twice
  /// its rate in one second.
  public static let slowerLanes = [
    "telegram": 4, "telegram-chat": 2, "telegram-notices": 1, "nowpayments-status-queue": 2,
  ]

  /// What is asked of the ledger when the call can't be made: it stops for a person, or goes back
  /// while nothing was sent.
  public func abandonment(_ reason: String) -> LedgerCommand {
    switch self {
    case .createInvoice(let e): .order(.noteInvoiceFailure(e.order, reason: reason))
    case .findRate(let e): .payment(.noteNoRate(e.payment))
    case .estimate(let e): .split(.fail(e.split, reason: reason))
    case .openSwap(let e): .split(.fail(e.split, reason: reason))
    case .checkSwap(let e): .split(.fail(e.split, reason: reason))
    case .prepareTransfer(let e, _): .transfer(.park(e.transfer, reason: reason))
    case .signTransfer(let e, _): .transfer(.park(e.transfer, reason: reason))
    case .signReplacement(let e, _): .transfer(.park(e.transfer, reason: reason))
    case .settleTransfer(let e): .transfer(.park(e.id, reason: reason))
    case .watchSwap(let split, _): .split(.hold(split, reason: reason))
    case .createInvite(let e): .invite(.fail(e.order, reason: reason))
    case .deliverInvite(let e, _): .invite(.fail(e.order, reason: reason))
    case .removeMember(let e): .membership(.failRemoval(e.order, reason: reason))
    case .answerChat(let e): .chat(.fail(e.update, reason: reason))
    case .showPage(let e, _): .chat(.failPage(e.order ?? .blank, update: e.update, reason: reason))
    case .deliverNotice(let e): .chat(.failNotice(e.notice, reason: reason))
    case .post(let e): .chat(.failPost(e.open, e.place, number: e.number, reason: reason))
    // Never asked: it is endless.
    case .pollPayment(let id): .payment(.noteNoRate(id))
    }
  }

  /// True of what sends money or is a step to it, also where it only asks: none of it is called
  /// while recovery is owed, as its answer would be old when it is used.
  public var leadsToMoney: Bool {
    switch self {
    case .estimate, .openSwap, .checkSwap, .prepareTransfer, .signTransfer, .signReplacement,
      .settleTransfer:
      true
    case .createInvoice, .findRate, .watchSwap, .createInvite, .deliverInvite, .removeMember,
      .answerChat, .showPage, .deliverNotice, .post, .pollPayment:
      false
    }
  }

  /// True of what leads to a new signature, and isn't called while the ledger is frozen.
  ///
  /// What was signed before is looked after all the same.
  public var leadsToSignature: Bool {
    switch self {
    case .estimate, .openSwap, .checkSwap, .prepareTransfer, .signTransfer, .signReplacement: true
    case .settleTransfer, .createInvoice, .findRate, .watchSwap, .createInvite, .deliverInvite,
      .removeMember, .answerChat, .showPage, .deliverNotice, .post, .pollPayment:
      false
    }
  }

  /// True where giving up is no answer: money may be on its way, or somebody is where he has paid
  /// for no longer, so the question stays.
  public var isEndless: Bool {
    switch self {
    case .settleTransfer, .signReplacement, .watchSwap, .removeMember, .pollPayment: true
    case .createInvoice, .findRate, .estimate, .openSwap, .checkSwap, .prepareTransfer,
      .signTransfer, .createInvite, .deliverInvite, .answerChat, .showPage, .deliverNotice, .post:
      false
    }
  }
}
