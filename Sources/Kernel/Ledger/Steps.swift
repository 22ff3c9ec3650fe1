/// What a saga's command asks for, without the words and figures of the asking: one kind of step
/// for one thing.
///
/// The fact that a step leads to answers it, whoever asked; so does the end of the thing.
public struct StepKey: Hashable, Sendable {
  fileprivate enum Kind: UInt8, CaseIterable, Sendable {
    case convert, endConversion
    case split, intendSwap, abandonSwap, completeDirect, holdSplit
    case handOff, endBatch
    case hostpay, noteFunded, holdHostpay
    case transfer
    case invite
    case notice
  }

  fileprivate let kind: Kind
  fileprivate let id: ShortName

  fileprivate init(_ kind: Kind, _ id: ShortName) {
    self.kind = kind
    self.id = id
  }

  fileprivate init<Of>(_ kind: Kind, _ id: ID<Of>) { self.init(kind, ShortName(id)) }
}

extension LedgerCommand {
  /// Nil for what no saga asks.
  public var stepKey: StepKey? {
    switch self {
    case .conversion(.request(_, let payment)): StepKey(.convert, payment)
    case .conversion(.complete(let id, _, _)): StepKey(.endConversion, id)
    case .conversion(.fail(let id, _)): StepKey(.endConversion, id)
    case .split(.request(let purpose, _)): StepKey(.split, purpose.name)
    case .split(.intendSwap(let id)): StepKey(.intendSwap, id)
    case .split(.abandonSwap(let id, _, _)): StepKey(.abandonSwap, id)
    case .split(.completeDirect(let id)): StepKey(.completeDirect, id)
    case .split(.hold(let id, _)): StepKey(.holdSplit, id)
    case .batch(.handOff(let id, _)): StepKey(.handOff, id)
    case .batch(.complete(let id, _, _, _)): StepKey(.endBatch, id)
    case .batch(.fail(let id, _)): StepKey(.endBatch, id)
    case .hostpay(.request(let id)): StepKey(.hostpay, id)
    case .hostpay(.noteFunded(let id)): StepKey(.noteFunded, id)
    case .hostpay(.hold(let id, _)): StepKey(.holdHostpay, id)
    case .transfer(.request(let id)): StepKey(.transfer, id)
    case .invite(.request(let id)): StepKey(.invite, id)
    case .chat(.raise(let position, _, _, _)): StepKey(.notice, ShortName("alarm-\(position)"))
    case .ledger, .channel, .order, .payment, .conversion, .split, .batch, .hostpay, .transfer,
      .wallet, .account, .invite, .membership, .chat:
      nil
    }
  }
}

