import Engine
import Kernel
import Log
import Projections
import Sandbox
import Service

// What is looked at as facts come, and what at the end.
extension Simulation {
  /// Facts that are durable now.
  func see(_ committed: [Recorded], _ life: ServiceLife) {
    guard restoring == nil else { return watchRecovering(committed) }
    for recorded in committed {
      if let cell = witness.cell(of: recorded.event) { mark(cell: cell) }
      witness.take(recorded)
      if case .transfer(let event) = recorded.event { check(event) }
      bother(recorded.event)
    }
    guard !committed.isEmpty else { return }
    witness.note(life.store.head)
    follow(committed)
  }

  /// After a start: the machine has taken in what the witness has.
  func check(_ machine: Machine<PayoutProcess>) {
    if machine.head != witness.head {
      witness.accuse("I16", "replayed to \(machine.head) of \(witness.head)")
    }
  }

  private func check(_ event: TransferEvent) {
    switch event {
    case .confirmed(let e): checkFinality(e)
    case .reverted(let e): checkFreed(e.transfer, e.nonce)
    case .cancelled(let e): checkFreed(e.transfer, e.nonce)
    case .signed(let e):
      guard e.attempt == 1 else { break }
      checkSwap(e.transfer)
      checkDeposit(e.transfer)
    case .requested, .nonceReserved, .bumpRequested, .cancelRequested, .cancelSigned, .parked,
      .released, .guarded:
      break
    }
  }

  /// I13: a nonce that is free again was consumed, for good, by what pays nobody.
  private func checkFreed(_ transfer: TransferID, _ nonce: Int) {
    let mined = standIns.mined(of: witness.wallet).first { $0.nonce == nonce }
    guard let mined, mined.block <= standIns.finalBlock else {
      return witness.accuse("I13", "\(transfer): nonce \(nonce) isn't consumed for good")
    }
    mark("chain: a nonce was consumed and paid nobody")
    if mined.money != nil { witness.accuse("I13", "\(transfer): nonce \(nonce) has paid") }
  }

  /// S4: a swap that the service knows to be over gets no money.
  private func checkSwap(_ transfer: TransferID) {
    guard let request = witness.transfers[transfer] else { return }
    let exchange = standIns.exchanges.first { $0.payin.lowercased() == request.to.lowercased() }
    guard let exchange, witness.swapsOver.contains(exchange.id) else { return }
    witness.accuse("S4", "\(transfer) funds swap \(exchange.id), which is \(exchange.status)")
  }

  /// PP-10: no coin is sent to a swap before it came, as far as the wallet has no other of it.
  ///
  /// Ether is left out: gas leaves the wallet before the books know what it cost.
  private func checkDeposit(_ transfer: TransferID) {
    guard let request = witness.transfers[transfer], request.amount.asset != .eth,
      let conversion = witness.splits[request.split]?.purpose.conversion,
      let payments = witness.converting[conversion], let life,
      let held = standIns.balance(of: witness.wallet, request.amount.asset)
    else { return }
    let paid = Set(standIns.settlements.values)
    guard payments.contains(where: { Int($0.text).map { !paid.contains($0) } ?? true }) else {
      return
    }
    // What left the wallet and isn't booked yet is still in the books.
    let left = standIns.mined(of: witness.wallet).filter { mined in
      witness.signed[mined.hash].map { witness.confirmed[$0] == nil } ?? false
    }.compactMap(\.money).filter { $0.asset == request.amount.asset }
    let had = held.units + left.reduce(0) { $0 + $1.units }
    guard had < life.machine.state.books.balance(.custody, request.amount.asset).units else {
      return mark("deposits: one is missing, and others of its coin are there")
    }
    witness.accuse("PP-10", "\(transfer) sends \(request.amount) on that hasn't come")
  }

  /// I12: what is told to be final is so, in the very block, and pays what is owed.
  private func checkFinality(_ fact: TransferEvent.Confirmed) {
    let mined = standIns.mined(of: witness.wallet).first { $0.hash == fact.hash.lowercased() }
    guard let mined, mined.block <= standIns.finalBlock else {
      return witness.accuse("I12", "\(fact.transfer) was confirmed before it was final")
    }
    guard let request = witness.transfers[fact.transfer], mined.money == request.amount,
      mined.to.lowercased() == request.to.lowercased()
    else { return witness.accuse("I12", "\(fact.transfer): the chain moved something else") }
  }

  /// The end: the world has been healthy for two days.
  func judge() {
    guard restoring == nil else {
      return witness.accuse("I22", "recovery isn't complete in a healthy world")
    }
    checkPayments()
    checkProvider()
    checkBalances()
    checkSagas()
    checkReplay()
    checkProofs(kept)
  }

  /// I11, I21: on chain, each transfer and each thing paid for was paid at most once, by bytes of
  /// the log.
  private func checkPayments() {
    let exchanges = Dictionary(
      standIns.exchanges.map { ($0.payin.lowercased(), $0) }, uniquingKeysWith: { $1 })
    var paid: [TransferID: Int] = [:]
    var purposes: [String: Int] = [:]
    for mined in standIns.mined(of: witness.wallet) {
      guard let transfer = witness.signed[mined.hash] else {
        return witness.accuse("I10", "\(mined.hash) is on chain and not in the log")
      }
      guard mined.money != nil, let request = witness.transfers[transfer] else { continue }
      paid[transfer, default: 0] += 1
      if paid[transfer] != 1 { witness.accuse("I11", "\(transfer) was paid twice on chain") }
      let status = exchanges[request.to.lowercased()]?.status ?? "direct"
      // What a provider kept or sent back has paid nobody.
      guard !["refunded", "failed", "verifying", "expired"].contains(status),
        let purpose = witness.splits[request.split]?.purpose
      else { continue }
      purposes["\(purpose)", default: 0] += 1
      if purposes["\(purpose)"] != 1 { witness.accuse("I11", "\(purpose) was paid twice") }
    }
    for transfer in witness.confirmed.keys where paid[transfer] != 1 {
      witness.accuse("I12", "\(transfer) is confirmed, and \(paid[transfer] ?? 0) times on chain")
    }
  }

