// What each command says, in the order of its values: what `CommandBytes` makes a digest of. A
// digest stands in the log beside the command's id, so a row, once released, stays as it is.

extension LedgerCommand {
  /// Writes which command it is, and then all of its values.
  public func write(to bytes: inout CommandBytes) {
    switch self {
    case .ledger(let command): command.write(to: &bytes)
    case .channel(let command): command.write(to: &bytes)
    case .order(let command): command.write(to: &bytes)
    case .payment(let command): command.write(to: &bytes)
    case .conversion(let command): command.write(to: &bytes)
    case .batch(let command): command.write(to: &bytes)
    case .split(let command): command.write(to: &bytes)
    case .hostpay(let command): command.write(to: &bytes)
    case .transfer(let command): command.write(to: &bytes)
    case .wallet(let command): command.write(to: &bytes)
    case .account(let command): command.write(to: &bytes)
    case .invite(let command): command.write(to: &bytes)
    case .membership(let command): command.write(to: &bytes)
    case .chat(let command): command.write(to: &bytes)
    }
  }
}

extension GenesisCommand {
  fileprivate func write(to bytes: inout CommandBytes) {
    switch self {
    case .open(let environment, let log):
      bytes.put("ledger.open" as StaticString)
      bytes.put(environment)
      bytes.put(log)
    case .recover(let owed, let reason):
      bytes.put("ledger.recover" as StaticString)
      bytes.put(owed)
      bytes.put(reason)
    case .beginAdoption(let forgotten, let reason):
      bytes.put("ledger.beginAdoption" as StaticString)
      bytes.put(forgotten)
      bytes.put(reason)
    case .freeze(let reason):
      bytes.put("ledger.freeze" as StaticString)
      bytes.put(reason)
    case .unfreeze(let reason, let approver):
      bytes.put("ledger.unfreeze" as StaticString)
      bytes.put(reason)
      bytes.put(approver)
    case .approveCaps(let digest, let approver):
      bytes.put("ledger.approveCaps" as StaticString)
      bytes.put(digest)
      bytes.put(approver)
    case .publishLiabilities(let salt, let chat, let checkpoint):
      bytes.put("ledger.publishLiabilities" as StaticString)
      bytes.put(salt)
      bytes.put(chat)
      bytes.put(checkpoint) { $0.put($1) }
    case .askTable(let work, let table, let reason):
      bytes.put("ledger.askTable" as StaticString)
      bytes.put(work)
      bytes.put(table)
      bytes.put(reason)
    case .step(let command): command.write(to: &bytes)
    case .sweepDust(let asset):
      bytes.put("ledger.sweepDust" as StaticString)
      bytes.put(asset.text)
    case .setCaps(let caps):
      bytes.put("ledger.setCaps" as StaticString)
      bytes.put(caps)
    case .compare(let look, let first):
      bytes.put("ledger.compare" as StaticString)
      bytes.put(look)
      bytes.put(first)
    case .explain(let number, let reason):
      bytes.put("ledger.explain" as StaticString)
      bytes.put(number)
      bytes.put(reason)
    case .correct(let number, let settled, let reason):
      bytes.put("ledger.correct" as StaticString)
      bytes.put(number)
      bytes.put(settled.transfer)
      bytes.put(settled.hash)
      bytes.put(settled.amount)
      bytes.put(settled.fee)
      bytes.put(reason)
    case .takeOver(let row):
      bytes.put("ledger.takeOver" as StaticString)
      bytes.put(row)
    }
  }
}

extension OrderCommand {
  fileprivate func write(to bytes: inout CommandBytes) {
    switch self {
    case .placeSubscription(let order, let channel, let tier, let user, let fee):
      bytes.put("order.placeSubscription" as StaticString)
      bytes.put(order)
      bytes.put(channel)
      bytes.put(tier)
      bytes.put(user)
      bytes.put(fee)
    case .placeDonation(let order, let channel, let price, let user, let fee):
      bytes.put("order.placeDonation" as StaticString)
      bytes.put(order)
      bytes.put(channel)
      bytes.put(price)
      bytes.put(user)
      bytes.put(fee)
    case .noteInvoice(let order, let invoice, let url):
      bytes.put("order.noteInvoice" as StaticString)
      bytes.put(order)
      bytes.put(invoice)
      bytes.put(url)
    case .noteInvoiceFailure(let order, let reason):
      bytes.put("order.noteInvoiceFailure" as StaticString)
      bytes.put(order)
      bytes.put(reason)
    }
  }
}

extension PaymentCommand {
  fileprivate func write(to bytes: inout CommandBytes) {
    switch self {
    case .note(let report, let policy):
      bytes.put("payment.note" as StaticString)
      bytes.put(report)
      bytes.put(policy)
    case .noteRate(let payment, let rate, let source, let policy):
      bytes.put("payment.noteRate" as StaticString)
      bytes.put(payment)
      bytes.put(rate)
      bytes.put(source)
      bytes.put(policy)
    case .noteNoRate(let payment):
      bytes.put("payment.noteNoRate" as StaticString)
      bytes.put(payment)
    case .rule(let payment, let ruling, let reason):
      bytes.put("payment.rule" as StaticString)
      bytes.put(payment)
      bytes.put(ruling)
      bytes.put(reason)
    }
  }
}

