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
}

extension Effect {
  /// Same call, same key: one is under way at a time.
  public var key: String {
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
    }
  }

  /// Calls a second of lanes whose other side takes fewer: a removal is two of the thirty that
  /// Telegram takes, and so is an answer to a button; a lane that was idle may do twice its rate in
  /// one second.
  public static let slowerLanes = ["telegram": 4, "telegram-chat": 3]

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
      .answerChat, .showPage:
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
      .removeMember, .answerChat, .showPage:
      false
    }
  }

  /// True where giving up is no answer: money may be on its way, or somebody is where he has paid
  /// for no longer, so the question stays.
  public var isEndless: Bool {
    switch self {
    case .settleTransfer, .signReplacement, .watchSwap, .removeMember: true
    case .createInvoice, .findRate, .estimate, .openSwap, .checkSwap, .prepareTransfer,
      .signTransfer, .createInvite, .deliverInvite, .answerChat, .showPage:
      false
    }
  }
}

extension Effect {
  /// No call: what a listing begins to read from.
  public static let blank = Effect.watchSwap(.blank, .blank)

  /// The one listing of a call, as the facts it is made of; see `StateFields`.
  public mutating func list(_ fields: inout StateFields) {
    var (kind, facts, split, swap) = parts
    fields.number("kind", &kind)
    fields.list("facts", &facts, blank: nil) { $1.event("fact", &$0) }
    fields.text("split", &split)
    fields.text("swap", &swap)
    guard fields.isReading, fields.isSound else { return }
    guard let effect = Effect(kind, facts.compactMap(\.self), split, swap) else {
      return fields.refuse()
    }
    self = effect
  }

  private var parts: (kind: Int, facts: [LedgerEvent?], SplitID?, SwapID?) {
    switch self {
    case .createInvoice(let e): return (1, [.order(.placed(e))], nil, nil)
    case .findRate(let e): return (2, [.payment(.valuationRequested(e))], nil, nil)
    case .estimate(let e): return (3, [.split(.requested(e))], nil, nil)
    case .openSwap(let e): return (4, [.split(.swapIntended(e))], nil, nil)
    case .checkSwap(let e): return (5, [.split(.swapOpened(e))], nil, nil)
    case .prepareTransfer(let e, let swap):
      let opened = swap.map { [LedgerEvent.split(.swapOpened($0))] } ?? []
      return (11, [.transfer(.requested(e))] + opened, nil, nil)
    case .signTransfer(let e, let nonce):
      return (7, [.transfer(.requested(e)), .transfer(.nonceReserved(nonce))], nil, nil)
    case .settleTransfer(let e):
      let swap = e.swap.map { [LedgerEvent.split(.swapOpened($0))] } ?? []
      let facts = [.requested(e.requested)] + e.facts
      return (8, facts.map { .transfer($0) } + swap, nil, nil)
    case .signReplacement(let e, let bump):
      return (10, [.transfer(.requested(e)), .transfer(.bumpRequested(bump))], nil, nil)
    case .watchSwap(let split, let swap): return (9, [], split, swap)
    case .createInvite(let e): return (12, [.invite(.requested(e))], nil, nil)
    case .deliverInvite(let e, let created):
      return (13, [.invite(.requested(e)), .invite(.created(created))], nil, nil)
    case .removeMember(let e): return (14, [.membership(.expired(e))], nil, nil)
    case .answerChat(let e): return (15, [.chat(.heard(e))], nil, nil)
    case .showPage(let e, let page):
      return (16, [.chat(.heard(e))] + (page.map { [.order(.invoiced($0))] } ?? []), nil, nil)
    }
  }

  private init?(_ kind: Int, _ facts: [LedgerEvent], _ split: SplitID?, _ swap: SwapID?) {
    switch (kind, facts.first, facts.dropFirst().first) {
    case (1, .order(.placed(let e)), nil): self = .createInvoice(e)
    case (2, .payment(.valuationRequested(let e)), nil): self = .findRate(e)
    case (3, .split(.requested(let e)), nil): self = .estimate(e)
    case (4, .split(.swapIntended(let e)), nil): self = .openSwap(e)
    case (5, .split(.swapOpened(let e)), nil): self = .checkSwap(e)
    // 6 was the same without its swap, and mustn't be taken for a call that looks at it.
    case (11, .transfer(.requested(let e)), nil): self = .prepareTransfer(e, nil)
    case (11, .transfer(.requested(let e)), .split(.swapOpened(let swap))):
      self = .prepareTransfer(e, swap)
    case (7, .transfer(.requested(let e)), .transfer(.nonceReserved(let nonce))):
      self = .signTransfer(e, nonce)
    case (8, .transfer(.requested(let e)), .transfer(.nonceReserved(let nonce))):
      var transfer = OpenTransfer(e, nonce)
      for case .transfer(let fact) in facts.dropFirst(2) { transfer.take(fact) }
      if case .split(.swapOpened(let swap))? = facts.last { transfer.swap = swap }
      self = .settleTransfer(transfer)
    case (10, .transfer(.requested(let e)), .transfer(.bumpRequested(let bump))):
      self = .signReplacement(e, bump)
    case (12, .invite(.requested(let e)), nil): self = .createInvite(e)
    case (13, .invite(.requested(let e)), .invite(.created(let created))):
      self = .deliverInvite(e, created)
    case (14, .membership(.expired(let e)), nil): self = .removeMember(e)
    case (15, .chat(.heard(let e)), nil): self = .answerChat(e)
    case (16, .chat(.heard(let e)), nil): self = .showPage(e, nil)
    case (16, .chat(.heard(let e)), .order(.invoiced(let page))): self = .showPage(e, page)
    case (9, nil, nil):
      guard let split, let swap else { return nil }
      self = .watchSwap(split, swap)
    case _: return nil
    }
  }
}
