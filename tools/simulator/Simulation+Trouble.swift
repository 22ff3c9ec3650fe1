import HTTP
import JSON
import Kernel
import Sandbox

// What comes over the whole world for a while, and how it heals.

/// The end of some trouble.
enum Relief {
  case disk
  case finality
  case fees
  case pool
  case lag
  case restored
}

extension Simulation {
  /// The next time of a trouble, after a wait of its own mean.
  func planTrouble(_ fault: Fault) {
    guard let seconds = plan.rates[fault] else { return }
    let mean = Int64(seconds) * 1_000_000
    schedule(.trouble(fault), in: 1 + streams.process.among(0...2 * mean))
  }

  func trouble(_ fault: Fault) {
    guard isTroubled else { return }
    defer { planTrouble(fault) }
    switch fault {
    case .kill, .power:
      doom = Doom(
        point: streams.process.pick(Doom.Point.allCases), losesPower: fault == .power)
    case .diskError:
      guard life != nil else { return }
      disk.plan(.error(5), at: 1 + streams.disk.below(5))
    case .diskFull:
      disk.hold(disk.size + streams.disk.below(20_000))
      schedule(.relief(.disk), in: streams.disk.loguniform(10_000_000...3_600_000_000))
    case .pause:
      guard life != nil else { return }
      mark("process: stood still")
      pausedUntil = now + streams.process.loguniform(1_000_000...Instant.perDay)
    case .clock: setClock()
    case .zombie: raiseZombie()
    case .lie:
      guard life != nil else { return }
      disk.plan(.lie, at: 1 + streams.disk.below(4))
    case .restore: restore()
    case .outage:
      // There is no bot in these worlds.
      let api = streams.network.pick([StandIns.API.nowPayments, .changeNOW, .ethereum])
      mark("outage: \(api.rawValue)")
      away[api] = now + streams.network.loguniform(60_000_000...2 * Instant.perDay)
    case .reorg:
      let depth = 1 + streams.chain.below(7)
      let taken = standIns.change(.chain, .object(["reorg": .integer(depth)])).answer["taken_out"]?
        .integer
      mark("chain: another branch")
      if let taken, taken > 0 { mark("chain: another branch, and ours taken out") }
      if streams.chain.below(4) == 0 { forgetPool() }
    case .stall:
      mark("chain: finality stands still")
      standIns.change(.chain, .object(["stall": .bool(true)]))
      schedule(.relief(.finality), in: streams.chain.loguniform(600_000_000...Instant.perDay))
    case .feeSpike:
      mark("chain: dear gas")
      standIns.change(.chain, .object(["fee_factor": .integer(2 + streams.chain.below(98))]))
      schedule(.relief(.fees), in: streams.chain.loguniform(600_000_000...Instant.perDay))
    case .poolLoss: forgetPool()
    case .blindSwaps:
      mark("swap: nothing is told of any")
      swapsUnseenUntil = now + streams.swaps.loguniform(600_000_000...21_600_000_000)
    case .laggingNode:
      mark("chain: a node lags behind")
      lag = Int(streams.chain.loguniform(1...2_000))
      schedule(.relief(.lag), in: streams.chain.loguniform(600_000_000...Instant.perDay))
    case .slowDisk, .lostRequest, .lostAnswer, .delay, .duplicate, .refusal, .noticeStorm, .silence,
      .forgery, .oddPayment, .heldPayment, .reusedID, .lateDeposit, .swapTrouble:
      preconditionFailure("\(fault) befalls single calls")
    }
  }

  /// The pool loses what waits in it, and may find it again.
  private func forgetPool() {
    let lost = standIns.change(.chain, .object(["forget": .bool(true)])).answer["lost"]?.integer
    if let lost, lost > 0 { mark("chain: the pool lost what was ours") }
    guard streams.chain.below(2) == 0 else { return }
    schedule(.relief(.pool), in: streams.chain.loguniform(10_000_000...14_400_000_000))
  }

  private func setClock() {
    let limit: Int64 = 7_200_000_000
    skew = streams.process.below(3) == 0 ? 0 : streams.process.among(-limit...limit)
    mark("clock: set")
    // The next look is by the new time.
    if let life { lookSoon(life.number) }
  }

  func relieve(_ relief: Relief) {
    switch relief {
    case .disk: disk.hold(.max)
    case .finality: standIns.change(.chain, .object(["stall": .bool(false)]))
    case .fees: standIns.change(.chain, .object(["fee_factor": .integer(1)]))
    case .pool: standIns.change(.chain, .object(["remember": .bool(true)]))
    case .lag: lag = 0
    case .restored: mend()
    }
  }

  /// Makes the swap provider misbehave towards the exchange that is about to be made.
  func vexSwaps(_ request: HTTPRequest) {
    guard request.method == "POST", befalls(.swapTrouble, &streams.swaps) else { return }
    let behaviour = streams.swaps.pick([
      "refuse", "hang", "error500", "verifying", "fail", "refund", "expire",
    ])
    mark("swap: \(behaviour)")
    standIns.change(
      .script, .object(["behaviour": .string(behaviour), "times": .integer(1)]))
  }

  /// Ends all trouble: a healthy world, in which everything must come to an end.
  func heal() {
    isTroubled = false
    away = [:]
    doom = nil
    pausedUntil = 0
    skew = 0
    disk.hold(.max)
    mendSoon()
    for relief in [Relief.finality, .fees, .pool, .lag] { relieve(relief) }
    standIns.change(.script, .object(["clear": .bool(true)]))
    if let life { lookSoon(life.number) }
  }
}