  /// I20: what the swap provider lists is what the log knows, swap by swap and amount by amount.
  private func checkProvider() {
    let exchanges = Dictionary(uniqueKeysWithValues: standIns.exchanges.map { ($0.id, $0) })
    for (swap, split) in witness.swaps {
      guard let exchange = exchanges[swap.text] else {
        witness.accuse("I20", "swap \(swap) of \(split) isn't at the provider")
        continue
      }
      guard let done = witness.completedSplits[split], done.swap == swap else { continue }
      if exchange.paid != done.delivered {
        witness.accuse("I20", "swap \(swap) delivered something else than \(split) says")
      }
    }
  }

  /// I19: what the books say is in custody is in the wallet, to the last unit.
  private func checkBalances() {
    guard let books = life?.machine.state.books else { return }
    let payments = standIns.settlements
    var booked: Set<Int> = []
    let exchanges = standIns.exchanges
    for asset in [Asset.usdt, .eth] {
      guard let held = standIns.balance(of: witness.wallet, asset) else { continue }
      var expected = books.balance(.custody, asset).units
      for income in standIns.income(of: witness.wallet) where income.money.asset == asset {
        if income.isGift {
          expected += income.money.units
        } else if let payment = payments[income.hash] {
          // Of several under one id, the log has one.
          let isIt = isBooked(payment, income.money) && booked.insert(payment).inserted
          if !isIt || isSentBack(payment) { expected += income.money.units }
        } else if let exchange = exchanges.first(where: { $0.refundHash == income.hash }) {
          guard let swap = SwapID(text: exchange.id), !witness.refunds.contains(swap) else {
            mark("books: a refund is booked")
            continue
          }
          mark("books: a refund waits for a person")
          expected += income.money.units
        } else if let exchange = exchanges.first(where: { $0.payoutHash == income.hash }) {
          if !isConverted(exchange) { expected += income.money.units }
        }
      }
      guard held.units != expected else { continue }
      witness.accuse(
        "I19", "the wallet holds \(held.units) of \(asset), the books say \(expected)")
    }
  }

  private func isBooked(_ payment: Int, _ money: Money) -> Bool {
    guard let id = PaymentID(text: String(payment)), witness.kept[id] == money else { return false }
    return witness.payments[id] != nil || witness.suspended[id] != nil
      || witness.writtenOff.contains(id) || witness.sentBack.contains(id)
  }

  /// Out of another pocket than the wallet's, which the books count as one with it.
  private func isSentBack(_ payment: Int) -> Bool {
    PaymentID(text: String(payment)).map(witness.sentBack.contains) ?? false
  }

  private func isConverted(_ exchange: StandIns.Exchange) -> Bool {
    guard let swap = SwapID(text: exchange.id), let split = witness.swaps[swap],
      let conversion = witness.splits[split]?.purpose.conversion
    else { return false }
    return witness.conversions[conversion] != nil
  }

  /// I22: after two healthy days everything has ended, or waits for a person who can read why.
  private func checkSagas() {
    let steps = witness.steps
    let held = Set(
      steps.filter { $0.reason != nil && !$0.isEnded }.map { $0.id.prefix(16) })
    for step in steps where !step.isEnded {
      if step.reason != nil {
        mark("end: \(step.kind.rawValue) \(step.state.rawValue) with a reason")
        continue
      }
      // A batch or a conversion waits as long as its split does, a split as long as its transfer.
      switch step.kind {
      case .batch, .conversion:
        if witness.splits.values.contains(where: { split in
          (split.purpose.batch?.text == step.id || split.purpose.conversion?.text == step.id)
            && held.contains(split.split.text.prefix(16))
        }) {
          continue
        }
      case .split, .hostpay, .transfer: if held.contains(step.id.prefix(16)) { continue }
      }
      witness.accuse(
        "I22",
        "\(step.kind.rawValue) \(step.id) is \(step.state.rawValue) since \(step.since.text); "
          + "last said: \(words.suffix(3).joined(separator: "; "))")
    }
  }

  /// I16: the log, read from the disk by another process, gives the very state that is lived in.
  private func checkReplay() {
    guard let life else { return witness.accuse("I22", "no process runs in a healthy world") }
    let lived = stateDigest(life.machine)
    do throws(StoreError) {
      let store = try openStore(on: kept)
      var machine = Machine(process: settings.process, settings: settings.machine)
      try machine.replay(shown(store))
      if stateDigest(machine) != lived { witness.accuse("I16", "replay gives another state") }
      note(store.head.hash)
      checkTables(store)
    } catch {
      witness.accuse("I14", "the log doesn't open at the end: \(error)")
    }
  }

  private func stateDigest(_ machine: Machine<PayoutProcess>) -> String {
    let sink = DigestSink()
    var machine = machine
    var fields = StateFields(writing: sink)
    machine.list(&fields)
    return sink.digest.text
  }
}

private final class DigestSink: StateSink {
  var digest = Digest()
  func put(_ bytes: UnsafeRawBufferPointer) { digest.take(Array(bytes)) }
}
