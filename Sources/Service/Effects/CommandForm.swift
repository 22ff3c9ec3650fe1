import Kernel

/// A command that a call's answer may bring, as words and figures.
struct CommandForm {
  /// A word that the kind needs is missing, or is none.
  private struct Missing: Error {}

  private var kind = 0
  private var texts: [String?] = []
  private var numbers: [Int?] = []

  init() {}

  private init(_ kind: Int, _ texts: [String?], _ numbers: [Int?] = []) {
    self.kind = kind
    self.texts = texts
    self.numbers = numbers
  }

  /// Nil for what no call that is handed out brings.
  init?(_ command: LedgerCommand) {
    switch command {
    case .order(.noteInvoice(let order, let invoice, let url)):
      self.init(1, [order.text, invoice.text, url])
    case .payment(let command): self.init(command)
    case .split(let command): self.init(command)
    case .invite(let command): self.init(command)
    case .membership(.noteRemoved(let order)): self.init(40, [order.text])
    case .membership(.failRemoval(let order, let why)): self.init(41, [order.text, why])
    case .chat(let command): self.init(command)
    case .ledger, .channel, .order, .conversion, .batch, .hostpay, .transfer, .wallet, .account,
      .membership:
      return nil
    }
  }

  private init?(_ command: PaymentCommand) {
    switch command {
    case .noteRate(let id, let rate, let source, _):
      self.init(10, [id.text, rate.text, rate.from.text, rate.to.text, source])
    case .note(let e, _):
      self.init(
        11,
        [
          e.payment.text, e.status, e.source.text, e.raw, e.order, e.parent?.text, e.priceAmount,
          e.priceCurrency, e.payAmount, e.payCurrency, e.payAddress, e.actuallyPaid,
          e.outcomeAmount, e.outcomeCurrency, e.updatedAt,
        ])
    case .noteNoRate, .rule: return nil
    }
  }

  private init?(_ command: SplitCommand) {
    switch command {
    case .noteStatus(let split, let swap, let status):
      self.init(20, [split.text, swap.text, status])
    case .noteFinished(let split, let delivered, let hash, let isUnseen):
      self.init(21, [split.text, delivered, hash], [isUnseen ? 1 : 0])
    case .noteRefunded(let split, let swap, let amount, let transaction):
      self.init(22, [split.text, swap.text, amount, transaction])
    case .hold(let split, let reason): self.init(23, [split.text, reason])
    case .request, .noteEstimate, .intendSwap, .noteSwap, .abandonSwap, .completeDirect, .fail,
      .operate:
      return nil
    }
  }

  private init?(_ command: InviteCommand) {
    switch command {
    case .noteCreated(let order, let attempt, let link, let validUntil):
      self.init(30, [order.text, link, validUntil.text], [attempt])
    case .noteDelivered(let order, let attempt, let message):
      self.init(31, [order.text], [attempt, message])
    case .renew(let order, let attempt): self.init(32, [order.text], [attempt])
    case .request, .fail, .resend: return nil
    }
  }

  private init?(_ command: ChatCommand) {
    switch command {
    case .noteAnswered(let update, let message): self.init(50, [], [update, message])
    case .notePage(let order, let update, let message):
      self.init(51, [order.text], [update, message])
    case .fail(let update, let reason): self.init(52, [reason], [update])
    case .failPage(let order, let update, let reason):
      self.init(53, [order.text, reason], [update])
    case .noteNotice(let notice, let message): self.init(54, [notice], [message])
    case .failNotice(let notice, let reason): self.init(55, [notice, reason])
    case .notePosted(let open, let place, let number, let message):
      self.init(56, [open.text, place.text], [number, message])
    case .failPost(let open, let place, let number, let reason):
      self.init(57, [open.text, place.text, reason], [number])
    case .hear, .switchOn, .switchOff, .remind, .raise, .post, .proveForm, .refuseForm, .saveForm:
      return nil
    }
  }

  mutating func list(_ fields: inout StateFields) {
    fields.number("kind", &kind)
    fields.list("texts", &texts, blank: nil) { $1.text("text", &$0) }
    fields.list("numbers", &numbers, blank: nil) { number, fields in
      fields.optional("number", &number, blank: 0) { $1.number("number", &$0) }
    }
  }

  /// - Parameter policy: The terms that stand wherever a command names some.
  func command(_ policy: PaymentPolicy) throws -> LedgerCommand {
    switch kind {
    case 1: .order(.noteInvoice(try text(0), invoice: try text(1), url: try text(2)))
    case 10: .payment(.noteRate(try text(0), try rate(), source: try text(4), policy))
    case 11: .payment(.note(try report(), policy))
    case 20: .split(.noteStatus(try text(0), try text(1), status: try text(2)))
    case 21:
      .split(
        .noteFinished(
          try text(0), delivered: try text(1), payoutHash: word(2), isUnseen: try number(0) == 1))
    case 22:
      .split(
        .noteRefunded(try text(0), try text(1), amount: try text(2), transaction: try text(3)))
    case 23: .split(.hold(try text(0), reason: try text(1)))
    case 30:
      .invite(
        .noteCreated(
          try text(0), attempt: try number(0), link: try text(1), validUntil: try text(2)))
    case 31:
      .invite(.noteDelivered(try text(0), attempt: try number(0), message: try number(1)))
    case 32: .invite(.renew(try text(0), attempt: try number(0)))
    case 40: .membership(.noteRemoved(try text(0)))
    case 41: .membership(.failRemoval(try text(0), reason: try text(1)))
    case 50...57: .chat(try chat())
    case _: throw Missing()
    }
  }

  private func chat() throws -> ChatCommand {
    switch kind {
    case 50: .noteAnswered(try number(0), message: numbers.count > 1 ? numbers[1] : nil)
    case 51: .notePage(try text(0), update: try number(0), message: try number(1))
    case 52: .fail(try number(0), reason: try text(0))
    case 53: .failPage(try text(0), update: try number(0), reason: try text(1))
    case 54: .noteNotice(try text(0), message: try number(0))
    case 55: .failNotice(try text(0), reason: try text(1))
    case 56:
      .notePosted(try text(0), try text(1), number: try number(0), message: try number(1))
    case 57: .failPost(try text(0), try text(1), number: try number(0), reason: try text(2))
    case _: throw Missing()
    }
  }

  private func rate() throws -> Rate {
    guard let rate = Rate(try text(1), from: try text(2), to: try text(3)) else {
      throw Missing()
    }
    return rate
  }

  private func report() throws -> PaymentReport {
    var report = PaymentReport(
      payment: try text(0), status: try text(1), source: try text(2), raw: try text(3))
    report.order = word(4)
    if word(5) != nil { report.parent = try text(5) }
    report.priceAmount = word(6)
    report.priceCurrency = word(7)
    report.payAmount = word(8)
    report.payCurrency = word(9)
    report.payAddress = word(10)
    report.actuallyPaid = word(11)
    report.outcomeAmount = word(12)
    report.outcomeCurrency = word(13)
    report.updatedAt = word(14)
    return report
  }

  private func word(_ place: Int) -> String? {
    texts.indices.contains(place) ? texts[place] : nil
  }

  private func text<T: TextValue>(_ place: Int) throws -> T {
    guard let value = word(place).flatMap({ T(text: $0) }) else { throw Missing() }
    return value
  }

  private func number(_ place: Int) throws -> Int {
    guard numbers.indices.contains(place), let number = numbers[place] else { throw Missing() }
    return number
  }
}
