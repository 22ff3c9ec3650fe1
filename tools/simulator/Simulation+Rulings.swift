import Engine
import JSON
import Kernel
import Log
import Service

// Payments that only a person can rule on, and what people say of them (C-21, MO-12).

/// What somebody says of a payment.
struct Ruling: Hashable {
  enum Way: String, CaseIterable {
    case accept, refund
    case writeOff = "write-off"
    case reverse, uphold
  }

  let payment: PaymentID
  let way: Way
  let person: String
}

extension Simulation {
  /// A payment is held: somebody comes by and says what becomes of it, now and then two people who
  /// disagree, and now and then nobody.
  func askRuling(_ held: PaymentEvent.Held) {
    guard streams.people.below(6) > 0 else { return mark("people: a held payment waits") }
    let isAmongTwo = streams.people.below(4) == 0
    for person in isAmongTwo ? ["Ada", "Ben"] : ["Ada"] {
      let way = streams.people.pick([Ruling.Way.accept, .refund, .writeOff])
      come(Ruling(payment: held.payment, way: way, person: person))
    }
  }

  private func come(_ ruling: Ruling) {
    let delay = streams.people.loguniform(60_000_000...43_200_000_000)
    schedule(.errand(.rule(ruling)), in: delay)
  }

  /// What was ruled was said by somebody; what was taken back waits for somebody.
  func note(_ event: PaymentRulingEvent) {
    let (payment, way): (PaymentID, Ruling.Way)
    switch event {
    case .takenBack(let e):
      guard streams.people.below(6) > 0 else { return mark("people: a payment taken back waits") }
      return come(Ruling(payment: e.payment, way: .reverse, person: "Ada"))
    case .contradicted(let e):
      // The money came, whatever the provider says of it.
      mark("people: a booking is spoken against")
      return come(Ruling(payment: e.payment, way: .uphold, person: "Ada"))
    case .misnamed: return mark("people: a payment is said to be for two orders")
    case .upheld(let e): (payment, way) = (e.payment, .uphold)
    case .accepted(let e): (payment, way) = (e.payment, .accept)
    case .refunded(let e): (payment, way) = (e.payment, .refund)
    case .writtenOff(let e): (payment, way) = (e.payment, .writeOff)
    case .reversed(let e):
      (payment, way) = (e.payment, .reverse)
      mark("people: a payment was reversed, \(e.takenFrom.text)")
    }
    mark("people: a payment's ruling, \(way.rawValue)")
    if !people.rulings.keys.contains(where: { $0.payment == payment && $0.way == way }) {
      witness.accuse("people", "payment \(payment): \(way.rawValue), and nobody said so")
    }
  }

  /// Says so until somebody hears it.
  func rule(_ ruling: Ruling) {
    guard !people.answered.contains(ruling) else { return }
    schedule(.errand(.rule(ruling)), in: 1_800_000_000)
    guard let life, life.edge != nil, restoring == nil, pausedUntil <= now,
      let command = people.rulings[ruling] ?? command(ruling, life),
      let id = CommandID(text: "rule/\(ruling.payment)/\(ruling.way.rawValue)/\(ruling.person)")
    else { return }
    people.rulings[ruling] = command
    life.submit(
      Submission(
        id: id, digest: CommandDigest.of(command), command: command,
        actor: "operator:\(ruling.person)")
    ) { [unowned self] answer in
      switch answer {
      case .accepted(_, let last), .replayed(_, let last):
        acknowledged(last)
        people.answered.insert(ruling)
      case .ignored:
        people.answered.insert(ruling)
        mark("people: a ruling that was made already")
      case .refused:
        people.answered.insert(ruling)
        mark("people: a ruling was refused")
        // What can't be accepted is nobody's.
        if ruling.way == .accept {
          come(Ruling(payment: ruling.payment, way: .writeOff, person: ruling.person))
        }
      case .keyReused: witness.accuse("people", "ruling \(id) was said to be another one")
      case .stopping, .full: break
      }
    }
  }

  private func command(_ ruling: Ruling, _ life: ServiceLife) -> LedgerCommand? {
    let made: PaymentRuling
    switch ruling.way {
    case .accept:
      var rate: Rate?
      if let asset = life.machine.state.heldOutcome(ruling.payment)?.asset, asset != .usdt {
        rate = Rate("1.00", from: asset, to: .usdt)
      }
      made = .accept(order: nil, rate: rate, settings.configuration.policy)
    case .refund: made = .refund(transaction: "by hand")
    case .writeOff: made = .writeOff
    case .uphold: made = .uphold
    case .reverse:
      guard let booked = booked(ruling.payment, life) else { return nil }
      made = .reverse(booked, transaction: "by hand")
    }
    return .payment(.rule(ruling.payment, made, reason: "so it is"))
  }

  private func booked(_ payment: PaymentID, _ life: ServiceLife) -> BookedPayment? {
    do throws(StoreError) {
      guard let name = StreamName(text: "payment-\(payment)") else { return nil }
      let stored = try life.store.read(name, after: 0, limit: 1_000)
      return BookedPayment(try stored.map { (e) throws(StoreError) in try e.event() })
    } catch {
      fail(life, error)
      return nil
    }
  }
}
