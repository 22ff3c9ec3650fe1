/// Everything that can have happened: the closed sum of all facts.
///
/// Case, type, stored name and schema file are the same words in the same order:
/// `.accumulation(.locked)`, `AccumulationEvent.Locked`, `accumulation.locked.v1`.
public enum LedgerEvent: Hashable, Sendable {
  case ledger(GenesisEvent)
  case channel(ChannelEvent)
  case order(OrderEvent)
  case payment(PaymentEvent)
  case accumulation(AccumulationEvent)
  case conversion(ConversionEvent)
  case batch(BatchEvent)
  case split(SplitEvent)
  case hostpay(HostpayEvent)
  case transfer(TransferEvent)
  case wallet(WalletEvent)
  case account(AccountEvent)
  case invite(InviteEvent)
  case membership(MembershipEvent)
  case chat(ChatEvent)
}

extension LedgerEvent {
  /// Every fact there is, by stored name, with an empty one for a reader to fill in.
  public static let blanks: [(name: String, event: LedgerEvent)] =
    FactForm.all.map { ($0.name, $0.blank) }

  /// The fact's payload; what names, lists and compares it.
  public var fact: any Fact {
    switch self {
    case .ledger(let event): event.fact
    case .channel(let event): event.fact
    case .order(let event): event.fact
    case .payment(let event): event.fact
    case .accumulation(let event): event.fact
    case .conversion(let event): event.fact
    case .batch(let event): event.fact
    case .split(let event): event.fact
    case .hostpay(let event): event.fact
    case .transfer(let event): event.fact
    case .wallet(let event): event.fact
    case .account(let event): event.fact
    case .invite(let event): event.fact
    case .membership(let event): event.fact
    case .chat(let event): event.fact
    }
  }

  /// Walks the payload's fields; a reader replaces them.
  public mutating func list<F: Fields>(_ fields: inout F) {
    switch self {
    case .ledger(var event):
      event.list(&fields)
      self = .ledger(event)
    case .channel(var event):
      event.list(&fields)
      self = .channel(event)
    case .order(var event):
      event.list(&fields)
      self = .order(event)
    case .payment(var event):
      event.list(&fields)
      self = .payment(event)
    case .accumulation(var event):
      event.list(&fields)
      self = .accumulation(event)
    case .conversion(var event):
      event.list(&fields)
      self = .conversion(event)
    case .batch(var event):
      event.list(&fields)
      self = .batch(event)
    case .split(var event):
      event.list(&fields)
      self = .split(event)
    case .hostpay(var event):
      event.list(&fields)
      self = .hostpay(event)
    case .transfer(var event):
      event.list(&fields)
      self = .transfer(event)
    case .wallet(var event):
      event.list(&fields)
      self = .wallet(event)
    case .account(var event):
      event.list(&fields)
      self = .account(event)
    case .invite(var event):
      event.list(&fields)
      self = .invite(event)
    case .membership(var event):
      event.list(&fields)
      self = .membership(event)
    case .chat(var event):
      event.list(&fields)
      self = .chat(event)
    }
  }
}