extension LedgerEvent {
  /// Tells the steps that this fact answers: they need not be asked for any more.
  public func eachAnswered(_ body: (StepKey) -> Void) {
    // Most facts answer none, and are not to be copied for it.
    switch self {
    case .ledger, .channel, .order, .payment, .accumulation, .wallet, .account, .membership: return
    case .conversion, .batch, .split, .hostpay, .transfer, .invite, .chat: break
    }
    switch self {
    case .conversion(.requested(let e)): for id in e.payments { body(StepKey(.convert, id)) }
    case .conversion(.completed(let e)): body(StepKey(.endConversion, e.conversion))
    case .conversion(.failed(let e)): body(StepKey(.endConversion, e.conversion))
    case .batch(.handedOff(let e)): body(StepKey(.handOff, e.batch))
    case .batch(.completed(let e)): e.batch.eachStep(body)
    case .batch(.failed(let e)): e.batch.eachStep(body)
    case .split(let e): e.eachAnswered(body)
    case .hostpay(.requested(let e)): body(StepKey(.hostpay, e.split))
    case .hostpay(.funded(let e)): body(StepKey(.noteFunded, e.split))
    case .hostpay(.held(let e)): body(StepKey(.holdHostpay, e.split))
    case .transfer(.requested(let e)): body(StepKey(.transfer, e.split))
    case .invite(.requested(let e)): body(StepKey(.invite, e.order))
    case .chat(.noticeRequested(let e)): body(StepKey(.notice, ShortName(e.notice)))
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }
}

extension SplitEvent {
  fileprivate func eachAnswered(_ body: (StepKey) -> Void) {
    switch self {
    case .requested(let e): body(StepKey(.split, e.purpose.name))
    case .swapIntended(let e): body(StepKey(.intendSwap, e.split))
    case .swapAbandoned(let e): body(StepKey(.abandonSwap, e.split))
    case .held(let e): body(StepKey(.holdSplit, e.split))
    case .completed(let e): e.split.eachStep(body)
    case .failed(let e): e.split.eachStep(body)
    case .retried(let e): e.split.eachStep(body)
    case .refunded(let e): e.split.eachStep(body)
    case .estimated, .swapOpened, .swapObserved, .swapRegressed, .asked, .released, .replaced: break
    }
  }
}

extension SplitID {
  /// A split that has ended takes no step any more.
  fileprivate func eachStep(_ body: (StepKey) -> Void) {
    let kinds: [StepKey.Kind] = [
      .intendSwap, .abandonSwap, .completeDirect, .holdSplit, .hostpay, .noteFunded, .holdHostpay,
      .transfer,
    ]
    for kind in kinds { body(StepKey(kind, self)) }
  }
}

extension BatchID {
  fileprivate func eachStep(_ body: (StepKey) -> Void) {
    body(StepKey(.handOff, self))
    body(StepKey(.endBatch, self))
  }
}

extension SplitPurpose {
  /// The id of what is paid for; payments, conversions and batches have ids of different forms.
  fileprivate var name: ShortName {
    if let batch { return ShortName(batch) }
    if let conversion { return ShortName(conversion) }
    return payment.map { ShortName($0) } ?? ShortName("")
  }
}

// A step's command in a listing of state: every member that one may have, and its kind.
private struct StepForm {
  var kind = 0
  var channel: ChannelKey?
  var payment: PaymentID?
  var conversion: ConversionID?
  var batch: BatchID?
  var split: SplitID?
  var order: OrderID?
  var flow: SwapFlow?
  var attempt = 0
  var amount: Money?
  var text: String?
  var purpose: SplitPurpose?

  mutating func list(_ fields: inout StateFields) {
    fields.number("kind", &kind)
    fields.text("channel", &channel)
    fields.text("payment", &payment)
    fields.text("conversion", &conversion)
    fields.text("batch", &batch)
    fields.text("split", &split)
    fields.text("order", &order)
    fields.text("flow", &flow)
    fields.number("attempt", &attempt)
    fields.money("amount", &amount)
    fields.text("text", &text)
    fields.optional("purpose", &purpose, blank: .blank) { $1.group("purpose", &$0) }
  }

  init() {}

  /// Nil for what no saga asks.
  init?(_ command: LedgerCommand) {
    switch command {
    case .conversion(let command): self.init(command)
    case .split(let command): self.init(command)
    case .batch(let command): self.init(command)
    case .hostpay(let command): self.init(command)
    case .transfer(.request(let id)):
      self.init()
      (kind, split) = (40, id)
    case .invite(.request(let id)):
      self.init()
      (kind, order) = (50, id)
    case .chat(.raise(let position, let name, let subject, let reason)):
      self.init()
      (kind, attempt, text) = (60, Int(position), "\(name)\n\(subject)\n\(reason)")
    case .ledger, .channel, .order, .payment, .transfer, .wallet, .account, .invite, .membership,
      .chat:
      return nil
    }
  }

  private init?(_ command: HostpayCommand) {
    switch command {
    case .request(let id): (kind, split) = (30, id)
    case .noteFunded(let id): (kind, split) = (31, id)
    case .hold(let id, let reason): (kind, split, text) = (32, id, reason)
    case .noteCheck: return nil
    }
  }

