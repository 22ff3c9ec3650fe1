import Kernel
import PostgresLog

extension CallBroker {
  struct Handed {
    let call: HandedCall
    let lease: PostgresCalls.Lease
    let since: ContinuousClock.Instant
    let done: Done
  }

  struct Held {
    let lease: PostgresCalls.Lease
    let until: ContinuousClock.Instant
  }

  struct State {
    /// By name; those that another node has.
    var leases: [String: Held] = [:]
    var next: UInt64 = 1
    /// Not put yet.
    var waiting: [UInt64] = []
    /// Without an answer.
    var out: [UInt64: Handed] = [:]
    /// Over, and perhaps still in the database.
    var ended: [UInt64] = []
    var isStopping = false
    var isRunning = false
    var why: String?

    /// Calls that nobody will answer any more, in order: for want of their lease, and of patience.
    func unanswered(
      at now: ContinuousClock.Instant, _ patience: Duration
    ) -> (lapsed: [UInt64], late: [UInt64]) {
      var (lapsed, late): ([UInt64], [UInt64]) = ([], [])
      for (number, handed) in out {
        let held = leases[handed.lease.name]
        if held?.lease.epoch != handed.lease.epoch || held.map({ $0.until <= now }) ?? true {
          lapsed.append(number)
        } else if handed.since + patience <= now {
          late.append(number)
        }
      }
      return (lapsed.sorted(), late.sorted())
    }
  }
}