extension ConversionCommand {
  fileprivate func write(to bytes: inout CommandBytes) {
    switch self {
    case .request(let channel, let payment):
      bytes.put("conversion.request" as StaticString)
      bytes.put(channel)
      bytes.put(payment)
    case .pool(let channel, let asset, let least):
      bytes.put("conversion.pool" as StaticString)
      bytes.put(channel)
      bytes.put(asset)
      bytes.put(least) { $0.put($1) }
    case .complete(let conversion, let split, let received):
      bytes.put("conversion.complete" as StaticString)
      bytes.put(conversion)
      bytes.put(split)
      bytes.put(received)
    case .fail(let conversion, let reason):
      bytes.put("conversion.fail" as StaticString)
      bytes.put(conversion)
      bytes.put(reason)
    case .retry(let conversion, let reason):
      bytes.put("conversion.retry" as StaticString)
      bytes.put(conversion)
      bytes.put(reason)
    }
  }
}

extension BatchCommand {
  fileprivate func write(to bytes: inout CommandBytes) {
    switch self {
    case .open(let channel, let wallet, let asset, let isRetry):
      bytes.put("batch.open" as StaticString)
      bytes.put(channel)
      bytes.put(wallet)
      bytes.put(asset)
      bytes.put(isRetry)
    case .handOff(let batch, let split):
      bytes.put("batch.handOff" as StaticString)
      bytes.put(batch)
      bytes.put(split)
    case .complete(let batch, let split, let delivered, let transaction):
      bytes.put("batch.complete" as StaticString)
      bytes.put(batch)
      bytes.put(split)
      bytes.put(delivered)
      bytes.put(transaction)
    case .fail(let batch, let reason):
      bytes.put("batch.fail" as StaticString)
      bytes.put(batch)
      bytes.put(reason)
    case .retry(let batch, let reason):
      bytes.put("batch.retry" as StaticString)
      bytes.put(batch)
      bytes.put(reason)
    }
  }
}

extension SplitCommand {
  fileprivate func write(to bytes: inout CommandBytes) {
    switch self {
    case .request(let purpose, let flow):
      bytes.put("split.request" as StaticString)
      bytes.put(purpose)
      bytes.put(flow)
    case .noteEstimate(let split, let estimate):
      bytes.put("split.noteEstimate" as StaticString)
      bytes.put(split)
      bytes.put(estimate)
    case .intendSwap(let split):
      bytes.put("split.intendSwap" as StaticString)
      bytes.put(split)
    case .noteSwap(let split, let swap):
      bytes.put("split.noteSwap" as StaticString)
      bytes.put(split)
      bytes.put(swap)
    case .abandonSwap(let split, let attempt, let reason):
      bytes.put("split.abandonSwap" as StaticString)
      bytes.put(split)
      bytes.put(attempt)
      bytes.put(reason)
    case .noteStatus(let split, let swap, let status):
      bytes.put("split.noteStatus" as StaticString)
      bytes.put(split)
      bytes.put(swap)
      bytes.put(status)
    case .noteFinished(let split, let delivered, let payoutHash, let isUnseen):
      bytes.put((isUnseen ? "split.noteUnseen" : "split.noteFinished") as StaticString)
      bytes.put(split)
      bytes.put(delivered)
      bytes.put(payoutHash)
    case .noteRefunded(let split, let swap, let amount, let transaction):
      bytes.put("split.noteRefunded" as StaticString)
      bytes.put(split)
      bytes.put(swap)
      bytes.put(amount)
      bytes.put(transaction)
    case .completeDirect(let split):
      bytes.put("split.completeDirect" as StaticString)
      bytes.put(split)
    case .hold(let split, let reason):
      bytes.put("split.hold" as StaticString)
      bytes.put(split)
      bytes.put(reason)
    case .fail(let split, let reason):
      bytes.put("split.fail" as StaticString)
      bytes.put(split)
      bytes.put(reason)
    case .operate(let split, let action, let reason):
      bytes.put("split.operate" as StaticString)
      bytes.put(split)
      bytes.put(action)
      bytes.put(reason)
    }
  }
}

extension HostpayCommand {
  fileprivate func write(to bytes: inout CommandBytes) {
    switch self {
    case .request(let split):
      bytes.put("hostpay.request" as StaticString)
      bytes.put(split)
    case .noteCheck(let split, let swap, let status):
      bytes.put("hostpay.noteCheck" as StaticString)
      bytes.put(split)
      bytes.put(swap)
      bytes.put(status)
    case .noteFunded(let split):
      bytes.put("hostpay.noteFunded" as StaticString)
      bytes.put(split)
    case .hold(let split, let reason):
      bytes.put("hostpay.hold" as StaticString)
      bytes.put(split)
      bytes.put(reason)
    }
  }
}