  private init?(_ command: ConversionCommand) {
    switch command {
    case .request(let key, let id): (kind, channel, payment) = (1, key, id)
    case .complete(let id, let by, let received):
      (kind, conversion, split, amount) = (2, id, by, received)
    case .fail(let id, let reason): (kind, conversion, text) = (3, id, reason)
    case .pool, .retry: return nil
    }
  }

  private init?(_ command: SplitCommand) {
    switch command {
    case .request(let what, let how): (kind, purpose, flow) = (10, what, how)
    case .intendSwap(let id): (kind, split) = (11, id)
    case .abandonSwap(let id, let number, let reason):
      (kind, split, attempt, text) = (12, id, number, reason)
    case .completeDirect(let id): (kind, split) = (13, id)
    case .hold(let id, let reason): (kind, split, text) = (14, id, reason)
    case .noteEstimate, .noteSwap, .noteStatus, .noteFinished, .noteRefunded, .fail, .operate:
      return nil
    }
  }

  private init?(_ command: BatchCommand) {
    switch command {
    case .handOff(let id, let by): (kind, batch, split) = (20, id, by)
    case .complete(let id, let by, let delivered, let transaction):
      (kind, batch, split, amount, text) = (21, id, by, delivered, transaction)
    case .fail(let id, let reason): (kind, batch, text) = (22, id, reason)
    case .open, .retry: return nil
    }
  }

  /// Nil where a member that the kind needs is missing.
  var command: LedgerCommand? {
    switch kind {
    case 1: channel.flatMap { key in payment.map { .conversion(.request(key, $0)) } }
    case 2:
      conversion.flatMap { id in
        split.flatMap { by in amount.map { .conversion(.complete(id, by, received: $0)) } }
      }
    case 3: conversion.flatMap { id in text.map { .conversion(.fail(id, reason: $0)) } }
    case 10: purpose.flatMap { what in flow.map { .split(.request(what, $0)) } }
    case 11: split.map { .split(.intendSwap($0)) }
    case 12:
      split.flatMap { id in text.map { .split(.abandonSwap(id, attempt: attempt, reason: $0)) } }
    case 13: split.map { .split(.completeDirect($0)) }
    case 14: split.flatMap { id in text.map { .split(.hold(id, reason: $0)) } }
    case 20: batch.flatMap { id in split.map { .batch(.handOff(id, $0)) } }
    case 21: completion
    case 22: batch.flatMap { id in text.map { .batch(.fail(id, reason: $0)) } }
    case 30: split.map { .hostpay(.request($0)) }
    case 31: split.map { .hostpay(.noteFunded($0)) }
    case 32: split.flatMap { id in text.map { .hostpay(.hold(id, reason: $0)) } }
    case 40: split.map { .transfer(.request($0)) }
    case 50: order.map { .invite(.request($0)) }
    case 60: alarm
    case _: nil
    }
  }

  private var alarm: LedgerCommand? {
    let words = text?.split(
      separator: "\n", maxSplits: 2, omittingEmptySubsequences: false
    ).map(String.init)
    guard let words, words.count == 3, attempt > 0 else { return nil }
    return .chat(
      .raise(UInt64(attempt), kind: words[0], subject: words[1], reason: words[2]))
  }

  private var completion: LedgerCommand? {
    guard let batch, let split, let amount, let text else { return nil }
    return .batch(.complete(batch, split, delivered: amount, transaction: text))
  }
}

extension StateFields {
  /// A command that a saga asked; any other one can't be written.
  public mutating func step(_ key: StaticString, _ command: inout LedgerCommand?) {
    var form = command.flatMap { StepForm($0) } ?? StepForm()
    if command != nil, form.kind == 0 { refuse() }
    form.list(&self)
    guard isReading, isSound else { return }
    command = form.command
    if command == nil { refuse() }
  }
}
