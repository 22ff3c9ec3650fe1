public import Kernel

extension Effect {
  /// No call: what a listing begins to read from.
  public static let blank = Effect.watchSwap(.blank, .blank)

  /// The one listing of a call, as the facts it is made of; see `StateFields`.
  public mutating func list(_ fields: inout StateFields) {
    var (kind, facts, split, swap) = parts
    var payment: PaymentID? = if case .pollPayment(let id) = self { id } else { nil }
    fields.number("kind", &kind)
    fields.list("facts", &facts, blank: nil) { $1.event("fact", &$0) }
    fields.text("split", &split)
    fields.text("swap", &swap)
    fields.text("payment", &payment)
    guard fields.isReading, fields.isSound else { return }
    if kind == 19, let payment { return self = .pollPayment(payment) }
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
    case .deliverNotice(let e): return (17, [.chat(.noticeRequested(e))], nil, nil)
    case .post(let e): return (18, [.chat(.postRequested(e))], nil, nil)
    case .pollPayment: return (19, [], nil, nil)
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
    case (17, .chat(.noticeRequested(let e)), nil): self = .deliverNotice(e)
    case (18, .chat(.postRequested(let e)), nil): self = .post(e)
    case (9, nil, nil):
      guard let split, let swap else { return nil }
      self = .watchSwap(split, swap)
    case _: return nil
    }
  }
}
