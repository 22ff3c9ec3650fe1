import Engine
import Kernel
import Log
import Service

// The people behind the service: they come late, or not at all.
extension Simulation {
  /// A fact that is for a person to look at.
  func bother(_ event: LedgerEvent) {
    switch event {
    case .transfer(.guarded(.held(let e))): askPeople(e)
    case .payment(.held(let e)): askRuling(e)
    case .payment(.ruled(let ruling)): note(ruling)
    case .ledger(.step(.overdue)): mark("steps: one is overdue")
    case .ledger(.step(.attempted)): mark("steps: one was tried again by itself")
    case .ledger(.step(.attemptsStopped)): mark("steps: no more tries by itself")
    case .conversion(.requested(let e)):
      if e.payments.count > 1 { mark("pool: conversions of many payments") }
    case .ledger, .channel, .order, .payment, .accumulation, .conversion, .batch, .split, .hostpay,
      .transfer, .wallet, .account, .invite, .membership, .chat:
      break
    }
  }

  /// A transfer is over a cap: two people look at it when they come by, and now and then nobody.
  func askPeople(_ held: TransferGuardEvent.Held) {
    guard streams.people.below(8) > 0 else { return mark("people: a transfer over a cap waits") }
    for person in ["Ada", "Ben"] {
      let delay = streams.people.loguniform(60_000_000...43_200_000_000)
      schedule(.errand(.approve(held, by: person)), in: delay)
    }
  }

  func approve(_ held: TransferGuardEvent.Held, by person: String) {
    let again = Happening.errand(.approve(held, by: person))
    guard let life, life.edge != nil, pausedUntil <= now else {
      return schedule(again, in: 600_000_000)
    }
    let command = LedgerCommand.transfer(.approve(held.transfer, digest: held.digest, by: person))
    let digest = CommandDigest.of(command)
    guard let id = CommandID(text: "approve/\(held.transfer)/\(person)/\(held.digest.prefix(16))")
    else { preconditionFailure("an approval without an id") }
    life.submit(Submission(id: id, digest: digest, command: command, actor: person)) {
      [unowned self] answer in
      switch answer {
      case .accepted(_, let last), .replayed(_, let last):
        acknowledged(last)
        mark("people: a transfer over a cap was approved")
      case .stopping, .full: schedule(again, in: 600_000_000)
      // Meanwhile it may have been asked for anew, or given up.
      case .ignored, .refused, .keyReused: break
      }
    }
  }
}
